import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { packageRoot } from '../package.ts';
import type { StreamMode } from '../protocol/operations.ts';
import { awsShardLimits, CONSUMERS_MAX, FAN_OUT_BYTES_PER_S } from '../protocol/limits.ts';
import { awsLimits, limitsNamed, limitsOf, quotasOf, type LimitsChoice, type Quotas } from './limits.ts';
import { virtualEndpoint, type Outcome, type VirtualEndpoint } from './virtual-endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, text);
  return file;
}

describe('limits/aws.yaml', () => {
  test('gives every figure a source, or says that it is assumed', () => {
    const lines = readFileSync(join(packageRoot, 'limits', 'aws.yaml'), 'utf8').split('\n');
    const figures = lines.filter((line) => /^ *\w+:.*\d/.test(line));
    expect(figures.length).toBeGreaterThan(35);
    expect(figures.filter((line) => !/#.*(source:|assumed)/i.test(line))).toEqual([]);
  });

  test('says what the client takes AWS to publish', () => {
    expect([awsLimits.writeRecords.perS, awsLimits.writeBytes.perS]).toEqual([
      awsShardLimits.writeRecordsPerS,
      awsShardLimits.writeBytesPerS,
    ]);
    expect([awsLimits.readCalls.perS, awsLimits.readBytes.perS]).toEqual([
      awsShardLimits.readCallsPerS,
      awsShardLimits.readBytesPerS,
    ]);
    expect([awsLimits.pushBytes.perS, awsLimits.consumersMax]).toEqual([FAN_OUT_BYTES_PER_S, CONSUMERS_MAX]);
  });
});

describe('a limits file', () => {
  test('names what differs; everything else is as AWS has it', () => {
    const file = fileOf(
      'writeRecords: { perS: 7, capacity: 9 }\ncontrolCalls:\n  ListStreams: { perS: 50, capacity: 60, per: account }\n',
    );
    expect(limitsOf(limitsNamed(file))).toEqual({
      ...awsLimits,
      writeRecords: { perS: 7, capacity: 9 },
      controlCalls: { ...awsLimits.controlCalls, ListStreams: { perS: 50, capacity: 60, per: 'account' } },
    });
  });

  test('names what differs of Data Firehose too', () => {
    const file = fileOf('firehose: { zeroBufferingMs: 3000, deliveryStreamsMax: 50 }\n');
    const { firehose } = awsLimits;
    expect(limitsOf(limitsNamed(file))).toEqual({
      ...awsLimits,
      firehose: { ...firehose, zeroBufferingMs: 3000, deliveryStreamsMax: 50 },
    });
  });

  test('is enforced', async () => {
    const limits = limitsNamed(fileOf('writeRecords: { perS: 1, capacity: 2 }\n'));
    const endpoint = virtualEndpoint({ limits });
    await endpoint.stream('orders', 1);
    const put = () => endpoint.call('PutRecord', { StreamName: 'orders', PartitionKey: 'a', Data: 'AA==' });
    const accepted = [await put(), await put(), await put()].map(({ ok }) => ok);
    expect(accepted).toEqual([true, true, false]);
  });

  test.each([
    ['writeRecord: { perS: 7, capacity: 9 }', ':1:1: unknown key "writeRecord"; did you mean writeRecords?'],
    ['\nwriteRecords: { perS: 7 }', ':2:15: writeRecords.capacity: missing, a number is wanted'],
    ['writeRecords: { perS: 0, capacity: 1 }', ':1:23: writeRecords.perS: '],
    ['writeBytes: { perS: 1e15, capacity: 1 }', ':1:21: writeBytes.perS: '],
    ['readCalls: fast', ':1:12: readCalls: a map of keys is wanted'],
    ['consumersMax: 1.5', ':1:15: consumersMax: '],
    [
      'controlCalls: { PutRecord: { perS: 1, capacity: 1, per: account } }',
      'unknown key "controlCalls.PutRecord"; there are ',
    ],
    [
      'controlCalls: { ListStreams: { perS: 1, capacity: 1, per: shard } }',
      ':1:59: controlCalls.ListStreams.per: one of account, stream is wanted',
    ],
    ['onDemand: { shards: 4 }', ':1:13: unknown key "onDemand.shards"; there are shardsDefault'],
    ['onDemand: { shardsDefault: 0 }', ':1:28: onDemand.shardsDefault: '],
    ['firehose: { larg: 1 }', ':1:13: unknown key "firehose.larg"; did you mean large?'],
    ['firehose: { other: { byte: 1 } }', 'unknown key "firehose.other.byte"; did you mean bytes?'],
    ['firehose: { controlCalls: { perS: 5 } }', 'firehose.controlCalls.capacity: missing, a number is wanted'],
    ['writeRecords: [', ':1:15: this [ is never closed'],
    [
      'controlCalls: { CreateStreams: { perS: 1, capacity: 1, per: account } }',
      ':1:17: unknown key "controlCalls.CreateStreams"; did you mean CreateStream?',
    ],
  ])('is refused with its place: %s', (text, message) => {
    expect(() => limitsNamed(fileOf(`${text}\n`))).toThrow(message);
  });

  test('that is not there is the operator’s to mend', () => {
    expect(() => limitsNamed(join(folder, 'none.yaml'))).toThrow(/cannot read limits from .*none\.yaml/);
  });
});

describe('calls of the control plane', () => {
  const limits = limitsNamed(
    fileOf(
      'controlCalls:\n  DescribeStream: { perS: 1, capacity: 1, per: stream }\n  ListShards: { perS: 1, capacity: 1, per: account }\n',
    ),
  );

  async function accepted(operation: 'DescribeStream' | 'ListShards') {
    const endpoint = virtualEndpoint({ limits });
    await endpoint.stream('a', 1);
    await endpoint.stream('b', 1);
    const calls = ['a', 'b', 'a'].map((StreamName) => endpoint.call(operation, { StreamName }));
    return (await Promise.all(calls)).map(({ ok }) => ok);
  }

  test('per stream: each has its own budget', async () => {
    expect(await accepted('DescribeStream')).toEqual([true, true, false]);
  });

  test('per account: all streams share one', async () => {
    expect(await accepted('ListShards')).toEqual([true, false, false]);
  });
});

describe('quotas', () => {
  const StreamName = 's';
  const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
  const scaled = (TargetShardCount: number) => ({
    StreamName,
    TargetShardCount,
    ScalingType: 'UNIFORM_SCALING' as const,
  });
  const mode = (StreamMode: StreamMode) => ({ StreamARN, StreamModeDetails: { StreamMode } });

  /** Sends calls one after the other, each to an ACTIVE stream: which were accepted. */
  async function accepted(
    limits: LimitsChoice,
    calls: readonly ((endpoint: VirtualEndpoint) => Promise<Outcome<unknown>>)[],
  ) {
    const endpoint = virtualEndpoint({ limits });
    await endpoint.must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
    await endpoint.stream(StreamName, 2);
    const answers: boolean[] = [];
    for (const call of calls) {
      answers.push((await call(endpoint)).ok);
      await endpoint.clock.advance(NS_PER_S);
    }
    return answers;
  }

  const counted = {
    updateShardCountPerDay: [
      ({ call }) => call('UpdateShardCount', scaled(3)),
      ({ call }) => call('UpdateShardCount', scaled(2)),
    ],
    updateShardCountMax: [({ call }) => call('UpdateShardCount', scaled(3))],
    modeSwitchesPerDay: [
      ({ call }) => call('UpdateStreamMode', mode('ON_DEMAND')),
      ({ call }) => call('UpdateStreamMode', mode('PROVISIONED')),
    ],
    encryptionChangesPerDay: [
      ({ call }) => call('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId: 'a' }),
      ({ call }) => call('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId: 'b' }),
    ],
    tagsMax: [
      ({ call }) => call('AddTagsToStream', { StreamName, Tags: { a: '1' } }),
      ({ call }) => call('AddTagsToStream', { StreamName, Tags: { b: '1' } }),
    ],
    shardsMax: [({ call }) => call('CreateStream', { StreamName: 't', ShardCount: 1 })],
    warmThroughputMiBpsMax: [
      ({ call }) => call('UpdateStreamMode', mode('ON_DEMAND')),
      ({ call }) => call('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 5 }),
    ],
  } satisfies Partial<Record<keyof Quotas, readonly ((endpoint: VirtualEndpoint) => Promise<Outcome<unknown>>)[]>>;

  test.each([
    ['updateShardCountPerDay', 1, [true, false]],
    ['updateShardCountMax', 2, [false]],
    ['modeSwitchesPerDay', 1, [true, false]],
    ['encryptionChangesPerDay', 1, [true, false]],
    ['tagsMax', 1, [true, false]],
    ['shardsMax', 2, [false]],
    ['warmThroughputMiBpsMax', 4, [true, false]],
  ] as const)('%s is the file’s: %i', async (quota, figure, expected) => {
    expect(await accepted(limitsNamed(fileOf(`${quota}: ${figure}\n`)), counted[quota])).toEqual(expected);
    expect(await accepted('aws', counted[quota])).toEqual(expected.map(() => true));
  });

  test('the least time of a commitment is the file’s', async () => {
    const { must, clock } = virtualEndpoint({ limits: limitsNamed(fileOf('commitmentHoursMin: 2\n')) });
    const set = (Status: 'ENABLED' | 'DISABLED') =>
      must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status } });
    await set('ENABLED');
    expect(await set('DISABLED')).toMatchObject({
      MinimumThroughputBillingCommitment: { EarliestAllowedEndAt: clock.now() / 1000 + 7200 },
    });
  });

  test('they hold without limits too, with the figures of AWS', async () => {
    expect(quotasOf(limitsOf('off'))).toBe(awsLimits);
    const endpoint = virtualEndpoint({ limits: 'off' });
    expect((await endpoint.call('CreateStream', { StreamName, ShardCount: 20_001 })).ok).toBe(false);
  });

  test('shards of on-demand streams are not counted, and are once their stream is provisioned', async () => {
    const endpoint = virtualEndpoint({ limits: limitsNamed(fileOf('shardsMax: 3\nonDemand: { shardsDefault: 4 }\n')) });
    const { must, call, clock } = endpoint;
    await must('CreateStream', { StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    await clock.advance(NS_PER_S);
    expect((await must('DescribeLimits', {})).OpenShardCount).toBe(0);
    expect(await call('UpdateStreamMode', mode('PROVISIONED'))).toMatchObject({ name: 'LimitExceededException' });
    await endpoint.stream('other', 3);
    await clock.advance(NS_PER_S);
    expect((await must('DescribeLimits', {})).OpenShardCount).toBe(3);
  });

  test('a switch to on-demand counts as one more on-demand stream', async () => {
    const limits = limitsNamed(fileOf('onDemandStreamsMax: 1\n'));
    const endpoint = virtualEndpoint({ limits });
    const { must, call, clock } = endpoint;
    await must('CreateStream', { StreamName: 'other', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    await endpoint.stream(StreamName, 1);
    expect(await call('UpdateStreamMode', mode('ON_DEMAND'))).toMatchObject({ name: 'LimitExceededException' });
    await must('DeleteStream', { StreamName: 'other' });
    await clock.advance(NS_PER_S);
    expect((await call('UpdateStreamMode', mode('ON_DEMAND'))).ok).toBe(true);
  });
});
