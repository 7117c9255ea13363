import { expect, test } from 'vitest';
import { NS_PER_S } from '../../src/clock.ts';
import { Random } from '../../src/random.ts';
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
  ['less', history(80), 'broken'],
  ['nothing after the burst', history(0), 'broken'],
  [
    'the limit, and then no limit',
    history(100, (_, index) => (index > 60 ? { stored: 200, throttled: 0 } : {})),
    'broken',
  ],
  ['no throttle', history(200), 'broken'],
  ['no throttle and no answer', history(200, () => ({ stored: 0, throttled: 0 })), 'unobserved'],
  [
    'less, where answers took long',
    history(80, (_, index) => (index === 50 ? { answeredNs: 7 * NS_PER_S } : {})),
    'unobserved',
  ],
  ['less, where the load paused', history(80, (_, index) => (index > 40 && index < 55 ? undefined : {})), 'unobserved'],
  ['less, where some failed', history(80, (_, index) => (index === 50 ? { throttled: 0 } : {})), 'unobserved'],
  ['hardly any load', history(100).filter((_, index) => index % 3 === 0), 'unobserved'],
  ['no load', [], 'unobserved'],
  [
    'throttled at the beginning only',
    history(200, (_, index) => (index < 5 ? { stored: 0, throttled: 200 } : {})),
    'unobserved',
  ],
  [
    'throttled at the end only',
    history(200, (_, index) => (index === 98 ? { stored: 100, throttled: 100 } : {})),
    'unobserved',
  ],
])('%s', (_what, batches, expected) => {
  expect(outcome(batches)).toBe(expected);
});

/** How many of the records that arrive at a time, in s, are stored. */
type Limiter = (atS: number, records: number) => number;

/** Refills all the time, up to so many seconds' worth. */
function bucket(perS: number, burstS: number): Limiter {
  let [tokens, lastS] = [perS * burstS, 0];
  return (atS, records) => {
    tokens = Math.min(perS * burstS, tokens + Math.max(0, atS - lastS) * perS);
    lastS = Math.max(lastS, atS);
    const stored = Math.min(records, Math.floor(tokens));
    tokens -= stored;
    return stored;
  };
}

/** Seconds one after the other: by a clock that is so far ahead of ours, or each from its first call on. */
function windows(perS: number, aheadS?: number): Limiter {
  let [beginS, used] = [-Infinity, 0];
  return (atS, records) => {
    const secondS = aheadS === undefined ? atS : Math.floor(atS + aheadS) - aheadS;
    if (aheadS === undefined ? atS - beginS >= 1 : secondS > beginS) [beginS, used] = [secondS, 0];
    const stored = Math.min(records, perS - used);
    used += stored;
    return stored;
  };
}

/** Never more in any second. */
function sliding(perS: number): Limiter {
  let kept: { readonly atS: number; readonly stored: number }[] = [];
  return (atS, records) => {
    kept = kept.filter((call) => call.atS > atS - 1);
    const stored = Math.min(records, perS - kept.reduce((sum, call) => sum + call.stored, 0));
    kept.push({ atS, stored });
    return stored;
  };
}

/** What a limiter makes of 13 s of calls, each so late and so long on its way, in s, at the most. */
function limited(limiter: Limiter, jitterS: number, seed: number): Batch[] {
  const random = new Random(seed);
  return Array.from({ length: 130 }, (_, index) => {
    const sentS = index / plan.callsPerS + (random.uniform() * jitterS) / 2;
    const wayS = random.uniform() * jitterS;
    const stored = limiter(sentS + wayS / 2, 200);
    const answeredNs = (sentS + wayS + 0.0001) * NS_PER_S;
    return { sentNs: sentS * NS_PER_S, answeredNs, records: 200, stored, throttled: 200 - stored };
  });
}

test.each<[string, (perS: number) => Limiter]>([
  ['a bucket for a second', (perS) => bucket(perS, 1)],
  ['a bucket for half a second', (perS) => bucket(perS, 0.5)],
  ...[0, 0.3, 0.5, 0.9].map((aheadS): [string, (perS: number) => Limiter] => [
    `seconds of a clock ${aheadS} s ahead`,
    (perS) => windows(perS, aheadS),
  ]),
  ['seconds from a call on', (perS) => windows(perS)],
  ['any second', sliding],
])('1,000 a second hold, 800 and 1,200 are broken: %s', (_what, limiter) => {
  for (const jitterS of [0.0001, 0.005, 0.05]) {
    for (let seed = 1; seed <= 10; seed += 1) {
      const found = (perS: number) => judgeRate(limited(limiter(perS), jitterS, seed), plan, 5, limit).outcome;
      expect([found(1000), found(800), found(1200)]).toEqual(['holds', 'broken', 'broken']);
    }
  }
});
