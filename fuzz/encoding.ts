/**
 * Writes values in JSON or CBOR as freely as the two allow: blanks and escapes, long heads, indefinite lengths, floats. What
 * is written so means the same; only an `Odd` says what no client would.
 */
import type { Random } from '../src/random.ts';
import { Blob, Members, Odd, once, Time } from './value.ts';

/** The two forms of bodies. */
export type Form = 'json' | 'cbor';

/** A value as a body; `plain` leaves out the freedoms. */
export function encode(form: Form, value: unknown, random: Random, plain = false): Buffer {
  return form === 'json' ? Buffer.from(json(value, random, plain)) : cbor(value, random, plain);
}

function json(value: unknown, random: Random, plain: boolean): string {
  const gap = () => (plain || random.below(8) > 0 ? '' : [' ', '\n', '\t', '\r\n  '][random.below(4)]!);
  if (value instanceof Odd) return value.json;
  if (value instanceof Blob) return JSON.stringify(value.bytes.toString('base64'));
  if (value instanceof Time) return String(value.ms / 1000);
  if (typeof value === 'string') return jsonText(value, random, plain);
  if (Array.isArray(value)) return `[${gap()}${value.map((each) => json(each, random, plain)).join(`,${gap()}`)}]`;
  if (value instanceof Members) {
    const parts = value.entries.map(
      ([name, each]) => `${jsonText(name, random, plain)}${gap()}:${gap()}${json(each, random, plain)}`,
    );
    return `{${gap()}${parts.join(`${gap()},`)}${gap()}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function jsonText(text: string, random: Random, plain: boolean): string {
  if (plain || !once(random, 12)) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

function cbor(value: unknown, random: Random, plain: boolean): Buffer {
  const head = (major: number, argument: number) => headOf(major, argument, plain ? 0 : random.below(12));
  const indefinite = !plain && once(random, 6);
  if (value instanceof Odd) return value.cbor;
  if (value instanceof Blob) return string(2, value.bytes, indefinite, random);
  if (value instanceof Time) return Buffer.concat([Buffer.from([0xc1]), number(Math.round(value.ms), random, plain)]);
  if (typeof value === 'string') return string(3, Buffer.from(value), indefinite, random);
  if (typeof value === 'number') return number(value, random, plain);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (Array.isArray(value)) {
    return items(
      4,
      value.map((each) => cbor(each, random, plain)),
      value.length,
      indefinite,
      head,
    );
  }
  if (value instanceof Members) {
    const parts = value.entries.flatMap(([name, each]) => [cbor(name, random, plain), cbor(each, random, plain)]);
    return items(5, parts, value.entries.length, indefinite, head);
  }
  return Buffer.from([0xf6]);
}

function items(
  major: number,
  parts: readonly Buffer[],
  count: number,
  indefinite: boolean,
  head: (major: number, argument: number) => Buffer,
): Buffer {
  if (!indefinite) return Buffer.concat([head(major, count), ...parts]);
  return Buffer.concat([Buffer.from([(major << 5) | 31]), ...parts, Buffer.from([0xff])]);
}

/** A string in one piece, or in chunks that each end between characters. */
function string(major: 2 | 3, bytes: Buffer, indefinite: boolean, random: Random): Buffer {
  if (!indefinite) return Buffer.concat([headOf(major, bytes.length, 0), bytes]);
  let cut = random.below(bytes.length + 1);
  if (major === 3) while (cut < bytes.length && (bytes[cut]! & 0xc0) === 0x80) cut += 1;
  const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
  const written = chunks.flatMap((chunk) => [headOf(major, chunk.length, 0), chunk]);
  return Buffer.concat([Buffer.from([(major << 5) | 31]), ...written, Buffer.from([0xff])]);
}

function number(value: number, random: Random, plain: boolean): Buffer {
  const whole = Number.isSafeInteger(value) && !Object.is(value, -0);
  if (whole && (plain || !once(random, 8))) {
    return value < 0 ? headOf(1, -1 - value, plain ? 0 : random.below(12)) : headOf(0, value, 0);
  }
  const double = Buffer.alloc(9, 0xfb);
  double.writeDoubleBE(value, 1);
  return double;
}

/** A head; `width` of 9 and more writes the argument longer than it need be. */
function headOf(major: number, argument: number, width: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  const least = argument < 24 ? 0 : argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const length = Math.max(least, width < 9 ? 0 : [1, 4, 8][width - 9]!);
  if (length === 0) return Buffer.from([(major << 5) | argument]);
  const minor = 24 + Math.log2(length);
  return Buffer.concat([Buffer.from([(major << 5) | minor]), bytes.subarray(9 - length)]);
}
