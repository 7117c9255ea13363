import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, type VirtualClock } from '../clock.ts';
import { fanOut, recordsOf, ShardId, StreamName } from './fan-out.test-data.ts';
import { awsLimits } from './limits.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';
import type { VirtualSubscription } from './virtual-subscription.ts';

/** Counts sleeps that are over before they begin, and breaks off what does nothing else: it would never let a test end. */
function idleSleeps(clock: VirtualClock): () => number {
  const sleep = clock.sleepUntil.bind(clock);
  let count = 0;
  clock.sleepUntil = (atNs, signal) => {
    count += atNs <= clock.monotonicNs() ? 1 : 0;
    if (count > 100) throw new Error('it waits again and again for a time that is over');
    return sleep(atNs, signal);
  };
  return () => count;
}

describe('waiting', () => {
  test('is not for the end of a shard that a new count of shards has left open', async () => {
    const { from, must, clock, put } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    const idle = idleSleeps(clock);
    await must('UpdateShardCount', { StreamName, TargetShardCount: 1, ScalingType: 'UNIFORM_SCALING' });
    await clock.advance(60 * NS_PER_S);
    await put('after');
    await clock.advance(NS_PER_S);
    expect(recordsOf(subscription)).toEqual(['after']);
    expect(idle()).toBe(0);
  });

  test('is for the last records of a closed shard, not for its end, which is over', async () => {
    const none = { medianMs: 0, sigma: 0 };
    const inOrder = { ...none, knotMs: 50 };
    const latency = { call: none, push: none, acknowledgement: inOrder, visibility: { ...inOrder, medianMs: 5000 } };
    const { from, must, clock, put } = await fanOut({ latency });
    const subscription = await from({ Type: 'LATEST' });
    const idle = idleSleeps(clock);
    await clock.runUntilSettled(
      must('SplitShard', { StreamName, ShardToSplit: ShardId, NewStartingHashKey: '1000000' }),
    );
    await put('late');
    await clock.advance(60 * NS_PER_S);
    expect(recordsOf(subscription)).toEqual(['late']);
    expect(subscription.endedAtNs).toBeDefined();
    expect(idle()).toBe(0);
  });
});

