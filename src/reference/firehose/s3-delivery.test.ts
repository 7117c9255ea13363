/** Delivery into the S3 of the reference: with the SDKs over sockets, while it is down, and where there is no room left. */
import { gunzipSync } from 'node:zlib';
import * as firehose from '@aws-sdk/client-firehose';
import * as s3 from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../../clock.ts';
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import { createEndpoint } from '../endpoint.ts';
import { startServer } from '../server.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const DeliveryStreamName = 'd';
const MIB = 1024 * 1024;
const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });

/** With the endpoint's own S3 as the destination. */
async function ready(destination: Partial<ExtendedS3Configuration>, options = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ destination: undefined, ...options });
  await endpoint.firehose.create(DeliveryStreamName, destination);
  return endpoint;
}

const put = ({ firehose: { call } }: VirtualEndpoint, data: string | Buffer) =>
  call('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from(data).toString('base64') } });

/** What the bucket holds, in the order of its keys. */
function delivered({ endpoint: { objects } }: VirtualEndpoint, bucket = 'lake'): string[] {
  const holder = objects.buckets.find(({ name }) => name === bucket);
  return (holder?.keys ?? []).map((key) => Buffer.from(holder!.get(key)!.body).toString());
}

test('what is put by the one SDK is read by the other', async () => {
  const clock = new VirtualClock();
  await using server = await startServer(createEndpoint({ clock, limits: 'off' }));
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const config = { endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  const client = new s3.S3Client(config);
  const delivery = new firehose.FirehoseClient(config);
  const ExtendedS3DestinationConfiguration: firehose.ExtendedS3DestinationConfiguration = {
    RoleARN: 'arn:aws:iam::000000000000:role/firehose',
    BucketARN: 'arn:aws:s3:::lake',
    CompressionFormat: 'GZIP',
    ...hints(1, 60),
  };
  await delivery.send(
    new firehose.CreateDeliveryStreamCommand({ DeliveryStreamName, ExtendedS3DestinationConfiguration }),
  );
  await clock.advance(NS_PER_S);
  const Records = [{ Data: Buffer.from('one,') }, { Data: Buffer.from('two') }];
  await delivery.send(new firehose.PutRecordBatchCommand({ DeliveryStreamName, Records }));
  await clock.advance(60 * NS_PER_S);
  const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket: 'lake', Prefix: '2026/01/01/00/' }));
  expect(Contents).toHaveLength(1);
  const read = await client.send(new s3.GetObjectCommand({ Bucket: 'lake', Key: Contents![0]!.Key! }));
  expect(read.ContentEncoding).toBe('gzip');
  expect(gunzipSync(await read.Body!.transformToByteArray()).toString()).toBe('one,two');
  client.destroy();
  delivery.destroy();
});

test('while S3 is unavailable it is tried again, and then everything is there in order and once', async () => {
  const startMs = new VirtualClock().now();
  const [fromMs, toMs] = [startMs + 10 * 60_000, startMs + 130 * 60_000];
  const endpoint = await ready(hints(1, 60));
  const { objects } = endpoint.endpoint;
  let refused = 0;
  objects.assertWritable = () => {
    if (objects.state === 'up') return;
    refused += 1;
    throw new Error('503');
  };
  const sent: string[] = [];
  for (let second = 0; second < 140 * 60; second += 20) {
    sent.push(`${second},`);
    await put(endpoint, `${second},`);
    await endpoint.clock.advance(20 * NS_PER_S);
    const nowMs = endpoint.clock.now();
    objects.state = nowMs >= fromMs && nowMs < toMs ? 'down' : 'up';
    if (nowMs > fromMs + 60_000 && nowMs < toMs) expect(delivered(endpoint).length).toBeLessThan(11);
  }
  await endpoint.clock.advance(300 * NS_PER_S);
  // Every two minutes or so.
  expect(refused).toBeGreaterThan(50);
  expect(refused).toBeLessThan(100);
  expect(delivered(endpoint).join('')).toBe(sent.join(''));
  expect(endpoint.clock.sleeping).toBe(0);
});

test('a client of S3 that deletes makes room for what waits, which is neither lost nor twice there', async () => {
  const endpoint = await ready(hints(1, 60), { memoryBytesMax: 2.5 * MIB });
  const { clock, endpoint: inner } = endpoint;
  inner.objects.ensureBucket('mine');
  inner.objects.put('mine', 'large', { body: Buffer.alloc(2 * MIB) });
  await put(endpoint, 'a'.repeat(100));
  // An object takes some hundred bytes beside those of its buffer, and so much is not left.
  inner.objects.put('mine', 'rest', { body: Buffer.alloc(inner.memory.bytesMax - inner.memory.bytes - 700) });
  await clock.advance(600 * NS_PER_S);
  expect(delivered(endpoint)).toEqual([]);
  expect(await put(endpoint, 'b'.repeat(2000))).toMatchObject({ ok: false, name: 'InternalFailure' });
  inner.objects.bucket('mine').delete('large');
  await clock.advance(150 * NS_PER_S);
  expect(delivered(endpoint)).toEqual(['a'.repeat(100)]);
});

test('an object takes the room of its buffer', async () => {
  const endpoint = await ready(hints(1, 60), { memoryBytesMax: 1.2 * MIB });
  await put(endpoint, Buffer.alloc(1_000_000, 'x'));
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(delivered(endpoint).map(({ length }) => length)).toEqual([1_000_000]);
  expect(endpoint.endpoint.memory.bytes).toBeLessThan(1_001_000);
});

test('objects find the room of records that are past their retention', async () => {
  const endpoint = virtualEndpoint({ memoryBytesMax: 2 * MIB });
  await endpoint.stream('s', 1);
  const Data = Buffer.alloc(500_000).toString('base64');
  for (const PartitionKey of ['a', 'b']) await endpoint.must('PutRecord', { StreamName: 's', Data, PartitionKey });
  const { objects } = endpoint.endpoint;
  objects.createBucket('lake');
  const large = () => objects.put('lake', 'a', { body: Buffer.alloc(1.5 * MIB) });
  expect(large).toThrow('--max-memory');
  await endpoint.clock.advance(25 * 3600 * NS_PER_S);
  expect(large().body).toHaveLength(1.5 * MIB);
});

test('a bucket whose name S3 no longer gives out is delivered into as well', async () => {
  const endpoint = await ready({ ...hints(1, 60), BucketARN: 'arn:aws:s3:::My_Lake' });
  await put(endpoint, 'a');
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(delivered(endpoint, 'My_Lake')).toEqual(['a']);
});

test('a reset forgets the objects, and what waits for S3 does not come back', async () => {
  const endpoint = await ready(hints(1, 60));
  endpoint.endpoint.objects.state = 'down';
  await put(endpoint, 'a');
  await endpoint.clock.advance(90 * NS_PER_S);
  endpoint.endpoint.reset();
  expect(endpoint.endpoint.objects.state).toBe('up');
  await endpoint.clock.advance(600 * NS_PER_S);
  expect([endpoint.endpoint.objects.buckets, endpoint.endpoint.memory.bytes]).toEqual([[], 0]);
  expect(endpoint.clock.sleeping).toBe(0);
});
