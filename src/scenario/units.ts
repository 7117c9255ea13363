/**
 * The written units of the language and their base units: durations in ns, sizes in bytes, rates per second, shares in
 * 0..1. A number always carries its unit; KB and MB are refused, because half of the readers would take them for 1000.
 */
import { isWord, nearest } from '../nearest.ts';
import { TextFault } from './text-fault.ts';

/** A duration as written: `200ms`, `5s`, `1.5m`, `24h`, `7d`. */
export type Duration = string;

interface UnitKind {
  /** With its article, for messages. */
  readonly what: string;
  readonly example: string;
  /** Unit → base units. */
  readonly units: Readonly<Record<string, number>>;
}

const duration: UnitKind = {
  what: 'a duration',
  example: '5s',
  units: { us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86_400e9 },
};
const size: UnitKind = { what: 'a size', example: '1 KiB', units: { B: 1, KiB: 1024, MiB: 1024 ** 2 } };
const throughput: UnitKind = {
  what: 'a throughput',
  example: '1 MiB/s',
  units: { 'B/s': 1, 'KiB/s': 1024, 'MiB/s': 1024 ** 2, 'GiB/s': 1024 ** 3 },
};
const share: UnitKind = { what: 'a share', example: '5%', units: { '%': 0.01 } };

/** Words people write for a unit, and the one to write. */
const spelling: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minutes: 'm',
  msec: 'ms',
  hours: 'h',
  days: 'd',
  bytes: 'B',
  byte: 'B',
  'record/s': 'records/s',
  rps: 'records/s',
  'requests/s': 'calls/s',
  'bytes/s': 'B/s',
  'record/min': 'records/min',
  'records/m': 'records/min',
  'calls/m': 'calls/min',
  'call/min': 'calls/min',
  record: 'records',
  call: 'calls',
};

const numberThenUnit = /^(\d+(?:\.\d+)?)(\s*)(\S.*)?$/;

/** `200ms`, `5s`, `1.5m`, `24h`, `7d` in ns. Throws TextFault. */
export function parseDurationNs(text: string): number {
  return Math.round(quantity(text, duration));
}

/** `48 B`, `1 KiB`, `1 MiB` in bytes, a whole number. Throws TextFault. */
export function parseBytes(text: string): number {
  return Math.round(quantity(text, size));
}

/** `1 MiB/s` in bytes per second. Throws TextFault. */
export function parseBytesPerS(text: string): number {
  return quantity(text, throughput);
}

/** `5%` as 0.05. Throws TextFault. */
export function parseShare(text: string): number {
  return quantity(text, share);
}

/** `1000 records/s` with the unit named, or `0` of anything. Throws TextFault. */
export function parseNumberOf(text: string, unit: string, options: { bare: boolean }): number {
  if (options.bare && /^\d+(\.\d+)?$/.test(text)) return Number(text);
  return quantity(text, { what: `a number of ${unit}`, example: `1000 ${unit}`, units: { [unit]: 1 } });
}

/** A rate of a producing fleet as written. */
export interface WrittenRate {
  readonly amount: number;
  readonly of: 'records' | 'calls' | 'bytes';
  /** null where neither word was written. */
  readonly share: 'total' | 'each' | null;
}

/** Unit → what it counts, and how much of it a second. */
const rateUnits: Readonly<Record<string, readonly [of: WrittenRate['of'], perS: number]>> = Object.fromEntries(
  (['records', 'calls', 'B', 'KiB', 'MiB', 'GiB'] as const).flatMap((name) => {
    const of = name === 'records' || name === 'calls' ? name : 'bytes';
    const factor = of === 'bytes' ? throughput.units[`${name}/s`]! : 1;
    return [
      [`${name}/s`, [of, factor]],
      [`${name}/min`, [of, factor / 60]],
    ];
  }),
);

/** `1500 records/s total`, `10 calls/s each`, `2 MiB/s`. Throws TextFault. */
export function parseRate(text: string): WrittenRate {
  const parts = /^(.*?)(?:\s+(total|each))?$/s.exec(text.trimEnd())!;
  const amountText = parts[1]!;
  const word = /\/(?:s|min)\s+(\S+)$/.exec(amountText);
  if (word) {
    const offset = amountText.length - word[1]!.length;
    throw new TextFault(
      `"${word[1]}" says neither total nor each`,
      'end the rate with total (all agents together) or each (every agent)',
      offset,
    );
  }
  const units = Object.fromEntries(Object.entries(rateUnits).map(([unit, [, perS]]) => [unit, perS]));
  const amount = quantity(amountText, { what: 'a rate', example: '1000 records/s total', units });
  const [of] = rateUnits[numberThenUnit.exec(amountText)![3]!]!;
  return { amount, of, share: isWord(parts[2], ['total', 'each']) ? parts[2] : null };
}

/** `500 records` or `20 calls`. Throws TextFault. */
export function parseAmount(text: string): { readonly amount: number; readonly of: 'records' | 'calls' } {
  const amount = quantity(text, { what: 'an amount', example: '500 records', units: { records: 1, calls: 1 } });
  return { amount, of: text.trimEnd().endsWith('calls') ? 'calls' : 'records' };
}

/** Durations for people: `200ms`, `42s`, `1.5m`; `121s`, since nobody reads 2.017m. */
export function formatDuration(ns: number): string {
  const short = (unit: string) => Number.isInteger(Number(((ns / duration.units[unit]!) * 10).toFixed(6)));
  const unit = ns > 0 && ns < 1e9 ? 'ms' : ns >= 3600e9 && short('h') ? 'h' : ns >= 120e9 && short('m') ? 'm' : 's';
  return `${Number((ns / duration.units[unit]!).toFixed(3))}${unit}`;
}

function quantity(text: string, kind: UnitKind): number {
  const match = numberThenUnit.exec(text.trimEnd());
  if (!match)
    throw new TextFault(`"${text}" is not ${kind.what}`, `write a number and a unit, such as ${kind.example}`);
  const [, digits, space, unit] = match;
  if (unit === undefined)
    throw new TextFault(`"${text}" has no unit`, `write ${kind.what} with its unit, such as ${kind.example}`);
  const factor = Object.hasOwn(kind.units, unit) ? kind.units[unit] : undefined;
  if (factor === undefined) throw unknownUnit(digits!, unit, kind, digits!.length + space!.length);
  return Number(digits) * factor;
}

function unknownUnit(digits: string, unit: string, kind: UnitKind, offset: number): TextFault {
  const known = Object.keys(kind.units);
  const decimal = /^([kKMG])B(\/s)?$/.exec(unit);
  if (decimal && known.some((name) => name.startsWith('KiB'))) {
    const prefix = decimal[1]!.toUpperCase();
    const per = decimal[2] ?? '';
    const exact = Number(digits) * (prefix === 'K' ? 1e3 : prefix === 'M' ? 1e6 : 1e9);
    return new TextFault(
      `"${unit}" may mean 1000 or 1024`,
      `write ${digits} ${prefix}iB${per} or ${exact} B${per}`,
      offset,
    );
  }
  const better = [spelling[unit], nearest(unit, known)].find((word) => word !== undefined && known.includes(word));
  return new TextFault(
    `"${unit}" is not a unit of ${kind.what.replace(/^an? /, '')}`,
    better === undefined ? `units are ${known.join(', ')}` : `did you mean ${better}?`,
    offset,
  );
}