describe('the end', () => {
  test('comes five minutes after the call, not a millisecond before, and without a word', async () => {
    const { from, clock } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    const start = clock.monotonicNs();
    await clock.advance(300 * NS_PER_S - NS_PER_MS);
    expect(subscription.endedAtNs).toBeUndefined();
    await clock.advance(NS_PER_MS);
    expect(subscription.endedAtNs).toBe(start + 300 * NS_PER_S);
    expect(subscription.messages.at(-1)!.name).toBe('SubscribeToShardEvent');
    expect(clock.sleeping).toBe(0);
  });

  test('does not wait for a budget, nor for a record that will be readable after it', async () => {
    const pushBytes = { perS: 1, capacity: 1000 };
    for (const options of [{ limits: { ...awsLimits, pushBytes } }, { latency: 'aws' as const }]) {
      const { from, put, clock } = await fanOut(options);
      const arrivedAtNs = clock.monotonicNs();
      const subscription = await from({ Type: 'LATEST' });
      await put('x'.repeat(999));
      const untilNs = arrivedAtNs + 300 * NS_PER_S - 20 * NS_PER_MS;
      await clock.advance(untilNs - clock.monotonicNs());
      await put('x'.repeat(999));
      await clock.advance(NS_PER_S);
      expect(recordsOf(subscription)).toHaveLength(1);
      expect(subscription.endedAtNs).toBe(arrivedAtNs + 300 * NS_PER_S);
    }
  });

  test('a second call within five seconds is refused, alive or not; at five seconds it takes over', async () => {
    const { from, subscribe, ConsumerARN, clock, put } = await fanOut({ limits: 'aws' });
    const first = await from({ Type: 'LATEST' });
    const again = () => subscribe({ ConsumerARN, ShardId, StartingPosition: { Type: 'LATEST' } });
    const busy = {
      name: 'ResourceInUseException',
      message: `Another active subscription exists for this consumer: 000000000000:s:${ShardId}:c`,
    };
    expect(await again()).toMatchObject(busy);
    await clock.advance(5 * NS_PER_S - 1);
    expect(await again()).toMatchObject(busy);
    await clock.advance(1);
    const second = await again();
    await clock.advance(0);
    expect(first.messages.at(-1)).toMatchObject({
      name: busy.name,
      kind: 'exception',
      body: { message: busy.message },
    });
    expect(first.endedAtNs).toBe(clock.monotonicNs());
    await put('a');
    await clock.advance(0);
    expect(recordsOf(first)).toEqual([]);
    expect(second.ok && recordsOf(second.value)).toEqual(['a']);
    if (second.ok) await second.value.leave();
    expect(await again()).toMatchObject(busy);
  });

  test('one call a second is what AWS allows, whether it succeeds or not', async () => {
    const { subscribe, ConsumerARN, clock } = await fanOut({ limits: 'aws' });
    const wrong = { Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' } as const;
    const again = async () => {
      const outcome = await subscribe({ ConsumerARN, ShardId, StartingPosition: wrong });
      return outcome.ok || outcome.name;
    };
    expect([await again(), await again()]).toEqual(['InvalidArgumentException', 'LimitExceededException']);
    await clock.advance(NS_PER_S);
    expect(await again()).toBe('InvalidArgumentException');
  });

  test('a consumer that is deregistered is not found from then on', async () => {
    const { from, must, ConsumerARN, clock, put } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    await must('DeregisterStreamConsumer', { ConsumerARN });
    await clock.advance(0);
    expect(subscription.messages.at(-1)).toMatchObject({ kind: 'exception', name: 'ResourceNotFoundException' });
    expect(subscription.endedAtNs).toBe(clock.monotonicNs());
    await put('a');
    await clock.advance(NS_PER_S);
    expect(recordsOf(subscription)).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });
});

describe('a stream that is deleted', () => {
  test('is held by its consumers', async () => {
    const { call, must, ConsumerARN, clock } = await fanOut();
    expect(await call('DeleteStream', { StreamName })).toMatchObject({ name: 'ResourceInUseException' });
    expect(await call('DeleteStream', { StreamName, EnforceConsumerDeletion: false })).toMatchObject({ ok: false });
    await must('DeregisterStreamConsumer', { ConsumerARN });
    await clock.advance(500 * NS_PER_MS);
    expect((await call('DeleteStream', { StreamName })).ok).toBe(true);
  });

  test('takes its consumers along, and tells their subscriptions at once', async () => {
    const { call, must, from, ConsumerARN, clock } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    await must('DeleteStream', { StreamName, EnforceConsumerDeletion: true });
    await clock.advance(0);
    expect(subscription.messages.at(-1)).toMatchObject({ kind: 'exception', name: 'ResourceNotFoundException' });
    expect(subscription.endedAtNs).toBe(clock.monotonicNs());
    const { ConsumerDescription } = await must('DescribeStreamConsumer', { ConsumerARN });
    expect(ConsumerDescription.ConsumerStatus).toBe('DELETING');
    await clock.advance(500 * NS_PER_MS);
    expect(await call('DescribeStreamConsumer', { ConsumerARN })).toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a slow reader', () => {
  test('holds one event; what comes meanwhile is read when it comes back', async () => {
    const { from, put, clock } = await fanOut();
    const slow = await from({ Type: 'LATEST' }, true);
    await slow.take();
    await put('a');
    await slow.take();
    for (let index = 0; index < 100; index += 1) await put(`${index}`);
    await clock.advance(60 * NS_PER_S);
    expect(slow.events).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
    await slow.take();
    expect(slow.events.map(({ Records }) => Records.length)).toEqual([1, 100]);
  });

  test('that comes back after the records are trimmed goes on with the oldest there is', async () => {
    const { from, put, clock } = await fanOut();
    await put('old');
    const slow = await from({ Type: 'TRIM_HORIZON' }, true);
    await slow.take();
    await clock.advance(299 * NS_PER_S);
    expect(recordsOf(slow)).toEqual([]);
    const young = await fanOut();
    await young.put('old');
    await young.clock.advance(24 * 3600 * NS_PER_S - NS_PER_S);
    const late = await young.from({ Type: 'TRIM_HORIZON' }, true);
    await young.clock.advance(10 * NS_PER_S);
    await young.put('new');
    await late.take();
    await late.take();
    expect(recordsOf(late)).toEqual(['new']);
  });

  test('that comes back after five minutes finds the end', async () => {
    const { from, put, clock } = await fanOut();
    const slow = await from({ Type: 'LATEST' }, true);
    await slow.take();
    await put('a');
    await slow.take();
    await put('b');
    await clock.advance(300 * NS_PER_S);
    expect(await slow.take()).toBe(false);
    expect(recordsOf(slow)).toEqual(['a']);
  });
});

describe('a client that vanishes', () => {
  test.each(['while it waits', 'while it is slow', 'before it has read'])('%s leaves nothing behind', async (when) => {
    const { from, put, clock } = await fanOut();
    const subscription = await from({ Type: 'LATEST' }, when !== 'while it waits');
    await clock.advance(NS_PER_S);
    if (when === 'while it is slow') {
      await subscription.take();
      await put('a');
      await subscription.take();
      await put('b');
    }
    expect(clock.sleeping).toBe(when === 'while it waits' ? 1 : 0);
    await subscription.leave();
    expect(clock.sleeping).toBe(0);
    await put('c');
    await clock.advance(600 * NS_PER_S);
    expect(subscription.messages.length).toBe({ 'while it waits': 1, 'while it is slow': 2 }[when] ?? 0);
  });

  test('is not woken by the records that come later', async () => {
    // With latency a record that somebody watches for sets a timer until it is readable.
    const { from, put, clock } = await fanOut({ latency: 'aws' });
    const subscription = await from({ Type: 'LATEST' });
    await put('a');
    expect(clock.sleeping).toBe(1);
    await clock.advance(NS_PER_S);
    await subscription.leave();
    await put('b');
    expect(clock.sleeping).toBe(0);
  });

  test('takes its listener along', async () => {
    const { from, clock } = await fanOut();
    const subscription = await from({ Type: 'LATEST' });
    const { signal } = subscription;
    await clock.advance(300 * NS_PER_S);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a thousand subscriptions', () => {
  test('sleep on one timer, and each gets its own records only', async () => {
    const shards = 50;
    const consumers = 20;
    const endpoint = virtualEndpoint({ heartbeatMs: 60_000 });
    const { clock, must, subscribe } = endpoint;
    await endpoint.stream(StreamName, shards);
    const ids = (await must('ListShards', { StreamName })).Shards;
    const subscriptions: VirtualSubscription[] = [];
    for (let number = 0; number < consumers; number += 1) {
      const ConsumerARN = await endpoint.consumer(StreamName, `c${number}`);
      for (const shard of ids) {
        const input = { ConsumerARN, ShardId: shard.ShardId, StartingPosition: { Type: 'LATEST' } } as const;
        const outcome = await subscribe(input);
        if (outcome.ok) subscriptions.push(outcome.value);
      }
    }
    await clock.advance(0);
    expect(subscriptions).toHaveLength(shards * consumers);
    expect(clock.sleeping).toBe(1);
    for (let round = 0; round < 20; round += 1) {
      const Records = ids.map(({ HashKeyRange }, shard) => ({
        Data: Buffer.from(`${shard}-${round}`).toString('base64'),
        PartitionKey: 'k',
        ExplicitHashKey: HashKeyRange.StartingHashKey,
      }));
      await must('PutRecords', { StreamName, Records });
      await clock.advance(NS_PER_S);
    }
    const rounds = Array.from({ length: 20 }, (_, round) => round);
    const wrong = subscriptions.filter((subscription, place) => {
      const expected = rounds.map((round) => `${place % shards}-${round}`);
      return recordsOf(subscription).join() !== expected.join();
    });
    expect(wrong).toEqual([]);
    await Promise.all(subscriptions.map((subscription) => subscription.leave()));
    expect(clock.sleeping).toBe(0);
  });
});
