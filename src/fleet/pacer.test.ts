import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import type { RatePlan } from '../scenario/plan.ts';
import { arrivals, callsWithinMax } from './pacer.ts';

const S = 1e9;
const constant = (callsPerS: number): RatePlan => ({
  stages: [{ durationNs: S, fromCallsPerS: callsPerS, toCallsPerS: callsPerS }],
});

function take(rate: RatePlan, kind: 'poisson' | 'uniform', agents: number, untilNs: number): number[] {
  const due: number[] = [];
  for (let agent = 0; agent < agents; agent += 1) {
    for (const dueNs of arrivals(rate, kind, { agent, agents }, new Random(5).fork('fleet', agent))) {
      if (dueNs >= untilNs) break;
      due.push(dueNs);
    }
  }
  return due.sort((a, b) => a - b);
}

test.each([1, 3, 7])('uniform: %i agents together send one call every interval, exactly, without drift', (agents) => {
  const due = take(constant(1500), 'uniform', agents, 10 * S);
  expect(due.length).toBe(15_000);
  expect(due.every((dueNs, i) => Math.abs(dueNs - ((i + 0.5) / 1500) * S) < 1)).toBe(true);
});

test('no drift over an hour', () => {
  const due = take(constant(100 / 3), 'uniform', 1, 3600 * S);
  expect(due.length).toBe(120_000);
  expect(due.at(-1)).toBeCloseTo((119_999.5 * 3 * S) / 100, -1);
});

test('poisson: the mean rate and the spread of gaps are those of a Poisson process, for 1 agent and for 10', () => {
  for (const agents of [1, 10]) {
    const due = take(constant(1000), 'poisson', agents, 100 * S);
    expect(Math.abs(due.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    const gaps = due.slice(1).map((dueNs, i) => dueNs - due[i]!);
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    const variance = gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  }
});

test('a ramp owes the area under it, and then the last rate goes on', () => {
  const ramp: RatePlan = {
    stages: [
      { durationNs: 10 * S, fromCallsPerS: 0, toCallsPerS: 100 },
      { durationNs: 5 * S, fromCallsPerS: 50, toCallsPerS: 50 },
    ],
  };
  expect(take(ramp, 'uniform', 2, 5 * S).length).toBe(125);
  expect(take(ramp, 'uniform', 2, 10 * S).length).toBe(500);
  expect(take(ramp, 'uniform', 2, 20 * S).length).toBe(1000);
});

test('a rate that ends at zero ends the schedule', () => {
  const down: RatePlan = { stages: [{ durationNs: 10 * S, fromCallsPerS: 10, toCallsPerS: 0 }] };
  expect(take(down, 'uniform', 1, Infinity).length).toBe(50);
});

test('an agent’s schedule does not depend on the others', () => {
  const first = (agents: number) => {
    const due = arrivals(constant(10 * agents), 'poisson', { agent: 1, agents }, new Random(5).fork('fleet', 1));
    return due.next().value;
  };
  expect(first(4)).toBeCloseTo(first(2), 3);
});

test('one call a minute is one call a minute, and 100,000 a second are 100,000', () => {
  const slow = take(constant(1 / 60), 'uniform', 1, 3600 * S);
  expect(slow.map((dueNs) => Math.round(dueNs) / S)).toEqual(Array.from({ length: 60 }, (_, i) => 60 * i + 30));
  const fast = take(constant(100_000), 'uniform', 3, 2 * S);
  expect(fast.length).toBe(200_000);
  expect(fast.every((dueNs, i) => Math.abs(dueNs - (i + 0.5) * 10_000) < 1)).toBe(true);
});

describe('bursts', () => {
  const bursty = (callsPerS: number): RatePlan => ({
    stages: [{ durationNs: 100 * S, fromCallsPerS: callsPerS, toCallsPerS: callsPerS }],
    bursts: { calls: 7, everyNs: 10 * S },
  });

  test.each([1, 2, 5])('of 7 every 10 s come at once, for %i agents together', (agents) => {
    const due = take(bursty(0), 'uniform', agents, 35 * S);
    expect(due).toEqual([0, 10, 20, 30].flatMap((second) => Array.from({ length: 7 }, () => second * S)));
  });

  test.each([1, 4])('go on top of a rate, for %i agents together', (agents) => {
    const due = take(bursty(10), 'uniform', agents, 20 * S);
    expect(due.length).toBe(7 + 100 + 7 + 100);
    expect(due.filter((dueNs) => dueNs === 10 * S).length).toBeGreaterThanOrEqual(7);
    expect(due.filter((dueNs) => dueNs > 0 && dueNs < 10 * S).length).toBe(100);
  });

  test('with poisson arrivals have the mean of their size', () => {
    const due = take(bursty(0), 'poisson', 3, 10_000 * S);
    expect(Math.abs(due.length - 7000)).toBeLessThan(4 * Math.sqrt(7000));
    expect(due.every((dueNs) => dueNs % (10 * S) === 0)).toBe(true);
  });

  test('count towards the most that is due in a span', () => {
    expect(callsWithinMax(bursty(10), 20 * S)).toBe(200 + 21);
  });
});

describe('a schedule', () => {
  const schedule: RatePlan = {
    stages: [],
    schedule: {
      file: 'peaks.txt',
      points: [
        [0, 1],
        [2 * S, 3],
        [2 * S, 1],
        [9 * S, 2],
      ],
    },
  };

  test.each([1, 2, 3, 10])('is sent as it stands, by %i agents together, and then ends', (agents) => {
    expect(take(schedule, 'uniform', agents, Infinity)).toEqual([0, 2, 2, 2, 2, 9, 9].map((second) => second * S));
  });

  test('has a most that is due in a span', () => {
    expect(callsWithinMax(schedule, 5 * S)).toBe(5);
    expect(callsWithinMax(schedule, 8 * S)).toBe(6);
  });
});
