import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { Random } from '../random.ts';
import { latencyNamed, latencyOf, type Lag } from './latency.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const shard0 = 'shardId-000000000000';

function delaysMs(lag: Lag, everyMs: number, seconds: number): number[] {
  return Array.from({ length: (seconds * 1000) / everyMs }, (_, index) => {
    const nowNs = index * everyMs * NS_PER_MS;
    return (lag.readyAtNs(nowNs) - nowNs) / NS_PER_MS;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const aws = latencyOf('aws');

describe('the model called aws', () => {
  test.each([1, 20, 900])('readable after 70 ms in the mean, whatever the rate: one record every %i ms', (everyMs) => {
    const seconds = everyMs === 900 ? 9000 : 3000;
    const delays = delaysMs(aws.visibility(new Random(3)), everyMs, seconds);
    expect(Math.abs(mean(delays) - 70)).toBeLessThan(1.5);
  });

  test('acknowledged after 15 ms in the median, a call answered after 30 ms in the mean', () => {
    const acknowledged = delaysMs(aws.acknowledgement(new Random(3)), 3, 600);
    expect(Math.abs(median(acknowledged) - 15)).toBeLessThan(1);
    const random = new Random(5);
    const calls = Array.from({ length: 20_000 }, () => aws.callNs(random) / NS_PER_MS);
    expect(Math.abs(mean(calls) - 30)).toBeLessThan(0.3);
  });

  test('a later record is never readable before an earlier one', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const lag = aws.visibility(new Random(seed));
      let lastNs = 0;
      let overtaken = 0;
      for (let nowNs = 0; nowNs < 100 * NS_PER_S; nowNs += 7 * NS_PER_MS) {
        const readyNs = lag.readyAtNs(nowNs);
        if (readyNs < lastNs) overtaken += 1;
        lastNs = readyNs;
      }
      expect(overtaken).toBe(0);
    }
  });

  test('the same seed gives the same delays', () => {
    const of = (seed: number) => delaysMs(aws.visibility(new Random(seed)), 10, 5);
    expect(of(9)).toEqual(of(9));
    expect(of(9)).not.toEqual(of(8));
  });
});

describe('an endpoint with the model', () => {
  /** A producer at random for two minutes; `received` books a record the moment a consumer has it. */
  async function propagation(consumers: number, perS: number, kind: 'polling' | 'fan-out'): Promise<number[]> {
    const { clock, must, stream, consumer, subscribe } = virtualEndpoint({ latency: 'aws', limits: 'aws', seed: 4 });
    await stream('s', 1);
    const random = new Random(11);
    const sentNs = new Map<string, number>();
    const propagationMs: number[] = [];
    const received = (data: string, atNs: number) =>
      propagationMs.push((atNs - sentNs.get(Buffer.from(data, 'base64').toString())!) / NS_PER_MS);
    const arn = kind === 'fan-out' ? await consumer('s', 'c') : '';
    const endNs = clock.monotonicNs() + 120 * NS_PER_S;
    const produce = async () => {
      const puts: Promise<unknown>[] = [];
      for (let id = 0; clock.monotonicNs() < endNs; id += 1) {
        await clock.sleepUntil(clock.monotonicNs() + Math.round(random.exponential(NS_PER_S / perS)));
        sentNs.set(String(id), clock.monotonicNs());
        const Data = Buffer.from(String(id)).toString('base64');
        puts.push(must('PutRecord', { StreamName: 's', Data, PartitionKey: 'k' }));
      }
      await Promise.all(puts);
    };
    const poll = async () => {
      const start = { StreamName: 's', ShardId: shard0, ShardIteratorType: 'LATEST' } as const;
      const everyNs = consumers * 200 * NS_PER_MS;
      let dueNs = clock.monotonicNs() + random.uniform() * everyNs;
      let { ShardIterator } = await must('GetShardIterator', start);
      for (await clock.sleepUntil(dueNs); clock.monotonicNs() < endNs; await clock.sleepUntil(dueNs)) {
        const answer = await must('GetRecords', { ShardIterator: ShardIterator! });
        for (const { Data } of answer.Records) received(Data, clock.monotonicNs());
        ShardIterator = answer.NextShardIterator!;
        dueNs += everyNs;
      }
    };
    const listen = async () => {
      const input = { ConsumerARN: arn, ShardId: shard0, StartingPosition: { Type: 'LATEST' } } as const;
      const outcome = await subscribe(input);
      await clock.sleepUntil(endNs);
      for (const { Records, atNs } of outcome.ok ? outcome.value.events : [])
        for (const { Data } of Records) received(Data, atNs);
    };
    const readers = Array.from({ length: consumers }, kind === 'polling' ? poll : listen);
    await clock.runUntilSettled(Promise.all([produce(), ...readers]));
    return propagationMs;
  }

  test.each([
    [1, 20, 200],
    [1, 200, 200],
    [5, 20, 600],
  ])('%i consumers that share five polls a second see %i records/s after about %i ms', async (consumers, perS, ms) => {
    const delays = await propagation(consumers, perS, 'polling');
    expect(delays.length).toBeGreaterThan(consumers * perS * 80);
    expect(Math.abs(mean(delays) - ms)).toBeLessThan(ms * 0.04);
  });

  test.each([20, 200])('a consumer of enhanced fan-out sees %i records/s after about 70 ms', async (perS) => {
    const delays = await propagation(1, perS, 'fan-out');
    expect(delays.length).toBeGreaterThan(perS * 80);
    expect(Math.abs(mean(delays) - 71)).toBeLessThan(4);
  });

  test('LATEST leaves out what was acknowledged and takes in what was not, readable or not', async () => {
    const { clock, must, stream } = virtualEndpoint({ latency: 'aws', seed: 2 });
    await stream('s', 1);
    const put = (text: string) =>
      must('PutRecord', { StreamName: 's', Data: Buffer.from(text).toString('base64'), PartitionKey: 'k' });
    const latest = () => must('GetShardIterator', { StreamName: 's', ShardId: shard0, ShardIteratorType: 'LATEST' });
    await clock.runUntilSettled(put('acknowledged'));
    const inFlight = put('in flight');
    const iterator = latest();
    await clock.runUntilSettled(Promise.all([inFlight, iterator]));
    await clock.runUntilSettled(put('after'));
    await clock.advance(NS_PER_S);
    const { ShardIterator } = await iterator;
    const { Records } = await clock.runUntilSettled(must('GetRecords', { ShardIterator: ShardIterator! }));
    expect(Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())).toEqual(['in flight', 'after']);
  });

  test('what is stored and not yet readable is neither answered nor counted as left behind', async () => {
    const { clock, must, stream } = virtualEndpoint({ latency: 'aws' });
    await stream('s', 1);
    const start = { StreamName: 's', ShardId: shard0, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await clock.runUntilSettled(must('GetShardIterator', start));
    const putting = must('PutRecord', { StreamName: 's', Data: '', PartitionKey: 'k' });
    const early = must('GetRecords', { ShardIterator: ShardIterator! });
    await clock.runUntilSettled(Promise.all([putting, early]));
    expect(await early).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    await clock.advance(NS_PER_S);
    const later = await clock.runUntilSettled(must('GetRecords', { ShardIterator: (await early).NextShardIterator! }));
    expect(later.Records).toHaveLength(1);
  });
});

describe('a latency file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-latency-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mine.yaml');

  test('names what differs; everything else is as AWS has it', () => {
    writeFileSync(file, 'call: { medianMs: 5, sigma: 0 }\n');
    const model = latencyOf(latencyNamed(file));
    expect(model.callNs(new Random(1))).toBe(5 * NS_PER_MS);
    expect(delaysMs(model.visibility(new Random(3)), 10, 5)).toEqual(delaysMs(aws.visibility(new Random(3)), 10, 5));
  });

  test.each([
    ['calls: { medianMs: 5, sigma: 0 }', ':1:1: unknown key "calls"; did you mean call?'],
    ['call: { medianMs: 5, sigma: 0, knotMs: 3 }', ':1:32: unknown key "call.knotMs"; there are medianMs, sigma'],
    ['call: { medianMs: -1, sigma: 0 }', ':1:19: call.medianMs: '],
    ['push: 3', ':1:7: push: '],
  ])('is refused with its place: %s', (text, message) => {
    writeFileSync(file, `${text}\n`);
    expect(() => latencyNamed(file)).toThrow(`${file}${message}`);
  });
});
