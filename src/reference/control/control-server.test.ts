import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startReferenceThread, type ReferenceOptions } from '../thread.ts';

const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
};

/** A reference in a thread, its protocol and its control port. */
async function started(options: Partial<ReferenceOptions> = {}) {
  const reference = await startReferenceThread({
    limits: 'off',
    latency: 'none',
    createStreamMs: 0,
    clock: 'virtual',
    controlPort: 0,
    ...options,
  });
  const call = async (operation: string, input: object) => {
    const target = { 'x-amz-target': `Kinesis_20131202.${operation}` };
    const body = JSON.stringify(input);
    const text = await (
      await fetch(reference.url, { method: 'POST', headers: { ...headers, ...target }, body })
    ).text();
    const value: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
    return value;
  };
  const control = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${reference.controlUrl}${path}`, { method, ...(body !== undefined && { body }) });
    return { status: answer.status, body: await answer.json() };
  };
  return { reference, call, control };
}

const oldest = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };

test('an iterator lives for 4:59.999 and not for 5:00; a day of retention passes at once', async () => {
  const { reference, call, control } = await started();
  await using _ = reference;
  await call('CreateStream', { StreamName: 's', ShardCount: 1 });
  await call('PutRecord', { StreamName: 's', Data: 'AAAA', PartitionKey: 'k' });
  const { ShardIterator } = await call('GetShardIterator', oldest);
  await control('POST', '/clock/advance', '{"ms":299999}');
  expect(await call('GetRecords', { ShardIterator })).toMatchObject({ Records: [{ Data: 'AAAA' }] });
  await control('POST', '/clock/advance', '{"ms":1}');
  expect(await call('GetRecords', { ShardIterator })).toMatchObject({ __type: 'ExpiredIteratorException' });
  const before = (await control('GET', '/clock')).body;
  expect(before).toMatchObject({ kind: 'virtual', monotonicNs: 300_000 * 1e6 });
  await control('POST', '/clock/advance', String.raw`{"ms":86400000}`);
  const { ShardIterator: late } = await call('GetShardIterator', oldest);
  expect(await call('GetRecords', { ShardIterator: late })).toMatchObject({ Records: [] });
});

test('faults are armed, seen at work, and disarmed', async () => {
  const { reference, call, control } = await started();
  await using _ = reference;
  const put = await control('PUT', '/faults/log.double-append', 'stream=s,every=2');
  expect(put).toEqual({ status: 200, body: { armed: ['log.double-append{stream=s,every=2}'] } });
  await call('CreateStream', { StreamName: 's', ShardCount: 1 });
  for (let index = 0; index < 64; index += 1)
    await call('PutRecord', { StreamName: 's', Data: 'AAAA', PartitionKey: 'k' });
  const seen = await control('GET', '/activations?since=1');
  const place = { fault: 'log.double-append', stream: 's', shard: 'shardId-000000000000' };
  expect(seen.body).toMatchObject({
    chances: { 'log.double-append': 4 },
    counts: { 'log.double-append': 2 },
    log: [{ id: 2, ...place }],
  });
  expect((await control('DELETE', '/faults/log.double-append')).body).toEqual({ armed: [] });
  expect((await control('GET', '/faults')).body).toMatchObject({
    armed: [],
    names: { 'thr.off': 'Writes are not limited.' },
  });
});

test('the state says what is there; after a reset nothing is', async () => {
  const { reference, call, control } = await started({ faults: ['thr.off'] });
  await using _ = reference;
  await call('CreateStream', { StreamName: 's', ShardCount: 1 });
  await call('PutRecord', { StreamName: 's', Data: 'AAAA', PartitionKey: 'k' });
  const stream = { account: '000000000000', region: 'us-east-1', name: 's', status: 'ACTIVE', mode: 'PROVISIONED' };
  const shards = [{ id: 'shardId-000000000000', open: true, records: 1, bytes: expect.any(Number) }];
  const { body } = await control('GET', '/state');
  expect(body).toMatchObject({
    streams: [{ ...stream, retentionHours: 24, consumers: 0, channels: [], shards }],
    memory: { bytesMax: null },
  });
  const empty = { streams: [], memory: { bytes: 0, bytesMax: null } };
  expect((await control('POST', '/reset')).body).toEqual(empty);
  expect(await call('ListStreams', {})).toMatchObject({ StreamNames: [] });
  expect((await control('GET', '/faults')).body).toMatchObject({ armed: [] });
  await call('CreateStream', { StreamName: 's', ShardCount: 2 });
  expect(await call('ListStreams', {})).toMatchObject({ StreamNames: ['s'] });
});

test('a restart keeps what was acknowledged, and with the fault loses the last of it', async () => {
  const { reference, call, control } = await started();
  await using _ = reference;
  await call('CreateStream', { StreamName: 's', ShardCount: 1 });
  await call('PutRecord', { StreamName: 's', Data: 'AAAA', PartitionKey: 'k' });
  await control('POST', '/clock/advance', '{"ms":1000}');
  await call('PutRecord', { StreamName: 's', Data: 'BBBB', PartitionKey: 'k' });
  const { ShardIterator } = await call('GetShardIterator', oldest);
  const restart = () => control('POST', '/restart');
  const read = () => call('GetRecords', { ShardIterator });
  // A client may notice only when it uses its old connection that it is cut.
  const readAgain = () => read().catch(read);
  expect(await restart()).toMatchObject({ status: 200, body: { streams: [{ shards: [{ records: 2 }] }] } });
  expect(await readAgain()).toMatchObject({ Records: [{ Data: 'AAAA' }, { Data: 'BBBB' }] });
  await control('PUT', '/faults/imm.ack-before-fsync', '');
  expect(await restart()).toMatchObject({ body: { streams: [{ shards: [{ records: 1 }] }] } });
  expect((await readAgain())['Records']).toMatchObject([{ Data: 'AAAA' }]);
  const place = { fault: 'imm.ack-before-fsync', stream: 's', shard: 'shardId-000000000000' };
  expect((await control('GET', '/activations')).body).toMatchObject({ log: [place] });
});

test('S3 is taken down and up', async () => {
  const { reference, control } = await started();
  await using _ = reference;
  const authorization =
    'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const statusOf = async (method: string) =>
    (await fetch(`${reference.url}/lake`, { method, headers: { authorization } })).status;
  expect(await control('PUT', '/s3', 'down')).toEqual({ status: 200, body: { state: 'down' } });
  expect(await statusOf('PUT')).toBe(503);
  expect((await control('GET', '/s3')).body).toEqual({ state: 'down' });
  await control('PUT', '/s3', 'up');
  expect(await statusOf('PUT')).toBe(200);
});

test('shutdown is answered, and ends everything', async () => {
  const { reference, control } = await started();
  expect(await control('POST', '/shutdown')).toEqual({ status: 200, body: { stopping: true } });
  expect(await reference.ended).toBeNull();
  expect(reference.died()).toBeNull();
  await expect(fetch(reference.url)).rejects.toThrow('fetch failed');
  await expect(control('GET', '/clock')).rejects.toThrow('fetch failed');
});

describe('what makes no sense is refused, and says what would', () => {
  test.each([
    ['GET', '/nothing', undefined, 404, 'there is no /nothing'],
    ['GET', '//', undefined, 404, 'there is no'],
    ['POST', '/clock', undefined, 405, 'POST does not go with /clock'],
    ['POST', '/clock/advance', '{"ms":-1}', 400, '"ms" is -1, out of range'],
    ['POST', '/clock/advance', '{"ms":1e300}', 400, '"ms" is 1e+300, out of range'],
    ['POST', '/clock/advance', '{"ms":"5"}', 400, '"ms" is "5", and not a number'],
    ['POST', '/clock/advance', '{"s":1}', 400, 'the body {"s":1} has no "ms"'],
    ['POST', '/clock/advance', 'soon', 400, 'the body soon is no JSON'],
    ['POST', '/clock/advance', '', 400, 'the body is empty'],
    ['PUT', '/faults/imm.bit-rot', '{p=0.1}', 400, 'the body {p=0.1} is no selector'],
    ['PUT', '/faults/imm.bit-rot', '{"p":0.1}', 400, 'the body {"p":0.1} is no selector'],
    ['PUT', '/faults/thr.of', '', 400, 'there is no fault "thr.of"'],
    ['PUT', '/faults/%', '', 400, 'there is no fault'],
    ['PUT', '/faults/thr.off', 'p=2', 400, 'is not a share'],
    ['PUT', '/s3', 'away', 400, 'away is no state of S3'],
    ['GET', '/activations?since=x', undefined, 400, 'since=x is not an id'],
    ['POST', '/reset', 'x'.repeat(70_000), 413, 'longer than 65536 bytes'],
  ])('%s %s', async (method, path, body, status, text) => {
    const { reference, control } = await started();
    await using _ = reference;
    const answer = await control(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('error', expect.stringContaining(text));
  });

  test('the machine’s own clock cannot be moved', async () => {
    const { reference, control } = await started({ clock: 'system' });
    await using _ = reference;
    expect(await control('POST', '/clock/advance', '{"ms":1}')).toMatchObject({ status: 409 });
    expect((await control('GET', '/clock')).body).toMatchObject({ kind: 'system' });
  });

  test.each([{ host: 'evil.example' }, { origin: 'http://127.0.0.1' }])('a browser: %j', async (forged) => {
    const { reference } = await started();
    await using _ = reference;
    const { port } = new URL(reference.controlUrl!);
    const status = await new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/state', headers: forged }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test('without a control port there is none; one in use is the operator’s to mend', async () => {
    await using reference = await startReferenceThread({ limits: 'off', latency: 'none' });
    expect(reference.controlUrl).toBeUndefined();
    const taken = startReferenceThread({ limits: 'off', latency: 'none', controlPort: reference.port });
    await expect(taken).rejects.toThrow(`the control port ${reference.port} cannot be used`);
  });
});
