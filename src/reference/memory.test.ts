import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const MIB = 1024 * 1024;
const HOUR_NS = 3600 * NS_PER_S;
const Data = Buffer.alloc(100_000).toString('base64');
const record = { Data, PartitionKey: 'k' };

/** Puts one record after the other until one is refused. */
async function fill({ call }: VirtualEndpoint, StreamName: string) {
  for (let count = 0; ; count += 1) {
    const outcome = await call('PutRecord', { StreamName, ...record });
    if (!outcome.ok) return { count, refused: outcome };
  }
}

describe('with a cap', () => {
  test('a put beyond it fails with a text that names the option, and what is stored stays readable', async () => {
    const virtual = virtualEndpoint({ memoryBytesMax: 4 * MIB });
    await virtual.stream('s', 1);
    const { count, refused } = await fill(virtual, 's');
    expect(refused).toMatchObject({
      name: 'InternalFailure',
      message: expect.stringMatching(/memory cap.*--max-memory/),
    });
    expect(count).toBeGreaterThan(25);
    expect(virtual.endpoint.memory.bytes).toBeLessThanOrEqual(4 * MIB);
    const from = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await virtual.must('GetShardIterator', from);
    expect((await virtual.must('GetRecords', { ShardIterator: ShardIterator! })).Records).toHaveLength(count);
  });

  test('in PutRecords it is the record that fails', async () => {
    const virtual = virtualEndpoint({ memoryBytesMax: 4 * MIB });
    await virtual.stream('s', 1);
    const Records = Array.from({ length: 60 }, () => record);
    const { FailedRecordCount, Records: results } = await virtual.must('PutRecords', { StreamName: 's', Records });
    expect(FailedRecordCount).toBeGreaterThan(10);
    expect(results[0]).toMatchObject({ SequenceNumber: expect.any(String) });
    expect(results.at(-1)).toMatchObject({
      ErrorCode: 'InternalFailure',
      ErrorMessage: expect.stringContaining('--max-memory'),
    });
  });

  test('what is trimmed can be taken again, by any stream', async () => {
    const virtual = virtualEndpoint({ memoryBytesMax: 4 * MIB });
    await virtual.stream('idle', 1);
    await virtual.stream('wide', 50);
    await virtual.stream('other', 1);
    await fill(virtual, 'idle');
    await fill(virtual, 'other');
    await virtual.clock.advance(24 * HOUR_NS + NS_PER_S);
    // At once, before the requests that come by have looked at every shard.
    const large = { ...record, Data: Buffer.alloc(1_000_000).toString('base64') };
    expect(await virtual.call('PutRecord', { StreamName: 'wide', ...large })).toMatchObject({ ok: true });
    expect(virtual.endpoint.memory.bytes).toBeLessThan(1.1 * MIB);
  });

  test('what a deleted stream held can be taken again', async () => {
    const virtual = virtualEndpoint({ memoryBytesMax: 4 * MIB });
    await virtual.stream('s', 1);
    const { count } = await fill(virtual, 's');
    await virtual.must('DeleteStream', { StreamName: 's' });
    await virtual.clock.advance(NS_PER_S);
    await virtual.stream('s', 1);
    expect((await fill(virtual, 's')).count).toBe(count);
  });
});

describe('without a cap', () => {
  test('an idle stream gives back what is older than its retention, whatever is asked', async () => {
    const virtual = virtualEndpoint();
    await virtual.stream('s', 3);
    await virtual.must('PutRecords', { StreamName: 's', Records: Array.from({ length: 20 }, () => record) });
    expect(virtual.endpoint.memory.bytes).toBeGreaterThan(20 * 100_000);
    await virtual.clock.advance(24 * HOUR_NS + NS_PER_S);
    for (let call = 0; call < 8; call += 1) await virtual.must('ListStreams', {});
    expect(virtual.endpoint.memory.bytes).toBe(0);
  });

  test('a stream that keeps receiving does not grow beyond its retention', async () => {
    const virtual = virtualEndpoint();
    await virtual.stream('s', 1);
    let most = 0;
    for (let hour = 0; hour < 200; hour += 1) {
      await virtual.must('PutRecords', { StreamName: 's', Records: Array.from({ length: 5 }, () => record) });
      await virtual.clock.advance(HOUR_NS);
      if (hour === 60) most = virtual.endpoint.memory.bytes;
    }
    expect(virtual.endpoint.memory.bytes).toBeLessThan(most + 2 * MIB);
  });
});
