import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createClient } from '../wire/client.ts';
import { startEmbedded } from './embedded.ts';
import { loadTarget } from './load.ts';
import { probe } from './probe.ts';
import type { EmbeddedSpec } from './spec.ts';
import { startTarget } from './start.ts';

const preset = loadTarget('embedded') as EmbeddedSpec;

test('the embedded target needs nothing, answers, and is gone afterwards', async () => {
  const target = await startTarget(preset);
  await probe(target, systemClock);
  expect(target.kinesis.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(target).toMatchObject({ name: 'embedded', modelled: true });
  expect(target.description).toMatch(/^kinebench's reference endpoint \d+\.\d+\.\d+ \(limits: aws, latency: aws\)$/);
  expect(target.died()).toBeNull();
  await target[Symbol.asyncDispose]();
  await expect(probe(target, systemClock)).rejects.toMatchObject({ code: 'target-unreachable' });
});

test('faults are armed and disarmed while it runs, and counted', async () => {
  await using target = await startEmbedded({ ...preset, latency: 'none', createStreamMs: 0 });
  const client = createClient(target.kinesis, systemClock);
  const retention = async (StreamName: string) => {
    await client.call('CreateStream', { StreamName, ShardCount: 1 });
    const outcome = await client.call('DescribeStreamSummary', { StreamName });
    return outcome.kind === 'ok' ? outcome.output.StreamDescriptionSummary.RetentionPeriodHours : outcome;
  };
  await target.arm('ret.default-168');
  expect(await retention('armed')).toBe(168);
  expect(await target.activations()).toEqual({ 'ret.default-168': 1 });
  await target.disarm('ret.default-168');
  expect(await retention('disarmed')).toBe(24);
  await expect(target.arm('ret.default-169')).rejects.toMatchObject({ code: 'fault-unknown', exitCode: 2 });
  client.close();
});

test('its S3 can be taken down while it runs', async () => {
  await using target = await startEmbedded(preset);
  const authorization =
    'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const put = async () =>
    (await fetch(`${target.delivery!.s3Url}/lake`, { method: 'PUT', headers: { authorization } })).status;
  await target.setS3!('down');
  expect(await put()).toBe(503);
  await target.setS3!('up');
  expect(await put()).toBe(200);
});

test('it can be restarted, and then has what was acknowledged unless a fault loses it', async () => {
  await using target = await startEmbedded({ ...preset, latency: 'none', limits: 'off', createStreamMs: 0 });
  const putAndRestart = async () => {
    const client = createClient(target.kinesis, systemClock);
    await client.call('PutRecord', { StreamName: 's', Data: 'AQ==', PartitionKey: 'k' });
    client.close();
    await target.restart();
    return target.activations();
  };
  const client = createClient(target.kinesis, systemClock);
  await client.call('CreateStream', { StreamName: 's', ShardCount: 1 });
  client.close();
  expect(await putAndRestart()).toEqual({});
  await target.arm('imm.ack-before-fsync');
  // On a busy machine a second may pass between the put and the restart.
  await expect.poll(putAndRestart, { timeout: 4000 }).toHaveProperty(['imm.ack-before-fsync']);
});

test('without limits it does not claim to throttle, and it says which faults it has', async () => {
  await using target = await startEmbedded({ ...preset, limits: 'off', faults: ['log.ack-then-drop'] });
  expect([...target.capabilities]).toEqual(['fan-out', 'firehose', 'channels', 'faults']);
  expect(target.description).toContain('limits: off, latency: aws, with faults log.ack-then-drop');
});

test('a fault that is none is refused before anything starts', async () => {
  await expect(startEmbedded({ ...preset, faults: ['log.drop'] })).rejects.toMatchObject({ code: 'fault-unknown' });
});
