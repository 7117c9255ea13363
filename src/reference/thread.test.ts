import { once } from 'node:events';
import { connect } from 'node:net';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { startReferenceThread } from './thread.ts';

const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
};

async function call(url: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'x-amz-target': `Kinesis_20131202.${operation}` },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const value: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return value;
}

test('runs in a thread, takes commands, counts, stops', async () => {
  await using reference = await startReferenceThread({ limits: 'off', latency: 'none', createStreamMs: 0, seed: 7 });
  expect(reference.version).toMatch(/^\d+\.\d+\.\d+$/);
  await call(reference.url, 'CreateStream', { StreamName: 's', ShardCount: 1 });
  expect(await reference.activations()).toEqual({});
  await reference.arm('ret.default-168');
  await call(reference.url, 'CreateStream', { StreamName: 't', ShardCount: 1 });
  expect(await call(reference.url, 'DescribeStreamSummary', { StreamName: 't' })).toMatchObject({
    StreamDescriptionSummary: {
      RetentionPeriodHours: 168,
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/t',
    },
  });
  expect(await reference.activations()).toEqual({ 'ret.default-168': 1 });
  await reference.disarm('ret.default-168');
  expect(reference.died()).toBeNull();
  await reference.stop();
  await reference.stop();
  expect(reference.died()).toBeNull();
  await expect(reference.activations()).rejects.toThrow('it was stopped');
});

test('restarts: what was acknowledged is still there, unless it has the fault that loses it', async () => {
  await using reference = await startReferenceThread({
    limits: 'off',
    latency: 'none',
    createStreamMs: 0,
    clock: 'virtual',
  });
  await call(reference.url, 'CreateStream', { StreamName: 's', ShardCount: 1 });
  await call(reference.url, 'PutRecord', { StreamName: 's', Data: 'AAAA', PartitionKey: 'k' });
  const start = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = await call(reference.url, 'GetShardIterator', start);
  const read = () => call(reference.url, 'GetRecords', { ShardIterator });
  const idle = connect(reference.port, reference.host);
  // Once it was answered, the connection is known to have been accepted.
  idle.write('OPTIONS / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(idle, 'data');
  idle.resume();
  const cut = once(idle, 'close');
  await reference.restart();
  await cut;
  // A client may notice only when it uses its old connection that it is cut.
  expect((await read().catch(read))['Records']).toMatchObject([{ Data: 'AAAA' }]);
  await reference.arm('imm.ack-before-fsync');
  await reference.restart();
  expect((await read().catch(read))['Records']).toEqual([]);
  expect(await reference.activations()).toEqual({ 'imm.ack-before-fsync': 1 });
});

test('a port in use and an unknown fault are the operator’s to mend', async () => {
  await using first = await startReferenceThread({ limits: 'off', latency: 'none' });
  await expect(startReferenceThread({ limits: 'off', latency: 'none', port: first.port })).rejects.toMatchObject({
    name: 'OperatorError',
    code: 'port-in-use',
    exitCode: 2,
  });
  await expect(
    startReferenceThread({ limits: 'off', latency: 'none', faults: ['hash.little-endain'] }),
  ).rejects.toMatchObject({ code: 'fault-unknown', hint: expect.stringContaining('hash.little-endian') });
  await expect(first.arm('nonsense')).rejects.toMatchObject({ code: 'fault-unknown' });
});

test('on a virtual clock a good key is good: clients of other processes sign by the machine’s time', async () => {
  await using reference = await startReferenceThread({
    limits: 'off',
    latency: 'none',
    clock: 'virtual',
    auth: 'verify',
    keys: [{ accessKeyId: 'AKIAONE', secretAccessKey: 'one' }],
  });
  const credentials = { accessKeyId: 'AKIAONE', secretAccessKey: 'one' };
  const settings = { endpoint: reference.url, region: 'us-east-1', maxAttempts: 1 };
  const good = new KinesisClient({ ...settings, credentials });
  expect((await good.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
  // By the machine’s time a signature can be too old as well.
  const late = new KinesisClient({ ...settings, credentials, systemClockOffset: -10 * 60_000 });
  await expect(late.send(new ListStreamsCommand({}))).rejects.toThrow('Signature expired');
  for (const client of [good, late]) client.destroy();
});

test('what requests may take together can be bounded', async () => {
  await using reference = await startReferenceThread({ limits: 'off', latency: 'none', trafficBytesMax: 100_000 });
  const body = JSON.stringify({ Data: 'A'.repeat(400_000) });
  const answer = await fetch(reference.url, { method: 'POST', headers, body });
  expect(answer.status).toBe(503);
});
