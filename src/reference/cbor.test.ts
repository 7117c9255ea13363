/** The endpoint through CBOR: the same answers as through JSON, written the other way. */
import { decode, encode } from 'cborg';
import { expect, test } from 'vitest';
import { NS_PER_MS } from '../clock.ts';
import { handleWhole } from './endpoint.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const type = 'application/x-amz-cbor-1.1';
/** Epoch milliseconds become a Date, so that they cannot be mistaken for a number. */
const tags = { 1: (inner: () => unknown) => new Date(Number(inner())) };

async function send({ endpoint }: VirtualEndpoint, operation: string, body: Uint8Array) {
  const headers = {
    'content-type': type,
    'x-amz-target': `Kinesis_20131202.${operation}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  };
  const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body });
  expect(answer.headers['content-type']).toBe(type);
  const value: Record<string, unknown> = answer.body.length === 0 ? {} : decode(answer.body, { tags });
  return { status: answer.status, value, bytes: answer.body.length };
}

async function withStream(): Promise<VirtualEndpoint> {
  const virtual = virtualEndpoint();
  await virtual.stream('s', 2);
  return virtual;
}

const shard = { StreamName: 's', ShardId: 'shardId-000000000000' };

test('records put in one form are read in both', async () => {
  const virtual = await withStream();
  const data = Uint8Array.from([0, 255, 128, 10]);
  const record = { Data: data, PartitionKey: 'ключ', ExplicitHashKey: '0' };
  const put = await send(virtual, 'PutRecord', encode({ StreamName: 's', ...record }));
  expect(put).toMatchObject({ status: 200, value: { ShardId: shard.ShardId } });
  const batch = { StreamName: 's', Records: [record, { ...record, Data: new Uint8Array() }] };
  expect((await send(virtual, 'PutRecords', encode(batch))).value).toMatchObject({ FailedRecordCount: 0 });
  const arrived = virtual.clock.now();
  await virtual.clock.advance(500 * NS_PER_MS);

  const horizon = { ...shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = (await send(virtual, 'GetShardIterator', encode(horizon))).value;
  const inCbor = await send(virtual, 'GetRecords', encode({ ShardIterator }));
  const inJson = await virtual.must('GetRecords', { ShardIterator: String(ShardIterator) });
  expect(inCbor.value['Records']).toEqual(
    inJson.Records.map(({ Data, ApproximateArrivalTimestamp, ...others }) => ({
      ...others,
      Data: Uint8Array.from(Buffer.from(Data, 'base64')),
      ApproximateArrivalTimestamp: new Date(ApproximateArrivalTimestamp! * 1000),
    })),
  );
  expect(inCbor.value['Records']).toMatchObject([
    { SequenceNumber: put.value['SequenceNumber'], Data: data, ApproximateArrivalTimestamp: new Date(arrived) },
    { Data: data },
    { Data: new Uint8Array() },
  ]);
  expect(inCbor.value).toMatchObject({ MillisBehindLatest: 0, NextShardIterator: expect.any(String) });
});

test('a time in a request is epoch milliseconds', async () => {
  const virtual = await withStream();
  const put = { StreamName: 's', Data: '', PartitionKey: 'k', ExplicitHashKey: '0' };
  await virtual.must('PutRecord', put);
  await virtual.clock.advance(5 * NS_PER_MS);
  const at = virtual.clock.now();
  const second = await virtual.must('PutRecord', put);
  const head = Buffer.from(encode({ ...shard, ShardIteratorType: 'AT_TIMESTAMP' }));
  head[0]! += 1;
  const time = Buffer.concat([encode('Timestamp'), Buffer.from([0xc1]), encode(at)]);
  const { value } = await send(virtual, 'GetShardIterator', Buffer.concat([head, time]));
  const page = await send(virtual, 'GetRecords', encode({ ShardIterator: value['ShardIterator'] }));
  expect(page.value['Records']).toMatchObject([{ SequenceNumber: second.SequenceNumber }]);
});

test('the times of a description carry their tag', async () => {
  const virtual = await withStream();
  const { value } = await send(virtual, 'DescribeStreamSummary', encode({ StreamName: 's' }));
  const json = await virtual.must('DescribeStreamSummary', { StreamName: 's' });
  const seconds = json.StreamDescriptionSummary.StreamCreationTimestamp;
  expect(value).toEqual({
    StreamDescriptionSummary: { ...json.StreamDescriptionSummary, StreamCreationTimestamp: new Date(seconds * 1000) },
  });
});

test('what has no output is empty', async () => {
  const virtual = await withStream();
  expect(await send(virtual, 'DeleteStream', encode({ StreamName: 's' }))).toMatchObject({ status: 200, bytes: 0 });
});

test.each([
  ['an unknown stream', 'DescribeStream', encode({ StreamName: 'none' }), { __type: 'ResourceNotFoundException' }],
  [
    'a text where bytes belong',
    'PutRecord',
    encode({ StreamName: 's', Data: 'AAAA', PartitionKey: 'k' }),
    { __type: 'SerializationException', Message: 'class java.lang.String can not be converted to a Blob' },
  ],
  ['a body cut short', 'PutRecord', encode({ StreamName: 's' }).subarray(0, 5), { __type: 'SerializationException' }],
  ['JSON', 'PutRecord', Buffer.from('{}'), { __type: 'SerializationException' }],
  ['depth', 'ListStreams', Buffer.alloc(1_000_000, 0x81), { __type: 'SerializationException' }],
])('%s is refused in CBOR', async (_what, operation, body, error) => {
  const answer = await send(await withStream(), operation, body);
  expect(answer).toMatchObject({ status: 400, value: error });
  expect(Object.keys(answer.value)).toEqual(expect.arrayContaining(Object.keys(error)));
});
