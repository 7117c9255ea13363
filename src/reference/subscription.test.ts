import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import type { StartingPosition } from '../protocol/operations.ts';
import { fanOut, recordsOf, ShardId, StreamName } from './fan-out.test-data.ts';
import { awsLimits } from './limits.ts';

describe('a beginning', () => {
  test.each([
    ['TRIM_HORIZON', () => ({ Type: 'TRIM_HORIZON' }), ['a', 'b', 'c', 'd']],
    ['LATEST', () => ({ Type: 'LATEST' }), ['d']],
    [
      'AT_SEQUENCE_NUMBER',
      (numbers: string[]) => ({ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: numbers[1]! }),
      ['b', 'c', 'd'],
    ],
    [
      'AFTER_SEQUENCE_NUMBER',
      (numbers: string[]) => ({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: numbers[1]! }),
      ['c', 'd'],
    ],
    ['AT_TIMESTAMP', (_: string[], times: number[]) => ({ Type: 'AT_TIMESTAMP', Timestamp: times[2]! }), ['c', 'd']],
  ] as [string, (numbers: string[], times: number[]) => StartingPosition, string[]][])(
    '%s',
    async (_type, position, expected) => {
      const { put, from, clock } = await fanOut();
      const numbers: string[] = [];
      const times: number[] = [];
      for (const data of ['a', 'b', 'c']) {
        times.push(clock.now() / 1000);
        numbers.push(await put(data));
        await clock.advance(10 * NS_PER_MS);
      }
      const subscription = await from(position(numbers, times));
      await put('d');
      await clock.advance(NS_PER_MS);
      expect(recordsOf(subscription)).toEqual(expected);
      expect(subscription.messages[0]).toMatchObject({ name: 'initial-response', body: {}, intact: true });
      expect(subscription.messages.every(({ intact }) => intact)).toBe(true);
    },
  );

  test.each([
    ['LATEST with a number', { Type: 'LATEST', SequenceNumber: '1' }],
    ['AT_SEQUENCE_NUMBER without', { Type: 'AT_SEQUENCE_NUMBER' }],
    ['a number that is none', { Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' }],
    ['AT_TIMESTAMP without a time', { Type: 'AT_TIMESTAMP' }],
    ['a time to come', { Type: 'AT_TIMESTAMP', Timestamp: 4e9 }],
  ] as [string, StartingPosition][])('%s is refused', async (_what, position) => {
    const { from } = await fanOut();
    await expect(from(position)).rejects.toThrow('InvalidArgumentException');
  });
});

describe('who and what', () => {
  test('a consumer that is not ACTIVE is refused in AWS’s words', async () => {
    const { must, subscribe, clock } = await fanOut();
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
    const { Consumer } = await must('RegisterStreamConsumer', { StreamARN, ConsumerName: 'new' });
    const StartingPosition = { Type: 'LATEST' } as const;
    expect(await subscribe({ ConsumerARN: Consumer.ConsumerARN, ShardId, StartingPosition })).toMatchObject({
      name: 'ResourceInUseException',
      message: `Consumer new with creation timestamp ${Math.floor(clock.now() / 1000)} under stream: s, account 000000000000 is not in ACTIVE status.`,
    });
  });

  test('an unknown consumer or shard is not found', async () => {
    const { subscribe, ConsumerARN } = await fanOut();
    const StartingPosition = { Type: 'LATEST' } as const;
    const notFound = { name: 'ResourceNotFoundException' };
    const other = ConsumerARN.replace('/c:', '/d:');
    expect(await subscribe({ ConsumerARN: other, ShardId, StartingPosition })).toMatchObject(notFound);
    expect(await subscribe({ ConsumerARN: `${ConsumerARN}0`, ShardId, StartingPosition })).toMatchObject(notFound);
    expect(await subscribe({ ConsumerARN, ShardId: 'shardId-1', StartingPosition })).toMatchObject(notFound);
  });

  test('a dry run says that it would have worked, and takes nothing over', async () => {
    const { subscribe, ConsumerARN, from, clock } = await fanOut();
    const live = await from({ Type: 'LATEST' });
    const dry = { ConsumerARN, ShardId, StartingPosition: { Type: 'LATEST' }, DryRun: true } as const;
    expect(await subscribe(dry)).toMatchObject({ name: 'ResourceInUseException' });
    await clock.advance(5 * NS_PER_S);
    expect(await subscribe(dry)).toMatchObject({ name: 'DryRunOperationException' });
    expect(await subscribe({ ...dry, ShardId: 'shardId-9' })).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(live.endedAtNs).toBeUndefined();
  });
});

describe('pushing', () => {
  test('a record is pushed the moment it is readable, one call in one event', async () => {
    const { from, put, must, clock } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    await clock.advance(1234 * NS_PER_MS);
    const number = await put('a');
    await clock.advance(0);
    const at = clock.monotonicNs();
    expect(subscription.events).toEqual([
      {
        atNs: at,
        Records: [
          { SequenceNumber: number, ApproximateArrivalTimestamp: clock.now() / 1000, Data: 'YQ==', PartitionKey: 'k' },
        ],
        ContinuationSequenceNumber: number,
        MillisBehindLatest: 0,
      },
    ]);
    const Records = Array.from({ length: 500 }, (_, index) => ({ Data: 'AAAA', PartitionKey: `k${index}` }));
    await must('PutRecords', { StreamName, Records });
    await clock.advance(0);
    expect(subscription.events.map((event) => event.Records.length)).toEqual([1, 500]);
  });

  test('a record is pushed a hundred years later too, when nanoseconds no longer fit into a number', async () => {
    const { from, put, clock } = await fanOut();
    for (const years of [1, 9, 90]) await clock.advance(years * 365 * 86_400 * NS_PER_S);
    const subscription = await from({ Type: 'LATEST' });
    for (const data of ['a', 'b', 'c', 'd']) {
      await put(data);
      await clock.advance(NS_PER_MS);
    }
    expect(recordsOf(subscription)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a record that is not readable yet is waited for: with the modelled latency about 70 ms after its put', async () => {
    const { from, put, clock } = await fanOut({ latency: 'aws' });
    const subscription = await from({ Type: 'LATEST' });
    const sentAtNs: number[] = [];
    for (let round = 0; round < 280; round += 1) {
      sentAtNs.push(clock.monotonicNs());
      await put(`${round}`);
      await clock.advance(NS_PER_S);
    }
    expect(recordsOf(subscription)).toEqual(sentAtNs.map((_, round) => `${round}`));
    const lags = subscription.events
      .filter(({ Records }) => Records.length > 0)
      .map(({ atNs }, round) => (atNs - sentAtNs[round]!) / NS_PER_MS);
    const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
    expect(Math.abs(mean - 70)).toBeLessThan(5);
    expect(Math.min(...lags)).toBeGreaterThan(20);
  });

  test('a backlog comes at 2 MiB/s after a burst of 2 MiB, in events of at most 1 MiB, and says how far behind it is', async () => {
    const unpaced = { perS: 1e12, capacity: 1e12 };
    const limits = { ...awsLimits, writeBytes: unpaced, writeRecords: unpaced };
    const { from, must, clock } = await fanOut({ limits });
    const Data = Buffer.alloc(131_071).toString('base64');
    for (let call = 0; call < 10; call += 1) {
      await must('PutRecords', { StreamName, Records: Array.from({ length: 8 }, () => ({ Data, PartitionKey: 'k' })) });
    }
    await clock.advance(3 * NS_PER_S);
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    const start = clock.monotonicNs();
    await clock.advance(10 * NS_PER_S);
    const full = subscription.events.filter(({ Records }) => Records.length > 0);
    expect(full.map(({ Records }) => Records.length)).toEqual(Array<number>(10).fill(8));
    expect(full.map(({ atNs }) => (atNs - start) / NS_PER_S)).toEqual([0, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
    expect(full.map(({ MillisBehindLatest }) => MillisBehindLatest)).toEqual([
      3000, 3000, 3500, 4000, 4500, 5000, 5500, 6000, 6500, 0,
    ]);
  });

  test('the budget is the consumer’s and the shard’s own, and a new subscription does not refill it', async () => {
    const unpaced = { perS: 1e12, capacity: 1e12 };
    const endpoint = await fanOut({ limits: { ...awsLimits, writeBytes: unpaced, writeRecords: unpaced } });
    const { from, must, clock, consumer, subscribe } = endpoint;
    const other = await consumer(StreamName, 'd');
    const Records = Array.from({ length: 10 }, () => ({
      Data: Buffer.alloc(1_000_000).toString('base64'),
      PartitionKey: 'k',
    }));
    await must('PutRecords', { StreamName, Records });
    const first = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(0);
    const input = { ConsumerARN: other, ShardId, StartingPosition: { Type: 'TRIM_HORIZON' } } as const;
    const second = await subscribe(input);
    await clock.advance(NS_PER_S);
    if (!second.ok) throw new Error(second.message);
    expect([recordsOf(first).length, recordsOf(second.value).length]).toEqual([4, 4]);
    await first.leave();
    await clock.advance(4 * NS_PER_S + 1);
    const Position = { Type: 'TRIM_HORIZON' } as const;
    const again = await from(Position);
    await clock.advance(0);
    expect(recordsOf(again)).toHaveLength(2);
    expect(recordsOf(second.value)).toHaveLength(10);
  });

  test('without limits a backlog comes at once', async () => {
    const { from, must, clock } = await fanOut();
    const Records = Array.from({ length: 10 }, () => ({
      Data: Buffer.alloc(1_000_000).toString('base64'),
      PartitionKey: 'k',
    }));
    await must('PutRecords', { StreamName, Records });
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(0);
    expect(subscription.events.map(({ Records: records }) => records.length)).toEqual(Array<number>(10).fill(1));
  });
});

describe('an idle subscription', () => {
  test('is told every five seconds that it lives, with a number that rises and from which it continues', async () => {
    const { from, put, clock } = await fanOut();
    await put('before');
    await clock.advance(NS_PER_S);
    const subscription = await from({ Type: 'LATEST' });
    const start = clock.monotonicNs();
    await clock.advance(12 * NS_PER_S);
    await put('a');
    await clock.advance(11 * NS_PER_S);
    expect(subscription.events.map(({ atNs, Records }) => [(atNs - start) / NS_PER_S, Records.length])).toEqual([
      [5, 0],
      [10, 0],
      [12, 1],
      [17, 0],
      [22, 0],
    ]);
    const numbers = subscription.events.map(({ ContinuationSequenceNumber }) => BigInt(ContinuationSequenceNumber!));
    expect(numbers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
    expect(new Set(numbers).size).toBe(5);
    await put('b');
    await clock.advance(NS_PER_S);
    await subscription.leave();
    for (const Type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      for (const [place, expected] of [
        [0, ['a', 'b']],
        [1, ['a', 'b']],
        [3, ['b']],
        [4, ['b']],
      ] as const) {
        await clock.advance(5 * NS_PER_S);
        const next = await from({ Type, SequenceNumber: String(numbers[place]) });
        await clock.advance(0);
        expect(recordsOf(next)).toEqual(expected);
        await next.leave();
      }
    }
  });

  test('continues on a shard that never had a record, or has lost all', async () => {
    const { from, put, clock } = await fanOut();
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(5 * NS_PER_S);
    const number = subscription.events.at(-1)!.ContinuationSequenceNumber!;
    await subscription.leave();
    await put('a');
    const next = await from({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: number });
    await clock.advance(0);
    expect(recordsOf(next)).toEqual(['a']);
    await next.leave();
    await clock.advance(25 * 3600 * NS_PER_S);
    const later = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(5 * NS_PER_S);
    expect(recordsOf(later)).toEqual([]);
    await later.leave();
    await put('b');
    const SequenceNumber = later.events.at(-1)!.ContinuationSequenceNumber!;
    const last = await from({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber });
    await clock.advance(0);
    expect(recordsOf(last)).toEqual(['b']);
  });

  test('continues behind a record of the very second', async () => {
    const { from, put, clock } = await fanOut({ heartbeatMs: 100 });
    await put('before');
    const subscription = await from({ Type: 'LATEST' });
    await clock.advance(300 * NS_PER_MS);
    await subscription.leave();
    await clock.advance(5 * NS_PER_S);
    const SequenceNumber = subscription.events[0]!.ContinuationSequenceNumber!;
    const next = await from({ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber });
    await clock.advance(0);
    expect(recordsOf(next)).toEqual([]);
    const told = subscription.events.map(({ ContinuationSequenceNumber }) => ContinuationSequenceNumber);
    expect(new Set(told).size).toBe(3);
  });

  test('continues before a record that is stored and not readable yet', async () => {
    const { from, put, clock } = await fanOut({ latency: 'aws', heartbeatMs: 10 });
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    await put('a');
    await clock.advance(20 * NS_PER_MS);
    await subscription.leave();
    expect(recordsOf(subscription)).toEqual([]);
    await clock.advance(5 * NS_PER_S);
    const SequenceNumber = subscription.events.at(-1)!.ContinuationSequenceNumber!;
    const next = await from({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber });
    await clock.advance(0);
    expect(recordsOf(next)).toEqual(['a']);
  });

  test('is told rising numbers though its last record is trimmed', async () => {
    const { from, put, clock } = await fanOut();
    await put('a');
    await clock.advance((24 * 3600 - 8) * NS_PER_S);
    const subscription = await from({ Type: 'TRIM_HORIZON' });
    await clock.advance(20 * NS_PER_S);
    const numbers = subscription.events.map(({ ContinuationSequenceNumber }) => BigInt(ContinuationSequenceNumber!));
    expect(numbers).toHaveLength(5);
    expect(numbers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
  });
});
