/** Values of a comparison for people: three significant digits, the unit that fits. */
import type { GateUnit } from './rule.ts';

const scales: Readonly<Record<GateUnit, readonly (readonly [number, string])[]>> = {
  ns: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ],
  'records/s': [[1, 'records/s']],
  'polls/s': [[1, 'polls/s']],
  'bytes/s': [
    [1024 ** 2, 'MiB/s'],
    [1024, 'KiB/s'],
    [1, 'B/s'],
  ],
  share: [[0.01, '%']],
};

/** A value with its unit, `—` where it is not known. */
export function formatValue(value: number | null, unit: GateUnit): string {
  if (value === null) return '—';
  const steps = scales[unit];
  const [scale, name] = steps.find(([step]) => Math.abs(value) >= step) ?? steps.at(-1)!;
  const scaled = value / scale;
  const digits = Math.abs(scaled) >= 1000 ? String(Math.round(scaled)) : String(Number(scaled.toPrecision(3)));
  return `${digits} ${name}`;
}

/** A ratio as `1.23x`, `—` where it is not defined. */
export function formatFactor(ratio: number | null): string {
  return ratio === null ? '—' : `${Number(ratio.toPrecision(3))}x`;
}
