/**
 * How numbers look, in one place for the page, the terminal, the gate, Markdown and JUnit: three significant digits, the unit beside
 * every value, and never a rounding that turns "almost" into "all" or "some" into "none".
 */

const durationUnits = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
] as const;
const byteUnits = [
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
] as const;

/** A duration or latency in ns as `640 ns`, `8.12 ms`, `-1.20 ms`, `92.0 s`. */
export function formatDuration(ns: number): string {
  return inUnits(ns, durationUnits, significant);
}

/** A number of bytes as `512 B`, `1.46 MiB`. */
export function formatBytes(bytes: number): string {
  return inUnits(bytes, byteUnits, significant);
}

/** A whole number with thousands apart: `45,012`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Events a second, without the unit: `1,500`, `37.5`, `0.0120`. */
export function formatRate(perS: number): string {
  return Math.abs(perS) >= 100 ? formatCount(perS) : significant(perS);
}

/** A share in 0..1 as `33.3 %`; only none is `0 %` and only all is `100 %`. */
export function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  if (share > 0.9999 && share < 1) return '> 99.99 %';
  const percent = share * 100;
  return `${percent.toFixed(percent < 1 || (percent > 99 && percent < 100) ? 2 : 1)} %`;
}

/** What a measured value can be in: base units, as plans and results hold them. */
type Counted = 'records' | 'polls' | 'subscriptions' | 'events' | 'objects' | 'listings' | 'requests';
export type Unit = 'ns' | 'bytes' | 'bytes/s' | 'share' | Counted | `${Counted}/s`;

/** A value with its unit, `—` where it is not known. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null) return '—';
  switch (unit) {
    case 'ns':
      return formatDuration(value);
    case 'share':
      return formatShare(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'records/s':
    case 'polls/s':
    case 'subscriptions/s':
    case 'events/s':
    case 'objects/s':
    case 'listings/s':
    case 'requests/s':
      return `${formatRate(value)} ${unit}`;
    case 'records':
    case 'polls':
    case 'subscriptions':
    case 'events':
    case 'objects':
    case 'listings':
    case 'requests':
      return `${formatCount(value)} ${unit}`;
  }
}

/** A ratio as `1.23x`, `—` where it is not defined. */
export function formatFactor(ratio: number | null): string {
  return ratio === null ? '—' : `${significant(ratio)}x`;
}

/** A percentile in ns, or why there is none: `n/a (40 events)`. */
export function formatPercentile(ns: number | null, events: number): string {
  return ns === null ? `n/a (${formatCount(events)} ${events === 1 ? 'event' : 'events'})` : formatDuration(ns);
}

/** A value of an axis: like the rest, without zeros that say nothing (`1 ms`, `0.5`, `1,500`). */
export function formatTick(value: number, unit: AxisUnit): string {
  if (unit === 'duration') return value === 0 ? '0' : inUnits(value, durationUnits, plain);
  if (unit === 'bytes') return value === 0 ? '0' : inUnits(value, byteUnits, plain);
  if (unit === 'bytes/s') return value === 0 ? '0' : `${inUnits(value, byteUnits, plain)}/s`;
  return unit === 'time' ? `${plain(value)} s` : plain(value);
}

/** What an axis counts in: ns, bytes, bytes a second, records a second, or seconds since the start. */
export type AxisUnit = 'duration' | 'bytes' | 'bytes/s' | 'records/s' | 'time';

/** `1 record`, `2 records`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function significant(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 999.5) return formatCount(value);
  return magnitude < 0.001 ? value.toExponential(2) : value.toPrecision(3);
}

function inUnits(
  value: number,
  units: readonly (readonly [string, number])[],
  digits: (scaled: number) => string,
): string {
  if (value === 0) return units === durationUnits ? '0 s' : `0 ${units[0]![0]}`;
  const unit = units.findLast(([, size]) => Number(Math.abs(value / size).toPrecision(3)) >= 1) ?? units[0]!;
  const scaled = value / unit[1];
  return `${unit[1] === 1 && Number.isInteger(scaled) ? formatCount(scaled) : digits(scaled)} ${unit[0]}`;
}
