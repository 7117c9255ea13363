import { expect, test } from 'vitest';
import { Random } from './random.ts';

test('the same seed and path give the same numbers, another path others', () => {
  const draw = (random: Random) => Array.from({ length: 4 }, () => random.uint32());
  const fresh = draw(new Random(7).fork('fleet', 3));
  const used = new Random(7);
  draw(used);
  expect(draw(used.fork('fleet', 3))).toEqual(fresh);
  expect(draw(new Random(7).fork('fleet', 4))).not.toEqual(fresh);
  expect(draw(new Random(8).fork('fleet', 3))).not.toEqual(fresh);
});

test('uniform, exponential and normal numbers have the moments they should', () => {
  const random = new Random(1);
  const mean = (draw: () => number, power = 1) => {
    let sum = 0;
    for (let i = 0; i < 100_000; i += 1) sum += draw() ** power;
    return sum / 100_000;
  };
  expect(mean(() => random.uniform())).toBeCloseTo(0.5, 2);
  expect(mean(() => random.exponential(3))).toBeCloseTo(3, 1);
  expect(mean(() => random.normal())).toBeCloseTo(0, 1);
  expect(mean(() => random.normal(), 2)).toBeCloseTo(1, 1);
});
