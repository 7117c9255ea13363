import { describe, expect, test } from 'vitest';
import { inputShapes } from '../protocol/shapes.ts';
import { EpochMs } from './cbor-reader.ts';
import { Faults } from './faults.ts';
import { check } from './validation.ts';

const sound = new Faults().at({ stream: undefined });
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
  expect(check(inputShapes.RemoveTagsFromStream, { StreamName: 's', TagKeys }, 'base64', sound)).toMatchObject({
    name: 'ValidationException',
    message: `1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: ${constraint}`,
  });
});

test('names outside a list of names are one violation of the list', () => {
  const ShardLevelMetrics = ['ALL', 'Some', 'Other'];
  expect(
    check(inputShapes.EnableEnhancedMonitoring, { StreamName: 's', ShardLevelMetrics }, 'base64', sound),
  ).toMatchObject({
    message: `1 validation error detected: Value at 'shardLevelMetrics' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ${metrics}]`,
  });
  expect(
    check(inputShapes.EnableEnhancedMonitoring, { StreamName: 's', ShardLevelMetrics: ['ALL'] }, 'base64', sound),
  ).toBeUndefined();
});

test.each([[[1]], [[null]], [['k', {}]]])('tag keys %j are of a wrong type', (TagKeys) => {
  expect(check(inputShapes.UntagResource, { ResourceARN: 'x', TagKeys }, 'base64', sound)).toMatchObject({
    name: 'SerializationException',
  });
});

test('api.coerce-types adds no member: where one is left out, what is there is kept', () => {
  const coercing = new Faults(['api.coerce-types']).at({ stream: undefined });
  const input = { StreamName: 's', Limit: '7' };
  expect(check(inputShapes.DescribeStream, input, 'base64', coercing)).toBeUndefined();
  expect(input).toStrictEqual({ StreamName: 's', Limit: 7 });
});

describe('blobs', () => {
  const put = (Data: unknown) => ({ StreamName: 's', PartitionKey: 'k', Data });

  test.each(['', 'AAAA', 'AAA=', 'AA==', 'AB==', 'a+/9', 'AAAA'.repeat(30_000)])('%s is decoded', (text) => {
    const input = put(text);
    expect(check(inputShapes.PutRecord, input, 'base64', sound)).toBeUndefined();
    expect(input.Data).toEqual(Buffer.from(text, 'base64'));
  });

  test('those of one request stand side by side', () => {
    const texts = Array.from({ length: 200 }, (_, index) => Buffer.alloc(index * 9, index).toString('base64'));
    const input = { StreamName: 's', Records: texts.map((Data) => ({ Data, PartitionKey: 'k' })) };
    expect(check(inputShapes.PutRecords, input, 'base64', sound)).toBeUndefined();
    const decoded: unknown[] = input.Records.map(({ Data }) => Data);
    expect(decoded).toEqual(texts.map((text) => Buffer.from(text, 'base64')));
  });

  test('every character where it does not belong is found, however Node would take it', () => {
    const allowed = /^[A-Za-z0-9+/]*={0,2}$/;
    for (let code = 0; code < 0x1_0000; code += 1) {
      const character = String.fromCharCode(code);
      for (const text of [`${character}AAA`, `AAAAA${character}AA`, `AAA${character}`, `A${character}==`]) {
        const refused = check(inputShapes.PutRecord, put(text), 'base64', sound);
        if ((refused === undefined) !== allowed.test(text)) expect(`${code} in ${text}`).toBe('refused');
      }
    }
  });

  test.each([
    [
      'AAA',
      'base64',
      "'3' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    ],
    ['A=AA', 'base64', 'Invalid Base64 character'],
    ['====', 'base64', 'Invalid Base64 character'],
    ['AAAA', 'bytes', 'class java.lang.String can not be converted to a Blob'],
    [[], 'bytes', 'Start of list found where not expected'],
    [new EpochMs(1), 'bytes', 'class java.util.Date can not be converted to a Blob'],
  ] as const)('%j as %s is of a wrong type', (data, blobs, message) => {
    expect(check(inputShapes.PutRecord, put(data), blobs, sound)).toMatchObject({
      name: 'SerializationException',
      message,
    });
  });
});

describe('members as operations take them', () => {
  const iterator = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'AT_TIMESTAMP' };

  test('nulls are absent, fractions cut off, large integers numbers, times epoch seconds', () => {
    const input = { ...iterator, Timestamp: new EpochMs(1500), StartingSequenceNumber: null };
    expect(check(inputShapes.GetShardIterator, input, 'bytes', sound)).toBeUndefined();
    expect(input).toEqual({ ...iterator, Timestamp: 1.5 });
    const limited = { ShardIterator: 'x', Limit: 7.9 };
    expect(check(inputShapes.GetRecords, limited, 'base64', sound)).toBeUndefined();
    expect(limited.Limit).toBe(7);
    const filtered = { StreamName: 's', ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: new EpochMs(2000) } };
    expect(check(inputShapes.ListShards, filtered, 'bytes', sound)).toBeUndefined();
    expect(filtered.ShardFilter).toEqual({ Type: 'AT_TIMESTAMP', Timestamp: 2 });
  });

  test.each([
    [{ ShardIterator: 'x', Limit: 2n ** 64n }, 'ValidationException', "Value '18446744073709551616' at 'limit'"],
    [
      { ShardIterator: 'x', Limit: new EpochMs(1) },
      'SerializationException',
      'class java.util.Date can not be converted to an Integer',
    ],
    [
      { ShardIterator: Buffer.from('x') },
      'SerializationException',
      'class java.nio.HeapByteBuffer can not be converted to an String',
    ],
  ])('%o is refused as %s', (input, name, message) => {
    expect(check(inputShapes.GetRecords, input, 'bytes', sound)).toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

test('a text longer than any that has a pattern is too long, whatever else it is: some patterns would take hours', () => {
  const StreamARN = `arn:aws${':kinesis:'.repeat(2_000_000)}`;
  expect(check(inputShapes.DescribeStream, { StreamARN }, 'base64', sound)).toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(/^1 validation error detected: .*less than or equal to 2048$/),
  });
  expect(check(inputShapes.DescribeStream, { StreamName: `${'n'.repeat(200)} ` }, 'base64', sound)).toMatchObject({
    message: expect.stringMatching(/^2 validation errors detected/),
  });
});

test('members that the operation does not know are taken out, whatever they are called', () => {
  const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
  const input = JSON.parse(
    `{"StreamARN":"${StreamARN}","MaxRecordSizeInKiB":1024,"StreamName":{},"constructor":1,"__proto__":2}`,
  );
  expect(check(inputShapes.UpdateMaxRecordSize, input, 'base64', sound)).toBeUndefined();
  expect(Object.entries(input)).toEqual([
    ['StreamARN', StreamARN],
    ['MaxRecordSizeInKiB', 1024],
  ]);
});

test('of a million violations all are counted, and no more put into words than are listed', () => {
  const Records = Array<null>(1_000_000).fill(null);
  const before = process.memoryUsage().heapUsed;
  const refusal = check(inputShapes.PutRecords, { StreamName: 's', Records }, 'base64', sound);
  // Their texts would take more than a hundred bytes each.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024);
  expect(refusal?.message).toMatch(/^1000001 validation errors detected: .*records\.9\.member[^;]*$/);
});
