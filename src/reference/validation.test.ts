import { expect, test } from 'vitest';
import { inputShapes } from '../protocol/shapes.ts';
import { check } from './validation.ts';

const tooLong = 'k'.repeat(129);
const lengths =
  '[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]';
const metrics =
  '[IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords, WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds, ALL]';

test.each([
  [['k', tooLong], `Member must satisfy constraint: ${lengths}`],
  [['', 'k'], `Member must satisfy constraint: ${lengths}`],
  [[], 'Member must have length greater than or equal to 1'],
])('tag keys %j: the list answers for its members', (TagKeys, constraint) => {
  expect(check(inputShapes.RemoveTagsFromStream, { StreamName: 's', TagKeys })).toMatchObject({
    name: 'ValidationException',
    message: `1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: ${constraint}`,
  });
});

test('names outside a list of names are one violation of the list', () => {
  const ShardLevelMetrics = ['ALL', 'Some', 'Other'];
  expect(check(inputShapes.EnableEnhancedMonitoring, { StreamName: 's', ShardLevelMetrics })).toMatchObject({
    message: `1 validation error detected: Value at 'shardLevelMetrics' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ${metrics}]`,
  });
  expect(check(inputShapes.EnableEnhancedMonitoring, { StreamName: 's', ShardLevelMetrics: ['ALL'] })).toBeUndefined();
});

test.each([[[1]], [[null]], [['k', {}]]])('tag keys %j are of a wrong type', (TagKeys) => {
  expect(check(inputShapes.UntagResource, { ResourceARN: 'x', TagKeys })).toMatchObject({
    name: 'SerializationException',
  });
});
