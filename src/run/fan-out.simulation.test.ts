/** Fan-out fleets against the reference: subscriptions renewed, ended and paused, and every record once all the same. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { WireClient } from '../wire/client.ts';
import type { SubscriptionMessage } from '../wire/subscription.ts';
import { countOf, expectWhole, latencyOf, run, subscribing } from './fan-out.test-data.ts';
import { type Simulation, simulate } from './simulation.ts';

describe('subscriptions', () => {
  test('are replaced before their end: nothing comes twice, the gap is the call, and what it kept waiting is told', async () => {
    const result = await run({ pushed: ', renew: 7s, agents: 2' });
    expectWhole(result, 2);
    expect(result.ledger.counts.redelivered).toBe(0);
    // Four times in each of two shards for each of two consumers, the first ones asked for before the load.
    expect(countOf(result, 'renewals')).toBe(16);
    expect(countOf(result, 'subscriptions')).toBe(20);
    expect(countOf(result, 'subscriptions-ended') + countOf(result, 'subscriptions-refused')).toBe(0);
    expect(latencyOf(result, 'renewal-gap', 'accepted')).toMatchObject({ count: 16, events: 16 });
    const gap = latencyOf(result, 'renewal-gap', 'accepted')!;
    expect(gap.meanNs).toBe(latencyOf(result, 'service', 'accepted')!.meanNs);
    const caught = latencyOf(result, 'propagation', 'renewed')!;
    expect(caught.count).toBeGreaterThan(0);
    expect(caught.events).toBeLessThanOrEqual(16);
    expect(caught.meanNs).toBeGreaterThan(latencyOf(result, 'propagation', 'received')!.meanNs);
  });

  test('are followed by others after the five minutes where they are not replaced', async () => {
    const result = await run({ pushed: ', renew: when-ended', seconds: 660, rate: 5 });
    expectWhole(result);
    expect(countOf(result, 'subscriptions-ended')).toBe(4);
    expect(countOf(result, 'renewals')).toBe(4);
    expect(latencyOf(result, 'renewal-gap', 'accepted')).toMatchObject({ count: 4 });
  });

  test('that are refused a replacement go on, and it is asked for again', async () => {
    // The third call is the first replacement in one of the shards.
    const busy = subscribing((inner, call) => async (input, options) => {
      const times = { sentNs: 0, answeredNs: 0 };
      if (call > 4) return inner(input, options);
      if (call > 2)
        return { kind: 'error', code: 'ResourceInUseException', message: 'too soon', status: 400, ...times };
      return inner(input, options);
    });
    const result = await run({ pushed: ', renew: 7s' }, { within: busy });
    expectWhole(result);
    expect(countOf(result, 'subscriptions-refused')).toBe(2);
    expect(result.errors).toMatchObject([{ operation: 'SubscribeToShard', code: 'ResourceInUseException', count: 2 }]);
  });

  test.each([
    // Of 30 s the last 20; of the time from -10 s on, all.
    ['AT_TIMESTAMP(start + 10s)', 0.62, 0.72],
    ['AT_TIMESTAMP(start - 10s)', 1, 1],
    ['AT_TIMESTAMP(start)', 1, 1],
    ['TRIM_HORIZON', 1, 1],
  ])('from %s', async (from, least, most) => {
    const result = await run({ pushed: `, from: ${from}` });
    const share = countOf(result, 'received') / result.ledger.acknowledged;
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.counts).toMatchObject({ lost: 0, missed: 0, duplicated: 0, reordered: 0, redelivered: 0 });
  });

  test('go on with the children of a shard, its parents first', async () => {
    const steps = 'steps: [{ at: 5s, split: events }, { at: 12s, merge: events }, { at: 20s, reshard: events, to: 4 }]';
    const result = await run({ more: steps });
    expectWhole(result);
    expect(result.steps?.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(
      new Set(result.series.counts.flatMap(({ fleet, shard }) => (fleet === 'pushed' ? (shard ?? []) : []))).size,
    ).toBeGreaterThan(6);
  });

  test('bring aggregated records as user records, and such without a tag', async () => {
    const batch = '{ records: 100, linger: 100ms }';
    const text = (extra: string) => `
name: fan-out
question: Does fan-out give every record once?
expected: Yes.
streams: { events: { shards: 2 } }
fleets:
  writers: { produce: PutRecords, rate: 50 records/s, record: { size: 200 B, key: uniform(50) }, batch: ${batch} ${extra} }
  pushed: { consume: fan-out }
phases: [{ name: steady, for: 10s }, { name: drain, until: drained, within: 20s }]
verify: [no-loss, order]`;
    for (const extra of [', aggregate: { records: 10 }', ', identify: sequence-number']) {
      const { plan, planHash } = parseScenario(text(extra), { file: 'fan-out.yaml' });
      const scenario = { file: null, text: text(extra), planHash, plan, overrides: [] };
      expectWhole(await simulate({ scenario, seed: 1, endpoint: { latency: 'aws' } }));
    }
  });

  test('of a slow consumer are read at its pace, and wait where they come from', async () => {
    const result = await run({ pushed: ', slow: 2 KiB/s' });
    const bytes = result.counts.find(
      ({ fleet, metric, phase }) => fleet === 'pushed' && metric === 'received' && phase === 'steady',
    );
    const seconds = 30 + 20;
    expect(bytes!.bytes).toBeLessThan(2048 * seconds * 1.2);
    expect(bytes!.bytes).toBeGreaterThan(2048 * seconds * 0.7);
    expect(result.ledger.counts.late).toBeGreaterThan(0);
    expect(result.ledger.counts.missed).toBe(0);
  });
});

describe('a consumer', () => {
  test('that is killed loses its connections, waits its turn when it is back, and goes on from its checkpoint', async () => {
    const steps = 'steps: [{ at: 10s, kill: pushed }, { at: 11s, start: pushed }]';
    const result = await run({ pushed: ', renew: 8s', more: steps });
    expectWhole(result);
    // Its last subscriptions began at 8 s: the service takes no others for five seconds.
    expect(countOf(result, 'subscriptions-refused')).toBeGreaterThan(0);
    expect(countOf(result, 'subscriptions-broken')).toBe(0);
    expect(latencyOf(result, 'propagation', 'received')!.maxNs).toBeGreaterThan(2 * NS_PER_S);
  });

  test('that is killed lets go of all its connections at that moment, whether anything comes or not', async () => {
    const clock = new VirtualClock(undefined, { inProcess: true });
    const cutAt = new Map<number, number>();
    const watched = subscribing((inner) => (input, options) => {
      options?.signal?.addEventListener('abort', () => {
        const nowNs = clock.monotonicNs();
        cutAt.set(nowNs, (cutAt.get(nowNs) ?? 0) + 1);
      });
      return inner(input, options);
    });
    const steps = 'steps: [{ at: 10s, kill: pushed }, { at: 11s, start: pushed }]';
    expectWhole(await run({ rate: 1, more: steps }, { within: watched, clock }));
    // Once by the death and once by the end of the run, both shards each time.
    expect([...cutAt.values()]).toEqual([2, 2]);
  });

  test('that is paused takes nothing and renews nothing, and then everything', async () => {
    const clock = new VirtualClock(undefined, { inProcess: true });
    const calledAt: number[] = [];
    const watched = subscribing((inner) => (input, options) => {
      calledAt.push(clock.monotonicNs());
      return inner(input, options);
    });
    const steps = 'steps: [{ at: 10s, pause: pushed }, { at: 15s, resume: pushed }]';
    const result = await run({ pushed: ', renew: 12s', more: steps }, { within: watched, clock });
    expectWhole(result);
    expect(latencyOf(result, 'propagation', 'received')!.maxNs).toBeGreaterThan(4.5 * NS_PER_S);
    const received = result.series.counts.find(
      ({ fleet, metric, shard }) => fleet === 'pushed' && metric === 'received' && shard === null,
    )!;
    expect(received.values.slice(11, 14)).toEqual([0, 0, 0]);
    // Due at 12 s, while it is held: asked for when it goes on, and again twelve seconds later.
    const [resumed] = result.steps!.filter(({ kind }) => kind === 'resume');
    const startNs = calledAt[2]! - resumed!.startNs!;
    const seconds = calledAt.map((atNs) => ((atNs - startNs) / NS_PER_S).toFixed(0).replace('-0', '0'));
    expect(seconds.join(' ')).toBe('0 0 15 15 27 27');
  });

  test('keeps its subscriptions to the end of a run that is interrupted: only the load stops at once', async () => {
    const stop = new AbortController();
    const clock = new VirtualClock(undefined, { inProcess: true });
    // Calls that are open when the load stops take a second more, and the subscriptions go on meanwhile.
    const within = (client: WireClient): WireClient => ({
      ...subscribing((inner) => inner)(client),
      call: async (operation, input, options) => {
        if (operation === 'PutRecord') await clock.sleepUntil(clock.monotonicNs() + NS_PER_S);
        return client.call(operation, input, options);
      },
    });
    void clock.sleepUntil(10.2 * NS_PER_S).then(() => stop.abort());
    const result = await run({}, { within, clock, stop: stop.signal });
    expect(result.verdict.exitCode).toBe(ExitCode.interrupted);
    expect(countOf(result, 'subscriptions-broken')).toBe(0);
    expect(result.errors).toEqual([]);
    expect(countOf(result, 'received')).toBeGreaterThan(300);
  });

  test('that is killed while it is without a subscription has no gap: it is gone, and does not wait', async () => {
    const gapsWith = async (more: string) => {
      const clock = new VirtualClock(undefined, { inProcess: true });
      const within = subscribing((inner, call) => async (input, options) => {
        const nowNs = clock.monotonicNs();
        const times = { sentNs: nowNs, answeredNs: nowNs };
        if (call > 2 && nowNs < 15 * NS_PER_S)
          return { kind: 'error', code: 'ResourceInUseException', message: 'too soon', status: 400, ...times };
        const outcome = await inner(input, options);
        if (outcome.kind !== 'ok' || call > 2) return outcome;
        const { messages } = outcome;
        const broken = (async function* (): AsyncGenerator<SubscriptionMessage> {
          for await (const message of messages) {
            const { receivedNs } = message;
            if (clock.monotonicNs() < 12 * NS_PER_S) yield message;
            else return yield { kind: 'broken', reason: 'cut', message: 'gone', receivedNs } as const;
          }
        })();
        return { ...outcome, messages: broken };
      });
      const result = await run({ more }, { within, clock });
      expect(countOf(result, 'subscriptions-broken')).toBe(2);
      return latencyOf(result, 'renewal-gap', 'broken')?.count ?? 0;
    };
    expect(await gapsWith('')).toBe(2);
    expect(await gapsWith('steps: [{ at: 13s, kill: pushed }, { at: 25s, start: pushed }]')).toBe(0);
  });

  test('is registered for the run under a name of its own, and is gone after it; other consumers stay', async () => {
    const registered = async (client: WireClient) => {
      const stream = await client.call('DescribeStream', { StreamName: 'orders' });
      if (stream.kind !== 'ok') throw new Error(stream.kind);
      const StreamARN = stream.output.StreamDescription.StreamARN;
      const list = await client.call('ListStreamConsumers', { StreamARN });
      if (list.kind !== 'ok') throw new Error(list.kind);
      return { StreamARN, names: list.output.Consumers.map(({ ConsumerName }) => ConsumerName) };
    };
    const clock = new VirtualClock(undefined, { inProcess: true });
    let plain: WireClient | undefined;
    const before: Simulation['before'] = async (client) => {
      await client.call('CreateStream', { StreamName: 'orders', ShardCount: 1 });
      await clock.sleepUntil(clock.monotonicNs() + NS_PER_S);
      const { StreamARN } = await registered(client);
      await client.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'theirs' });
      plain = client;
    };
    const seen: string[] = [];
    const within = (client: WireClient): WireClient => ({
      ...subscribing((inner) => inner)(client),
      call: async (operation, input, options) => {
        const outcome = await client.call(operation, input, options);
        if (operation === 'DeregisterStreamConsumer' || operation === 'GetShardIterator')
          seen.push((await registered(client)).names.join(' '));
        return outcome;
      },
    });
    const result = await run(
      { stream: '{ use: orders }', seconds: 5, pushed: ', agents: 2' },
      { before, within, clock },
    );
    expectWhole(result, 2);
    expect(seen[0]).toBe('theirs kinebench-pushed-0-simulate kinebench-pushed-1-simulate');
    const after = clock.sleepUntil(clock.monotonicNs() + NS_PER_S).then(() => registered(plain!));
    expect((await clock.runUntilSettled(after)).names).toEqual(['theirs']);
  });
});
