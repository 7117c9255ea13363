import { describe, expect, test } from 'vitest';
import { type Clock, NS_PER_MS, NS_PER_S, systemClock, VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { Pace } from './pace.ts';
import { arrivals } from './pacer.ts';

/** A clock whose timers are late, as those of a machine are. */
class LateClock extends VirtualClock {
  override sleepUntil(atNs: number, signal?: AbortSignal): Promise<void> {
    return super.sleepUntil(atNs + 0.7 * NS_PER_MS, signal);
  }

  override spinUntil(atNs: number, signal?: AbortSignal): Promise<void> {
    return super.sleepUntil(atNs, signal);
  }
}

async function sends(pacing: 'timer' | 'precise', callsPerS: number, seconds: number): Promise<number[]> {
  const clock = new LateClock();
  const pace = new Pace(clock, pacing);
  const rate = { stages: [{ durationNs: seconds * NS_PER_S, fromCallsPerS: callsPerS, toCallsPerS: callsPerS }] };
  const lateNs: number[] = [];
  const work = (async () => {
    for (const dueNs of arrivals(rate, 'uniform', { agent: 0, agents: 1 }, new Random(1))) {
      if (dueNs >= seconds * NS_PER_S) return;
      await pace.until(dueNs, new AbortController().signal);
      lateNs.push(clock.monotonicNs() - dueNs);
    }
  })();
  await clock.runUntilSettled(work);
  return lateNs;
}

describe('an hour of late timers', () => {
  test('adds up to nothing: the last call is as late as the first', async () => {
    const lateNs = await sends('timer', 3, 3600);
    expect(lateNs.length).toBe(10_800);
    expect(Math.max(...lateNs)).toBeLessThan(0.7 * NS_PER_MS + 1);
  });

  test('is punctual when paced precisely', async () => {
    const lateNs = await sends('precise', 0.5, 3600);
    expect(lateNs.length).toBe(1800);
    expect(Math.max(...lateNs)).toBeLessThan(1);
  });
});

test('what is overdue is not waited for, but other events are let in once a millisecond of work', async () => {
  let nowNs = 0;
  let turns = 0;
  const busy: Clock = {
    now: () => 0,
    monotonicNs: () => (nowNs += 100_000),
    sleepUntil: async () => {},
    spinUntil: async () => void (turns += 1),
  };
  const pace = new Pace(busy, 'timer');
  for (let call = 0; call < 100; call += 1) await pace.until(0, new AbortController().signal);
  // 100 calls of 0.1 ms each: ten milliseconds, and the looks at the clock between them.
  expect(turns).toBeGreaterThanOrEqual(8);
  expect(turns).toBeLessThanOrEqual(12);
});

test('a generator that cannot keep up lets events in on the clock of the machine too, whatever its pacing', async () => {
  for (const pacing of ['timer', 'precise'] as const) {
    const pace = new Pace(systemClock, pacing);
    const startNs = systemClock.monotonicNs();
    const loop = { turned: false };
    setImmediate(() => (loop.turned = true));
    while (!loop.turned && systemClock.monotonicNs() < startNs + NS_PER_S)
      await pace.until(startNs - NS_PER_S, new AbortController().signal);
    expect(loop.turned).toBe(true);
  }
});
