/** Direct PUT: sizes and counts of a call, and the quota of a delivery stream. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { lambdaProcessor, processed } from './processing-faults.test-data.ts';
import { RoleARN } from './spoken.test-data.ts';

const DeliveryStreamName = 'd';
const s3 = { RoleARN, BucketARN: 'arn:aws:s3:::lake' };
const record = (bytes: number) => ({ Data: Buffer.alloc(bytes).toString('base64') });
const records = (count: number, bytes: number) => Array.from({ length: count }, () => record(bytes));

async function ready(options: Parameters<typeof virtualEndpoint>[0] = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await endpoint.firehose.create(DeliveryStreamName);
  return endpoint;
}

describe('what one call may hold', () => {
  test.each([
    ['a record of 1,000 KiB', 1, 1_024_000, undefined],
    [
      'a record of one byte more',
      1,
      1_024_001,
      "Value at 'records.1.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
    ],
    ['an empty record', 1, 0, undefined],
    ['500 records', 500, 1, undefined],
    [
      '501 records',
      501,
      1,
      "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500",
    ],
    ['4 MiB', 8, 524_288, undefined],
    ['4 MiB and eight bytes', 8, 524_289, 'Records size exceeds 4 MB limit'],
    ['none', 0, 0, 'greater than or equal to 1'],
  ])('%s', async (_what, count, bytes, refused) => {
    const { firehose } = await ready();
    const outcome = await firehose.call('PutRecordBatch', { DeliveryStreamName, Records: records(count, bytes) });
    expect(outcome.ok ? undefined : outcome.message).toEqual(
      refused === undefined ? undefined : expect.stringContaining(refused),
    );
  });
});

test('every record has an id of its own', async () => {
  const { firehose } = await ready();
  const batch = await firehose.must('PutRecordBatch', { DeliveryStreamName, Records: records(500, 1) });
  const ids = batch.RequestResponses.map(({ RecordId }) => RecordId);
  ids.push((await firehose.must('PutRecord', { DeliveryStreamName, Record: record(1) })).RecordId);
  expect(new Set(ids).size).toBe(501);
  expect(batch).toMatchObject({ FailedPutCount: 0, Encrypted: false });
});

test('an update of the destination begins no ids anew', async () => {
  const { firehose } = await ready();
  const put = async () => (await firehose.must('PutRecord', { DeliveryStreamName, Record: record(1) })).RecordId;
  const before = [await put(), await put()];
  await firehose.must('UpdateDestination', {
    DeliveryStreamName,
    CurrentDeliveryStreamVersionId: '1',
    DestinationId: 'destinationId-000000000001',
    ExtendedS3DestinationUpdate: { Prefix: 'other/' },
  });
  expect(new Set([...before, await put(), await put()]).size).toBe(4);
});

describe('the quota of a delivery stream', () => {
  test.each([
    ['us-east-1', 5_242_880],
    ['eu-central-1', 1_048_576],
  ])('%s: %i bytes at once, and as many a second', async (region, bytesPerS) => {
    const { firehose, clock } = await ready({ limits: 'aws', region });
    const put = () => firehose.must('PutRecordBatch', { DeliveryStreamName, Records: records(4, 1_000_000) });
    const takenOf = async (calls: number) => {
      let taken = 0;
      for (let call = 0; call < calls; call += 1) {
        const { RequestResponses: entries, FailedPutCount: failed } = await put();
        const good = entries.filter(({ RecordId }) => RecordId !== undefined).length;
        expect(failed).toBe(4 - good);
        for (const { RecordId, ...error } of entries) {
          if (RecordId === undefined)
            expect(error).toEqual({ ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' });
        }
        taken += good;
      }
      return taken;
    };
    expect(await takenOf(3)).toBe(Math.floor(bytesPerS / 1_000_000));
    await clock.advance(10 * NS_PER_S);
    expect(await takenOf(3)).toBe(Math.floor(bytesPerS / 1_000_000));
  });

  test.each([
    ['requests', 3],
    ['records', 2],
  ] as const)('%s a second', async (what, figure) => {
    const large = { ...awsLimits.firehose.large, [what]: { perS: figure, capacity: figure } };
    const limits = { ...awsLimits, firehose: { ...awsLimits.firehose, large } };
    const { firehose, clock } = await ready({ limits });
    const accepted = async () => {
      let count = 0;
      for (let call = 0; call < 5; call += 1)
        if ((await firehose.call('PutRecord', { DeliveryStreamName, Record: record(1) })).ok) count += 1;
      return count;
    };
    expect(await accepted()).toBe(figure);
    await clock.advance(NS_PER_S);
    expect(await accepted()).toBe(figure);
  });

  test('a call that is throttled is a ServiceUnavailableException, and other delivery streams are not', async () => {
    const large = { ...awsLimits.firehose.large, requests: { perS: 1, capacity: 1 } };
    const { firehose } = await ready({ limits: { ...awsLimits, firehose: { ...awsLimits.firehose, large } } });
    await firehose.create('other');
    await firehose.must('PutRecord', { DeliveryStreamName, Record: record(1) });
    expect(await firehose.call('PutRecord', { DeliveryStreamName, Record: record(1) })).toMatchObject({
      name: 'ServiceUnavailableException',
      message: 'Slow down.',
    });
    expect((await firehose.call('PutRecord', { DeliveryStreamName: 'other', Record: record(1) })).ok).toBe(true);
  });
});

test('what is buffered counts for the memory cap, and is given back when it is delivered', async () => {
  const { firehose, endpoint, clock } = await ready({ memoryBytesMax: 1000 });
  const put = () => firehose.call('PutRecord', { DeliveryStreamName, Record: record(600) });
  expect((await put()).ok).toBe(true);
  expect(await put()).toMatchObject({ name: 'InternalFailure' });
  expect(endpoint.memory.bytes).toBe(600);
  await clock.advance(300 * NS_PER_S);
  expect(endpoint.memory.bytes).toBe(0);
  expect((await put()).ok).toBe(true);
  endpoint.reset();
  expect(endpoint.memory.bytes).toBe(0);
});

test('what is backed up counts twice', async () => {
  const endpoint = virtualEndpoint({ memoryBytesMax: 1000 });
  const { firehose } = endpoint;
  await firehose.create(DeliveryStreamName, { S3BackupMode: 'Enabled', S3BackupConfiguration: s3 });
  const put = (bytes: number) => firehose.call('PutRecord', { DeliveryStreamName, Record: record(bytes) });
  expect(await put(501)).toMatchObject({ name: 'InternalFailure' });
  expect((await put(500)).ok).toBe(true);
  expect(endpoint.endpoint.memory.bytes).toBe(1000);
});

const EndpointConfiguration = { Url: 'https://receiver.invalid/' };
test.each([
  ['a function', { ExtendedS3DestinationConfiguration: { ...s3, ...processed(lambdaProcessor('f')) } }],
  ['an endpoint', { HttpEndpointDestinationConfiguration: { EndpointConfiguration, S3Configuration: s3 } }],
])('records without data that wait for %s take memory all the same', async (_whom, destination) => {
  const never = () => new Promise<never>(() => {});
  const { firehose, clock } = virtualEndpoint({ lambda: { invoke: never }, sender: never, memoryBytesMax: 100_000 });
  await firehose.must('CreateDeliveryStream', { DeliveryStreamName, ...destination });
  await clock.advance(NS_PER_S);
  const failed: number[] = [];
  for (let call = 0; call < 5; call += 1)
    failed.push(
      (await firehose.must('PutRecordBatch', { DeliveryStreamName, Records: records(500, 0) })).FailedPutCount,
    );
  expect(failed.at(-1)).toBe(500);
});
