import { expect, test } from 'vitest';
import { NS_PER_S } from '../../src/clock.ts';
import type { Batch, LoadPlan } from './load.ts';
import { judgeRate } from './sustained-rate.ts';

const plan: LoadPlan = { callsPerS: 10, recordsPerCall: 200, dataBytes: 1, seconds: 10 };
const limit = { unit: 'records', least: 950, most: 1050 } as const;

/** Ten seconds of calls of which the first second is stored whole, and then so many records of each. */
function history(
  stored: number,
  change: (batch: Batch, index: number) => Partial<Batch> | undefined = () => ({}),
): Batch[] {
  return Array.from({ length: 100 }, (_, index) => {
    const sentNs = index * 0.1 * NS_PER_S;
    const kept = index < 10 ? 200 : stored;
    const batch = { sentNs, answeredNs: sentNs + 1e6, records: 200, stored: kept, throttled: 200 - kept };
    const changed = change(batch, index);
    return changed && { ...batch, ...changed };
  }).filter((batch) => batch !== undefined);
}

const outcome = (batches: readonly Batch[]) => judgeRate(batches, plan, 2, limit).outcome;

test.each([
  ['the limit', history(100), 'holds'],
  ['more', history(110), 'broken'],
  ['less', history(90), 'broken'],
  ['no throttle', history(200), 'broken'],
  ['no throttle and no answer', history(200, () => ({ stored: 0, throttled: 0 })), 'unobserved'],
  [
    'less, where answers took long',
    history(90, (_, index) => (index === 50 ? { answeredNs: 7 * NS_PER_S } : {})),
    'unobserved',
  ],
  ['less, where the load paused', history(90, (_, index) => (index > 40 && index < 55 ? undefined : {})), 'unobserved'],
  ['less, where some failed', history(90, (_, index) => (index === 50 ? { throttled: 0 } : {})), 'unobserved'],
  ['hardly any load', history(100).filter((_, index) => index % 3 === 0), 'unobserved'],
  ['no load', [], 'unobserved'],
  [
    'throttled at the end only',
    history(200, (_, index) => (index === 98 ? { stored: 100, throttled: 100 } : {})),
    'unobserved',
  ],
])('%s', (_what, batches, expected) => {
  expect(outcome(batches)).toBe(expected);
});
