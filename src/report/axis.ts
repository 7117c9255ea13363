/** Axes with round ticks, labelled beforehand, so that the browser formats nothing. */
import type { AxisSpec, BandSpec, MarkSpec, TickSpec } from './chart-spec.ts';
import { formatTick, type AxisUnit } from '../measure/format.ts';
import type { Result } from '../result.ts';

const TICKS = 6;

/** From 0 (or below, where `min` is negative) up to the next round value above `max`. */
export function linearAxis(title: string, min: number, max: number, unit: AxisUnit): AxisSpec {
  const step = roundUp((Math.max(max, 0) - Math.min(min, 0)) / TICKS || 1, unit);
  const from = Math.floor(Math.min(min, 0) / step) * step;
  const to = Math.max(Math.ceil((max / step) * (1 - 1e-9)), 1) * step;
  const count = Math.round((to - from) / step);
  return { title, scale: 'linear', min: from, max: to, ticks: ticks(count, (index) => from + index * step, unit) };
}

/** Seconds since the start of the first phase, ending where the run ends. */
export function timeAxis(result: Result): AxisSpec {
  const end = Math.max(1, ...result.phases.map((phase) => phase.endNs / 1e9));
  const step = roundUp(end / 10, 'time');
  const last = Math.floor(end / step + 1e-9);
  return {
    title: 'time since the first phase',
    scale: 'linear',
    min: 0,
    max: end,
    ticks: ticks(last, (index) => index * step, 'time'),
  };
}

/** The phases of a run on the time axis. */
export function phaseBands(result: Result): readonly BandSpec[] {
  return result.phases.map((phase) => ({
    label: phase.measured ? phase.name : `${phase.name} (unmeasured)`,
    from: phase.startNs / 1e9,
    to: phase.endNs / 1e9,
    measured: phase.measured,
  }));
}

/** The steps that were begun, on the time axis, by their number in the table of steps. */
export function stepMarks(result: Result): readonly MarkSpec[] {
  return (result.steps ?? []).flatMap(({ startNs, endNs }, index) =>
    startNs === null ? [] : [{ label: String(index + 1), from: startNs / 1e9, to: (endNs ?? startNs) / 1e9 }],
  );
}

/** Latencies in ns on a log axis that holds all the values; they must be positive. */
export function latencyAxis(title: string, values: readonly number[]): AxisSpec {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const [min, max] = Number.isFinite(low) ? [low, high] : [1e6, 1e9];
  const marks = (max / min > 1000 ? [1] : [1, 2, 5]).flatMap((digit) =>
    Array.from({ length: 16 }, (_, exponent) => digit * 10 ** exponent),
  );
  const sorted = marks.sort((a, b) => a - b);
  const from = sorted.findLast((mark) => mark <= min) ?? 1;
  const to = sorted.find((mark) => mark >= max && mark > from) ?? max;
  const inside = sorted.filter((mark) => mark >= from && mark <= to);
  return { title, scale: 'logarithmic', min: from, max: to, ticks: inside.map((value) => tick(value, 'duration')) };
}

/** The percentile axis: x is 1/(1-p) on a log scale, so that each nine has the same width. */
export function percentileAxis(supported: number): AxisSpec {
  const max = Math.max(1 / (1 - supported), 10);
  const nines = Array.from({ length: 8 }, (_, decade) => 10 ** decade).filter((value) => value <= max * 1.001);
  const marks = [...nines, 2, 4, 20, 50].filter((value) => value <= max && (max <= 2000 || nines.includes(value)));
  return {
    title: 'percentile',
    scale: 'logarithmic',
    min: 1,
    max,
    ticks: marks.sort((a, b) => a - b).map((value) => ({ value, label: percentLabel(value) })),
  };
}

/** `99.9 %` for x = 1000. */
function percentLabel(x: number): string {
  return `${Number((100 * (1 - 1 / x)).toFixed(6))} %`;
}

function ticks(count: number, at: (index: number) => number, unit: AxisUnit): readonly TickSpec[] {
  return Array.from({ length: count + 1 }, (_, index) => tick(at(index), unit));
}

function tick(value: number, unit: AxisUnit): TickSpec {
  return { value, label: formatTick(value, unit) };
}

/** The smallest round step not below this one: 1-2-5, powers of two for bytes, and 15, 30, 60, … seconds for time. */
function roundUp(step: number, unit: AxisUnit): number {
  if (unit === 'bytes' || unit === 'bytes/s') return 2 ** Math.ceil(Math.log2(step));
  if (unit === 'time' && step > 10) return [15, 30, 60, 120, 300, 600, 1800].find((one) => one >= step) ?? 3600;
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5].find((digit) => digit * power >= step * (1 - 1e-9)) ?? 10) * power;
}
