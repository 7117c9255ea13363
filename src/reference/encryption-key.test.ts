import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { keyStates, type KeyState } from './encryption-key.ts';
import { fanOut, recordsOf, ShardId, StreamName, type FanOut } from './fan-out.test-data.ts';
import { startReferenceThread } from './thread.ts';

const KeyId = 'alias/theirs';
const names: Readonly<Record<Exclude<KeyState, 'enabled'>, string>> = {
  disabled: 'KMSDisabledException',
  'pending-deletion': 'KMSInvalidStateException',
  missing: 'KMSNotFoundException',
  denied: 'KMSAccessDeniedException',
  throttled: 'KMSThrottlingException',
  'no-opt-in': 'KMSOptInRequired',
};
const unusable = keyStates.filter((state) => state !== 'enabled');

/** A stream that is encrypted, with a record in it. */
async function encrypted(): Promise<FanOut> {
  const endpoint = await fanOut();
  await endpoint.must('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId });
  await endpoint.clock.advance(NS_PER_S);
  await endpoint.put('before');
  return endpoint;
}

describe('a key that can be used no more', () => {
  test.each(unusable)('%s: puts and reads are refused, until it can be used again', async (state) => {
    const { endpoint, must, call, put } = await encrypted();
    const place = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const ShardIterator = (await must('GetShardIterator', place)).ShardIterator!;
    endpoint.keys.set(KeyId, state);
    const refused = { name: names[state] };
    const record = { Data: '', PartitionKey: 'k' };
    expect(await call('PutRecord', { StreamName, ...record })).toMatchObject(refused);
    expect(await call('PutRecords', { StreamName, Records: [record] })).toMatchObject(refused);
    expect(await call('GetRecords', { ShardIterator })).toMatchObject(refused);
    endpoint.keys.set(KeyId, 'enabled');
    await put('after');
    expect((await must('GetRecords', { ShardIterator })).Records).toHaveLength(2);
  });

  test.each(unusable)('%s: a subscription ends with its error, and pushes no record before it', async (state) => {
    const { endpoint, clock, from, put } = await encrypted();
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(NS_PER_S);
    expect(recordsOf(subscription)).toEqual(['before']);
    endpoint.keys.set(KeyId, state);
    await clock.advance(5 * NS_PER_S);
    expect(subscription.messages.at(-1)).toMatchObject({
      kind: 'exception',
      name: names[state],
      body: { message: expect.stringContaining('The key alias/theirs ') },
    });
    expect(subscription.endedAtNs).toBeDefined();
    const again = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(0);
    expect(again.messages.map(({ name }) => name)).toEqual(['initial-response', names[state]]);
    endpoint.keys.set(KeyId, 'enabled');
    await put('after');
    await clock.advance(5 * NS_PER_S);
    const last = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(NS_PER_S);
    expect(recordsOf(last)).toEqual(['before', 'after']);
  });

  test('is as it was at first after a reset', async () => {
    const { endpoint } = await fanOut({ kmsKeys: { off: 'disabled' } });
    endpoint.keys.set('off', 'enabled');
    endpoint.keys.set(KeyId, 'missing');
    expect(endpoint.keys.states()).toEqual({ [KeyId]: 'missing' });
    endpoint.reset();
    expect(endpoint.keys.states()).toEqual({ off: 'disabled' });
  });
});

test('the control port changes the state of keys, whatever is in their names', async () => {
  await using reference = await startReferenceThread({ limits: 'off', latency: 'none', controlPort: 0 });
  const control = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${reference.controlUrl}${path}`, { method, ...(body !== undefined && { body }) });
    return { status: answer.status, body: await answer.json() };
  };
  const arn = 'arn:aws:kms:us-east-1:000000000000:key/1234';
  expect(await control('GET', '/keys')).toEqual({ status: 200, body: {} });
  await control('PUT', `/keys/${arn}`, 'denied');
  expect(await control('PUT', '/keys/alias/off', 'disabled\n')).toMatchObject({
    status: 200,
    body: { [arn]: 'denied', 'alias/off': 'disabled' },
  });
  expect(await control('PUT', '/keys/alias%2Foff', 'enabled')).toEqual({ status: 200, body: { [arn]: 'denied' } });
  expect(await control('DELETE', `/keys/${arn}`)).toEqual({ status: 200, body: {} });
  expect(await control('PUT', '/keys/alias/off', 'broken')).toMatchObject({
    status: 400,
    body: { error: 'broken is no state of a key', hint: expect.stringContaining('pending-deletion') },
  });
  expect(await control('PUT', '/keys/%', 'enabled')).toMatchObject({ status: 400 });
});
