import { expect, test } from 'vitest';
import { audit, type Put } from './put-history.ts';

const shown = (data: string, sequenceNumber: string, shardId = 'a') => ({ data, sequenceNumber, shardId });
const put = (data: string, sequenceNumber?: string, storable = 1): Put => ({
  data,
  storable,
  acknowledged: sequenceNumber ? { partitionKey: 'k', data, shardId: 'a', sequenceNumber } : undefined,
});

test('what was acknowledged and is nowhere is lost; what may not have been stored is not', () => {
  const { lost } = audit([put('x', '1'), put('y', '2'), put('maybe')], [shown('x', '1')]);
  expect(lost.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['2']);
});

test('one attempt and two places are a double, by number and by shard', () => {
  expect(audit([put('x', '1')], [shown('x', '1'), shown('x', '2')]).doubled).toHaveLength(1);
  expect(audit([put('x', '1')], [shown('x', '1'), shown('x', '1', 'b')]).doubled).toHaveLength(1);
});

test('two attempts may have stored two, one place may be read twice, and what was refused may be nowhere', () => {
  expect(audit([put('x', '1', 2)], [shown('x', '1'), shown('x', '2')]).doubled).toEqual([]);
  expect(audit([put('x', '1')], [shown('x', '1'), shown('x', '1')]).doubled).toEqual([]);
  expect(audit([put('x', undefined, 0)], [shown('x', '1')]).doubled).toHaveLength(1);
});
