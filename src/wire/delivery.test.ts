/** Our Firehose client and both readers of objects against the reference, by every way there is: put, delivered, listed, read, removed. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { createEndpoint, handleWhole, type EndpointOptions } from '../reference/endpoint.ts';
import { startServer } from '../reference/server.ts';
import { createFirehoseClient, type FirehoseClient } from './firehose-client.ts';
import { inProcessObjects } from './in-process-objects.ts';
import { inProcessTransport } from './in-process.ts';
import type { ObjectSource } from './object-source.ts';
import { sdkObjects } from './sdk-objects.ts';

const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });
const DeliveryStreamName = 'tour';
const RoleARN = 'arn:aws:iam::000000000000:role/firehose';
const ExtendedS3DestinationConfiguration = {
  RoleARN,
  BucketARN: 'arn:aws:s3:::lake',
  Prefix: 'a b/+ü/',
  BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
};

interface Parties extends AsyncDisposable {
  readonly firehose: FirehoseClient;
  readonly objects: ObjectSource;
  readonly clock: VirtualClock;
}

async function parties(way: 'h1' | 'h2' | 'in-process', options: EndpointOptions = {}): Promise<Parties> {
  const clock = new VirtualClock(undefined, { inProcess: way === 'in-process' });
  const endpoint = createEndpoint({ clock, limits: 'off', latency: 'none', ...options });
  if (way === 'in-process') {
    const transport = inProcessTransport((request) => endpoint.handle(request), clock);
    const where = { url: 'http://reference.invalid', region: 'us-east-1', credentials };
    const firehose = createFirehoseClient(where, clock, transport);
    const objects = inProcessObjects((request) => handleWhole(endpoint, request));
    return { firehose, objects, clock, [Symbol.asyncDispose]: async () => firehose.close() };
  }
  const server = await startServer(endpoint);
  const where = { url: server.url, region: 'us-east-1', credentials };
  const firehose = createFirehoseClient({ ...where, transport: { protocol: way } }, clock);
  const objects = await sdkObjects(where);
  const close = async () => {
    firehose.close();
    objects.close();
    await server.close();
  };
  return { firehose, objects, clock, [Symbol.asyncDispose]: close };
}

/** The output, or a failure that says what there was instead. */
async function told<T>(answer: Promise<{ kind: string } & ({ output: T } | object)>): Promise<T> {
  const outcome = await answer;
  if (!('output' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.output;
}

describe.each(['in-process', 'h1', 'h2'] as const)('by %s', (way) => {
  test('made, put into, delivered, read and removed', async () => {
    await using at = await parties(way);
    const { firehose, objects, clock } = at;
    const input = { DeliveryStreamName, ExtendedS3DestinationConfiguration };
    await told(firehose.call('CreateDeliveryStream', input));
    await clock.advance(NS_PER_S);
    const { DeliveryStreamDescription: described } = await told(
      firehose.call('DescribeDeliveryStream', { DeliveryStreamName }),
    );
    expect(described.DeliveryStreamStatus).toBe('ACTIVE');
    const put = await told(firehose.call('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from('one,') } }));
    expect(put.RecordId).toMatch(/./);
    const Records = [{ Data: Buffer.from('two,') }, { Data: Buffer.from('three') }];
    const batch = await told(firehose.call('PutRecordBatch', { DeliveryStreamName, Records }));
    expect(batch).toMatchObject({ FailedPutCount: 0, RequestResponses: [{}, {}] });
    await clock.advance(60 * NS_PER_S);
    const listed = await objects.list('lake', 'a b/');
    if (listed.kind !== 'ok') throw new Error(listed.message);
    expect(listed.value).toHaveLength(1);
    const [{ key, bytes } = { key: '', bytes: 0 }] = listed.value;
    expect(key).toMatch(/^a b\/\+ü\//);
    expect(bytes).toBe(13);
    const read = await objects.read('lake', key);
    expect(read.kind === 'ok' && read.value.body.toString()).toBe('one,two,three');
    expect(await objects.remove('lake', key)).toEqual({ kind: 'ok', value: null });
    expect(await objects.list('lake', '')).toEqual({ kind: 'ok', value: [] });
    await told(firehose.call('DeleteDeliveryStream', { DeliveryStreamName }));
  });

  test('what is refused is an outcome', async () => {
    await using at = await parties(way);
    const put = at.firehose.call('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from('one') } });
    expect(await put).toMatchObject({ kind: 'error', code: 'ResourceNotFoundException', status: 400 });
    expect(await at.objects.list('nowhere', '')).toMatchObject({ kind: 'error', code: 'NoSuchBucket' });
    expect(await at.objects.read('nowhere', 'x')).toMatchObject({ kind: 'error', code: 'NoSuchBucket' });
  });
});

test('a listing of several pages is whole', async () => {
  const clock = new VirtualClock();
  const endpoint = createEndpoint({ clock });
  endpoint.objects.createBucket('lake');
  for (let index = 0; index < 1001; index += 1) endpoint.objects.put('lake', `k${index}`, { body: Buffer.from('x') });
  const listed = await inProcessObjects((request) => handleWhole(endpoint, request)).list('lake', 'k');
  expect(listed.kind === 'ok' && listed.value.length).toBe(1001);
});
