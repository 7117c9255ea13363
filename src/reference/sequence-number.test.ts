import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { parseSequenceNumber, SequenceNumbers } from './sequence-number.ts';

/** The layout as it is written down. */
function layout(shardIndex: number, createdS: number, index: number, putS: number): string {
  const hex = (value: number | bigint, digits: number) => value.toString(16).padStart(digits, '0');
  const nibble = hex(shardIndex % 16, 1);
  return BigInt(`0x2${hex(createdS, 9)}${nibble}${hex(index, 16)}00${hex(putS, 9)}${hex(shardIndex, 8)}2`).toString();
}

const powers = (exponents: number) => Array.from({ length: exponents }, (_, exponent) => 2 ** exponent);

test.each([1, 2, 3, 4])('a number made of limbs is the number of the layout: seed %i', (seed) => {
  const random = new Random(seed);
  const below = (bits: number) => Math.floor(random.uniform() * 2 ** (1 + random.below(bits)));
  for (let turn = 0; turn < 300; turn += 1) {
    const shardIndex = below(32);
    const createdS = below(36);
    const numbers = new SequenceNumbers(shardIndex, createdS);
    let index = below(52);
    let putS = below(36);
    for (let step = 0; step < 30; step += 1) {
      expect(numbers.at(index, putS)).toBe(layout(shardIndex, createdS, index, putS));
      index = random.below(8) === 0 ? below(52) : Math.min(index + 1, 2 ** 52 - 1);
      if (random.below(5) === 0) putS = below(36);
    }
    expect(numbers.starting()).toBe(layout(shardIndex, createdS, 0, createdS));
    expect(parseSequenceNumber(numbers.at(index, putS))).toEqual({ shardIndex, index, createdS, putS });
  }
});

test('edges: every power of two, and one less', () => {
  const numbers = new SequenceNumbers(0xffff_ffff, 2 ** 36 - 1);
  for (const index of powers(53).flatMap((value) => [value - 1, value === 2 ** 52 ? value - 1 : value])) {
    for (const putS of powers(37).map((value) => value - 1)) {
      const wanted = layout(0xffff_ffff, 2 ** 36 - 1, index, putS);
      if (numbers.at(index, putS) !== wanted) expect(`${index} at ${putS}`).toBe(wanted);
    }
  }
});

test('shards in turn do not mix up their digits', () => {
  const shards = Array.from({ length: 40 }, (_, index) => new SequenceNumbers(index, 1_700_000_000 + index));
  for (let index = 1; index < 50; index += 1) {
    for (const [shardIndex, numbers] of shards.entries()) {
      const wanted = layout(shardIndex, 1_700_000_000 + shardIndex, index, 1_700_000_100);
      expect(numbers.at(index, 1_700_000_100)).toBe(wanted);
    }
  }
});
