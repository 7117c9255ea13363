/**
 * The identity of a plan: SHA-256 over its canonical JSON (keys sorted, no spaces), so that two files which mean the same
 * have the same hash whatever their comments, order and units.
 */
import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

/** SHA-256 of the canonical plan, hexadecimal. */
export function planHashOf(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** JSON with the keys of every object sorted. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Freezes a value and everything inside it; returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
