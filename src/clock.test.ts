import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, sleepFor, systemClock, VirtualClock } from './clock.ts';
import { Random } from './random.ts';

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

test('of several who move time at once each has its turn: it never goes back, and moves by the sum', async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  void (async () => {
    for (let tick = 1; tick <= 30; tick += 1) {
      await sleepFor(clock, NS_PER_MS);
      seen.push(clock.monotonicNs() / NS_PER_MS);
    }
  })();
  await Promise.all([20, 3, 7].map((ms) => clock.advance(ms * NS_PER_MS)));
  expect(clock.monotonicNs()).toBe(30 * NS_PER_MS);
  expect(seen).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
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

describe('many sleepers', () => {
  test('wake in the order of time and then of falling asleep, whoever leaves in between', async () => {
    const clock = new VirtualClock();
    const random = new Random(7);
    const woken: [atMs: number, order: number][] = [];
    const expected: [atMs: number, order: number][] = [];
    for (let order = 0; order < 3000; order += 1) {
      const atMs = 1 + random.below(200);
      const abort = new AbortController();
      void clock.sleepUntil(atMs * NS_PER_MS, abort.signal).then(() => woken.push([atMs, order]));
      if (random.below(3) > 0) expected.push([atMs, order]);
      else abort.abort();
    }
    expect(clock.sleeping).toBe(expected.length);
    await clock.advance(0);
    woken.length = 0;
    await clock.advance(NS_PER_S);
    expect(woken).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    expect(clock.sleeping).toBe(0);
    expect(clock.wakes).toBe(expected.length);
  });

  test('wake one by one: all that one caused is over before the next, however many promises it takes', async () => {
    for (const options of [{}, { inProcess: true }]) {
      const clock = new VirtualClock(0, options);
      const seen: string[] = [];
      const sleeper = async (name: string, atNs: number, hops: number) => {
        await clock.sleepUntil(atNs);
        for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
        seen.push(name);
      };
      void sleeper('long way', 1, 5000);
      void sleeper('short way', 1, 0);
      void sleeper('later', 2, 0);
      await clock.advance(2);
      expect(seen).toEqual(['long way', 'short way', 'later']);
    }
  });

  test('with sockets in play, work that hops through the event loop once is waited for too', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    void (async () => {
      await clock.sleepUntil(1);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('hopped');
    })();
    void clock.sleepUntil(2).then(() => seen.push('later'));
    await clock.advance(2);
    expect(seen).toEqual(['hopped', 'later']);
  });

  test('an event loop that others need gets its turn: a signal can stop a simulation', async () => {
    const clock = new VirtualClock(0, { inProcess: true });
    const stop = { now: false };
    setImmediate(() => setImmediate(() => (stop.now = true)));
    const loop = (async () => {
      while (!stop.now) await sleepFor(clock, 1);
    })();
    await clock.runUntilSettled(loop, 10_000);
  });
});

test('work that never ends is ended after the wakes it was given', async () => {
  const clock = new VirtualClock(0, { inProcess: true });
  const endless = (async () => {
    while (clock.sleeping >= 0) await sleepFor(clock, 1);
  })();
  await expect(clock.runUntilSettled(endless, 100)).rejects.toThrow('not done after 100 wakes');
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

test('many who spin at once look together: others have their turn as often as beside one', async () => {
  const turnsBeside = async (many: number) => {
    const beside = { over: false, turns: 0 };
    const turn = () => {
      beside.turns += 1;
      if (!beside.over) setImmediate(turn);
    };
    setImmediate(turn);
    for (let round = 0; round < 30; round += 1) {
      const atNs = systemClock.monotonicNs() + 1_500_000;
      await Promise.all(Array.from({ length: many }, () => systemClock.spinUntil(atNs)));
    }
    beside.over = true;
    return beside.turns;
  };
  const [one, many] = [await turnsBeside(1), await turnsBeside(200)];
  // With a glance each, two hundred would leave a two-hundredth of the turns.
  expect(many / one).toBeGreaterThan(0.1);
});

test('a punctual sleep whose time has passed lets other events in all the same', async () => {
  let turned = false;
  setImmediate(() => (turned = true));
  await systemClock.spinUntil(systemClock.monotonicNs() - NS_PER_S);
  expect(turned).toBe(true);
});

test.each([
  ['virtual', new VirtualClock()],
  ['real', systemClock],
])(
  'on a %s clock a signal has one listener for all who sleep by it, and wakes those who still do',
  async (_, clock) => {
    const stop = new AbortController();
    const woken: number[] = [];
    const asleep = Array.from({ length: 100 }, async (_each, index) => {
      await clock.sleepUntil(clock.monotonicNs() + (index === 0 ? NS_PER_MS : 3600 * NS_PER_S), stop.signal);
      woken.push(index);
    });
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    if (clock instanceof VirtualClock) await clock.advance(NS_PER_MS);
    await asleep[0];
    expect(woken).toEqual([0]);
    stop.abort();
    await Promise.all(asleep);
    expect(woken).toEqual(asleep.map((_each, index) => index));
  },
);
