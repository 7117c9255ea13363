import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../package.ts';
import { awsShardLimits, CONSUMERS_MAX, FAN_OUT_BYTES_PER_S } from '../protocol/limits.ts';
import { awsLimits, limitsNamed, limitsOf } from './limits.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

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

  test('is enforced', async () => {
    const limits = limitsNamed(fileOf('writeRecords: { perS: 1, capacity: 2 }\n'));
    const endpoint = virtualEndpoint({ limits });
    await endpoint.stream('orders', 1);
    const put = () => endpoint.call('PutRecord', { StreamName: 'orders', PartitionKey: 'a', Data: 'AA==' });
    const accepted = [await put(), await put(), await put()].map(({ ok }) => ok);
    expect(accepted).toEqual([true, true, false]);
  });

  test.each([
    ['writeRecord: { perS: 7, capacity: 9 }', ':1:1: unknown key "writeRecord"; there are writeRecords, '],
    ['\nwriteRecords: { perS: 7 }', ':2:15: writeRecords.capacity: missing'],
    ['writeRecords: { perS: 0, capacity: 1 }', ':1:23: writeRecords.perS: '],
    ['writeBytes: { perS: 1e15, capacity: 1 }', ':1:21: writeBytes.perS: '],
    ['readCalls: fast', ':1:12: readCalls: '],
    ['consumersMax: 1.5', ':1:15: consumersMax: '],
    ['controlCalls: { PutRecord: { perS: 1, capacity: 1, per: account } }', 'PutRecord'],
    ['controlCalls: { ListStreams: { perS: 1, capacity: 1, per: shard } }', ':1:59: controlCalls.ListStreams.per: '],
    ['writeRecords: [', ':2:1: '],
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
