/** What channels deliver: which records, when, as what, and what keeps them from it. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import * as kinesis from '@aws-sdk/client-kinesis';
import * as s3 from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, VirtualClock } from '../../clock.ts';
import { createEndpoint } from '../endpoint.ts';
import { awsLimits } from '../limits.ts';
import { startServer } from '../server.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { active, channelInput, onDemand, put, split, StreamARN, StreamName } from './channel-faults.test-data.ts';

type Asked = Parameters<typeof channelInput>[1];

async function ready(asked?: Asked, options: Parameters<typeof virtualEndpoint>[0] = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await onDemand(endpoint);
  await active(endpoint, 'c', asked);
  return endpoint;
}

const texts = ({ held }: VirtualEndpoint) => held.objects.map(({ body }) => Buffer.from(body).toString());

test('more records than one read gives are read without a pause', async () => {
  const endpoint = await ready();
  const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: 'YQ==' }));
  for (let call = 0; call < 21; call += 1) await endpoint.must('PutRecords', { StreamName, Records });
  await endpoint.clock.advance(NS_PER_S);
  const { ChannelARN } = (await endpoint.must('ListChannels', {})).ChannelSummaries[0]!;
  await endpoint.must('DeleteChannel', { ChannelARN });
  await endpoint.clock.advance(NS_PER_S);
  expect(texts(endpoint).join('').length).toBe(10_500);
});

describe('an object', () => {
  test('is written when its oldest record has the age of the data freshness, to the nanosecond', async () => {
    const endpoint = await ready();
    await endpoint.clock.advance(300 * NS_PER_MS);
    await put(endpoint, 'a,');
    await endpoint.clock.advance(200 * NS_PER_S);
    await put(endpoint, 'b');
    await endpoint.clock.advance(100 * NS_PER_S - 1);
    expect(texts(endpoint)).toEqual([]);
    await endpoint.clock.advance(1);
    expect(texts(endpoint)).toEqual(['a,b']);
    await put(endpoint, 'c');
    await endpoint.clock.advance(300 * NS_PER_S);
    expect(texts(endpoint)).toEqual(['a,b', 'c']);
  });

  test('waits for as long as an update says, that which is buffered too', async () => {
    const endpoint = await ready();
    const { ChannelARN } = (await endpoint.must('ListChannels', {})).ChannelSummaries[0]!;
    await put(endpoint, 'a');
    await endpoint.clock.advance(100 * NS_PER_S);
    await endpoint.must('UpdateChannel', { ChannelARN, S3DestinationConfiguration: { DataFreshnessInSeconds: 900 } });
    await endpoint.clock.advance(800 * NS_PER_S - 1);
    expect(texts(endpoint)).toEqual([]);
    await endpoint.clock.advance(1);
    expect(texts(endpoint)).toEqual(['a']);
  });

  test('is written sooner where it has the greatest size, which the limits say', async () => {
    const channels = { ...awsLimits.channels, objectBytesMax: 3 };
    const endpoint = await ready({}, { limits: { ...awsLimits, channels } });
    await put(endpoint, 'ab', 'c', 'd');
    await endpoint.clock.advance(2 * NS_PER_S);
    expect(texts(endpoint)).toEqual(['abc']);
  });

  test.each([
    ['NONE', '', (body: Uint8Array) => Buffer.from(body)],
    ['GZIP', '.gz', (body: Uint8Array) => gunzipSync(body)],
    ['ZSTD', '.zst', (body: Uint8Array) => zstdDecompressSync(body)],
  ] as const)('of %s has its extension and opens', async (CompressionType, extension, open) => {
    const endpoint = await ready({ storage: { CompressionType } });
    await put(endpoint, 'one,', 'two');
    await endpoint.clock.advance(300 * NS_PER_S);
    const { key, body, bucket } = endpoint.held.objects[0]!;
    expect(bucket).toBe('lake');
    expect(open(body).toString()).toBe('one,two');
    const id = '[0-9a-f-]{36}';
    expect(key).toMatch(
      new RegExp(`^kinesis-channel/c/${id}/2026/01/01/00/c-${id}-2026-01-01-00-00-${id}${extension}$`),
    );
  });
});

describe('of the records of a stream', () => {
  test('those put before the channel was ACTIVE are not delivered', async () => {
    const endpoint = virtualEndpoint();
    await onDemand(endpoint);
    await put(endpoint, 'before,');
    await endpoint.must('CreateChannel', channelInput('c'));
    await put(endpoint, 'creating,');
    await endpoint.clock.advance(NS_PER_S);
    await put(endpoint, 'active');
    await endpoint.clock.advance(300 * NS_PER_S);
    expect(texts(endpoint)).toEqual(['active']);
  });

  test('all are delivered once, in the order of their shard, those of shards that were split too', async () => {
    const endpoint = await ready({}, { limits: 'aws' });
    await put(endpoint, ...Array.from({ length: 40 }, (_, index) => `${index},`));
    await split(endpoint);
    await put(endpoint, ...Array.from({ length: 40 }, (_, index) => `${40 + index},`));
    await endpoint.clock.advance(302 * NS_PER_S);
    expect(texts(endpoint)).toEqual([Array.from({ length: 80 }, (_, index) => `${index},`).join('')]);
    const { Shards } = await endpoint.must('ListShards', { StreamName });
    expect(Shards.filter(({ ParentShardId }) => ParentShardId !== undefined).length).toBeGreaterThan(0);
  });

  test('more than an answer of GetRecords holds are read at once, and nothing is taken from the budget of readers', async () => {
    const endpoint = await ready({}, { limits: { ...awsLimits, writeRecords: { perS: 1e5, capacity: 1e5 } } });
    const Records = Array.from({ length: 500 }, () => ({ Data: 'AA==', PartitionKey: 'k', ExplicitHashKey: '0' }));
    for (let call = 0; call < 24; call += 1) await endpoint.must('PutRecords', { StreamName, Records });
    await endpoint.clock.advance(NS_PER_S / 2);
    const from = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'LATEST' } as const;
    const { ShardIterator } = await endpoint.must('GetShardIterator', from);
    for (let call = 0; call < 5; call += 1) await endpoint.must('GetRecords', { ShardIterator: ShardIterator! });
    await endpoint.clock.advance(300 * NS_PER_S);
    expect(endpoint.held.objects.map(({ body }) => body.length)).toEqual([12_000]);
  });

  test.each([
    ['JSON', ['{"a":1}', '[]', '"x"'], ['no JSON', '{"a":1}{"a":2}', '', '\u00ff']],
    ['STRING', ['ü', '', 'any'], ['\u00ff']],
    ['BYTE_ARRAY', ['ü', '\u00ff', ''], []],
  ] as const)('of the format %s, those of another go to the dead-letter queue', async (format, right, wrong) => {
    const dead = { BucketARN: 'arn:aws:s3:::dead', ExpectedBucketOwner: '000000000000', ErrorOutputPrefix: 'errors/' };
    const endpoint = await ready({ format, s3: { DeadLetterQueueS3Configuration: dead } });
    const numbers: string[] = [];
    for (const text of [...right, ...wrong]) {
      // A single byte of 255 is no UTF-8.
      const Data = Buffer.from(text, text === '\u00ff' ? 'latin1' : 'utf8').toString('base64');
      const stored = await endpoint.must('PutRecord', { StreamName, Data, PartitionKey: 'k', ExplicitHashKey: '0' });
      numbers.push(stored.SequenceNumber);
    }
    await endpoint.clock.advance(301 * NS_PER_S);
    const of = (bucket: string) => endpoint.held.objects.filter((object) => object.bucket === bucket);
    expect(of('lake').map(({ body }) => Buffer.from(body).toString('latin1'))).toEqual([
      Buffer.concat(right.map((text) => Buffer.from(text, text === '\u00ff' ? 'latin1' : 'utf8'))).toString('latin1'),
    ]);
    const letters = of('dead').flatMap(({ body }) => Buffer.from(body).toString().trimEnd().split('\n'));
    expect(letters.map((letter) => JSON.parse(letter) as unknown)).toEqual(
      numbers.slice(right.length).map((sequenceNumber) => ({
        channelName: 'c',
        channelId: expect.any(String) as string,
        streamArn: StreamARN,
        shardId: 'shardId-000000000000',
        sequenceNumber,
        approximateArrivalTimestamp: expect.any(Number) as number,
        errorCode: 'InvalidRecordFormat',
        errorMessage: expect.stringMatching(/JSON|UTF-8/) as string,
      })),
    );
    for (const { key } of of('dead')) expect(key).toMatch(/^errors\/2026\/01\/01\/00\/c-[0-9a-f-]+\.json$/);
  });
});

describe('what is not taken', () => {
  test('waits for a destination that is down for two hours, and then is there once', async () => {
    const endpoint = await ready();
    const write = endpoint.held.write.bind(endpoint.held);
    endpoint.held.write = () => Promise.reject(new Error('503'));
    await put(endpoint, 'a');
    await endpoint.clock.advance(7200 * NS_PER_S);
    endpoint.held.write = write;
    await endpoint.clock.advance(140 * NS_PER_S);
    expect(texts(endpoint)).toEqual(['a']);
    expect(endpoint.endpoint.memory.bytes).toBeGreaterThan(0);
  });

  test('waits for a key that is disabled, be it that of the stream or that of the objects', async () => {
    const encryption = { EncryptionType: 'KMS', KeyId: 'objects' } as const;
    const endpoint = await ready({ rest: { EncryptionConfiguration: encryption } });
    const { endpoint: inner, clock, must } = endpoint;
    await must('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId: 'stream' });
    await clock.advance(NS_PER_S);
    await put(endpoint, 'a');
    inner.keys.set('stream', 'disabled');
    inner.keys.set('objects', 'disabled');
    await clock.advance(400 * NS_PER_S);
    inner.keys.set('stream', 'enabled');
    await clock.advance(400 * NS_PER_S);
    expect(texts(endpoint)).toEqual([]);
    inner.keys.set('objects', 'enabled');
    await clock.advance(140 * NS_PER_S);
    expect(texts(endpoint)).toEqual(['a']);
  });
});

test('by the SDKs, over sockets: made, waited for, delivered into the S3 of the reference, and deleted', async () => {
  const clock = new VirtualClock();
  await using server = await startServer(createEndpoint({ clock, limits: 'off' }));
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const config = { endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  const client = new kinesis.KinesisClient(config);
  const store = new s3.S3Client(config);
  await client.send(new kinesis.CreateStreamCommand({ StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }));
  await clock.advance(NS_PER_S);
  const made = await client.send(
    new kinesis.CreateChannelCommand(channelInput('c', { storage: { CompressionType: 'GZIP' } })),
  );
  const { ChannelARN } = made.ChannelDescription!;
  await clock.advance(NS_PER_S);
  const waited = await kinesis.waitUntilChannelActive({ client, minDelay: 1, maxWaitTime: 10 }, { ChannelARN });
  expect(waited.state).toBe('SUCCESS');
  const Data = Buffer.from('{"order":1}');
  await client.send(new kinesis.PutRecordCommand({ StreamName, Data, PartitionKey: 'k' }));
  await clock.advance(301 * NS_PER_S);
  const { Contents } = await store.send(new s3.ListObjectsV2Command({ Bucket: 'lake', Prefix: 'kinesis-channel/c/' }));
  expect(Contents).toHaveLength(1);
  const { Body } = await store.send(new s3.GetObjectCommand({ Bucket: 'lake', Key: Contents![0]!.Key! }));
  expect(gunzipSync(await Body!.transformToByteArray()).toString()).toBe('{"order":1}');
  await expect(client.send(new kinesis.DeleteStreamCommand({ StreamName }))).rejects.toThrow(
    kinesis.ResourceInUseException,
  );
  await client.send(new kinesis.DeleteChannelCommand({ ChannelARN }));
  await client.send(new kinesis.DeleteStreamCommand({ StreamName }));
  await clock.advance(NS_PER_S);
  expect(clock.sleeping).toBe(0);
  client.destroy();
  store.destroy();
});
