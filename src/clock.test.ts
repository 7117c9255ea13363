import { expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, sleepFor, systemClock, VirtualClock } from './clock.ts';

test('sleepers wake in the order of their times, each seeing its own time', async () => {
  const clock = new VirtualClock(1000);
  const seen: [string, number, number][] = [];
  const sleeper = async (name: string, ms: number) => {
    await clock.sleepUntil(ms * NS_PER_MS);
    seen.push([name, clock.monotonicNs() / NS_PER_MS, clock.now()]);
  };
  void sleeper('late', 300);
  void sleeper('early', 100);
  void sleeper('also early', 100);
  await clock.advance(200 * NS_PER_MS);
  expect(seen).toEqual([
    ['early', 100, 1100],
    ['also early', 100, 1100],
  ]);
  expect(clock.sleeping).toBe(1);
  await clock.advance(NS_PER_S);
  expect(seen.at(-1)).toEqual(['late', 300, 1300]);
});

test('work that sleeps again while time advances is woken in the same advance', async () => {
  const clock = new VirtualClock();
  let ticks = 0;
  const loop = (async () => {
    for (; ticks < 10; ticks += 1) await sleepFor(clock, NS_PER_S);
    return 'done';
  })();
  expect(await clock.runUntilSettled(loop)).toBe('done');
  expect(clock.monotonicNs()).toBe(10 * NS_PER_S);
});

test('work that waits for nothing the clock can give is an error, not a hang', async () => {
  await expect(new VirtualClock().runUntilSettled(new Promise(() => {}))).rejects.toThrow('no sleeper left');
});

test('an aborted sleep ends at once, on both clocks', async () => {
  for (const clock of [new VirtualClock(), systemClock]) {
    const abort = new AbortController();
    const sleep = sleepFor(clock, 3600 * NS_PER_S, abort.signal);
    abort.abort();
    await sleep;
    await sleepFor(clock, 3600 * NS_PER_S, abort.signal);
  }
});

test('a punctual sleep ends at its time or after it, lets other events in meanwhile, and ends when aborted', async () => {
  const virtual = new VirtualClock();
  await virtual.runUntilSettled(virtual.spinUntil(5 * NS_PER_S));
  expect(virtual.monotonicNs()).toBe(5 * NS_PER_S);
  let turns = 0;
  const untilNs = systemClock.monotonicNs() + 5_000_000;
  const others = setInterval(() => (turns += 1), 1);
  await systemClock.spinUntil(untilNs);
  clearInterval(others);
  expect(systemClock.monotonicNs()).toBeGreaterThanOrEqual(untilNs);
  expect(turns).toBeGreaterThan(0);
  await systemClock.spinUntil(Infinity, AbortSignal.abort());
});
