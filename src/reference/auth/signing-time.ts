/**
 * When a request says it was signed, and whether that is near enough to the clock of the endpoint. Times are compared in
 * whole seconds, as they are written.
 */
import { Refusal } from '../refusal.ts';

/** YYYYMMDDTHHMMSSZ, the time of a request as it is signed. */
export function stampOf(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** A time that a request was signed at. */
export interface SigningTime {
  readonly stamp: string;
  /** Since the epoch; a whole second. */
  readonly ms: number;
}

/** Reads X-Amz-Date, or a Date header in the form of HTTP; undefined for what is neither. */
export function readSigningTime(text: string): SigningTime | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const ms =
    year === undefined
      ? httpDateMs(text)
      : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (!Number.isFinite(ms)) return undefined;
  const stamp = stampOf(ms);
  return year === undefined || stamp === text ? { stamp, ms } : undefined;
}

function httpDateMs(text: string): number {
  return /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|\+0000|-0000)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

/**
 * The refusal of a signature that is too old or not yet current (texts observed); a signature at exactly the edge is good.
 * @param pastMs how old a signature may be
 * @param futureMs how far ahead of the clock it may be
 */
export function refuseSkew(
  { stamp, ms }: SigningTime,
  nowMs: number,
  pastMs: number,
  futureMs: number,
): Refusal | undefined {
  const secondMs = Math.floor(nowMs / 1000) * 1000;
  if (ms < secondMs - pastMs) {
    return new Refusal(
      'InvalidSignatureException',
      `Signature expired: ${stamp} is now earlier than ${stampOf(secondMs - pastMs)} (${stampOf(secondMs)} - ${pastMs / 60_000} min.)`,
    );
  }
  if (ms > secondMs + futureMs) {
    return new Refusal(
      'InvalidSignatureException',
      `Signature not yet current: ${stamp} is still later than ${stampOf(secondMs + futureMs)} (${stampOf(secondMs)} + ${futureMs / 60_000} min.)`,
    );
  }
  return undefined;
}
