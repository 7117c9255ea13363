import { expect, test } from 'vitest';
import { KeyOrder } from './key-order.ts';

const placed = (sequenceNumber: string, shardId = 'shardId-000000000000', key = 7) => ({
  key,
  shardId,
  sequenceNumber,
});

test('order is promised between a record and the one of its key that was acknowledged before it was sent', () => {
  const order = new KeyOrder();
  expect(order.place(order.before(7), placed('10'))).toBe('unpromised');
  const before = order.before(7);
  expect(order.place(before, placed('12'))).toBe('kept');
  // Sent before 12 was acknowledged: only 10 was promised to come first.
  expect(order.place(before, placed('11'))).toBe('kept');
  expect(order.place(before, placed('9'))).toBe('broken');
  expect(order.place(order.before(7), placed('11', 'shardId-000000000001'))).toBe('crossed');
});

test('what is chained is promised a greater sequence number, whatever the shard', () => {
  const order = new KeyOrder();
  const before = placed('10');
  expect(order.place(before, placed('12', 'shardId-000000000001'), true)).toBe('kept');
  expect(order.place(before, placed('9', 'shardId-000000000001'), true)).toBe('broken');
  expect(order.place(undefined, placed('13'), true)).toBe('unpromised');
});
