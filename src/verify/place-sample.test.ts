import { expect, test } from 'vitest';
import { PlaceSample } from './place-sample.ts';

const placeOf = (counter: number) => ({ shardId: 'shardId-000000000000', sequenceNumber: String(1000 + counter) });

test('of few records every place is known, and the first acknowledgement stays', () => {
  const sample = new PlaceSample();
  for (let counter = 0; counter < 256; counter += 1) sample.note(counter, placeOf(counter));
  sample.note(7, placeOf(99));
  expect(sample.export().size).toBe(256);
  expect(sample.export().get(7)).toEqual(placeOf(7));
});

test('of many a fixed number over all of the run, whatever order they are acknowledged in', () => {
  const sample = new PlaceSample();
  for (let at = 0; at < 100_000; at += 1) sample.note((at * 7919) % 100_003, placeOf((at * 7919) % 100_003));
  const counters = [...sample.export().keys()].sort((a, b) => a - b);
  expect(counters.length).toBeLessThanOrEqual(256);
  expect(counters.length).toBeGreaterThan(128);
  expect(counters[0]).toBeLessThan(2000);
  expect(counters.at(-1)).toBeGreaterThan(98_000);
  for (const [counter, place] of sample.export()) expect(place).toEqual(placeOf(counter));
});
