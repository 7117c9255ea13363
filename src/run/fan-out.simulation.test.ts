/** Fan-out fleets against the reference: subscriptions renewed, ended, broken and refused, and every record once all the same. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { WireClient } from '../wire/client.ts';
import { type Simulation, simulate } from './simulation.ts';

interface Wanted {
  readonly pushed?: string;
  readonly rate?: number;
  readonly stream?: string;
  readonly seconds?: number;
  readonly more?: string;
}

function scenarioOf({ pushed = '', rate = 50, stream = '{ shards: 2 }', seconds = 30, more = '' }: Wanted = {}) {
  const text = `
name: fan-out
question: Does fan-out give every record once?
expected: Yes.
streams: { events: ${stream} }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: ${rate} records/s total, record: { size: 200 B, key: uniform(50) } }
  pushed: { consume: fan-out ${pushed} }
phases:
  - { name: steady, for: ${seconds}s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, order, immutability]
${more}`;
  const { plan, planHash } = parseScenario(text, { file: 'fan-out.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

function run(wanted: Wanted, options: Partial<Simulation> = {}): Promise<Result> {
  return simulate({ scenario: scenarioOf(wanted), seed: 1, endpoint: { latency: 'aws' }, ...options });
}

/** Over everything, drain included. */
function countOf({ counts }: Result, metric: string, fleet = 'pushed'): number {
  return counts
    .filter((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase !== null)
    .reduce((sum, { count }) => sum + count, 0);
}

function latencyOf({ latencies }: Result, metric: string, outcome: string) {
  return latencies.find(
    (doc) => doc.fleet === 'pushed' && doc.metric === metric && doc.outcome === outcome && doc.phase === null,
  );
}

/** Every record came, once, and nothing was found. */
function expectWhole(result: Result, agents = 1): void {
  expect(result.verdict.reasons).toEqual([]);
  expect(countOf(result, 'received')).toBe(agents * result.ledger.acknowledged);
  expect(result.ledger.counts).toMatchObject({ lost: 0, missed: 0, late: 0, reordered: 0, duplicated: 0 });
}

/** The client of the simulation, with another way of subscribing. */
const subscribing =
  (subscribe: (inner: WireClient['subscribe'], call: number) => WireClient['subscribe'], calls = { count: 0 }) =>
  (client: WireClient): WireClient => ({
    call: (...of) => client.call(...of),
    subscribe: (...of) => subscribe((...inner) => client.subscribe(...inner), (calls.count += 1))(...of),
    open: (count) => client.open(count),
    close: () => client.close(),
  });

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

describe('an endpoint', () => {
  test.each([
    ['InternalFailure', { kind: 'exception', code: 'InternalFailureException', message: 'ours' }],
    ['reset', { kind: 'broken', reason: 'reset-stream', message: 'gone' }],
    ['GOAWAY', { kind: 'broken', reason: 'goaway', message: 'gone' }],
  ] as const)('that breaks every subscription at once (%s) is asked now and then, never in a loop', async (_, last) => {
    const calls = { count: 0 };
    const clock = new VirtualClock(undefined, { inProcess: true });
    const breaking = subscribing(
      () => async () => {
        const times = { sentNs: clock.monotonicNs(), answeredNs: clock.monotonicNs() };
        const messages = (async function* () {
          yield { ...last, receivedNs: 0 };
        })();
        return { kind: 'ok', messages, ...times };
      },
      calls,
    );
    const result = await run({}, { within: breaking, clock });
    // Two shards, 50 s, with breaks of 0.5 to 1 s that grow to 4 to 8 s.
    expect(calls.count).toBeGreaterThan(10);
    expect(calls.count).toBeLessThan(50);
    expect(countOf(result, 'subscriptions-broken')).toBeGreaterThan(10);
    const code = last.kind === 'exception' ? last.code : `connection-${last.reason}`;
    expect(result.errors).toMatchObject([{ operation: 'SubscribeToShard event', code }]);
  });

  test('that is away for a while is found again, and nothing is lost', async () => {
    const away = subscribing((inner, call) => async (input, options) => {
      const outcome = await inner(input, options);
      if (outcome.kind !== 'ok' || call > 2) return outcome;
      const { messages } = outcome;
      const cut = (async function* () {
        let events = 0;
        for await (const message of messages) {
          yield message;
          if ((events += 1) < 5) continue;
          yield { kind: 'broken', reason: 'cut', message: 'ECONNRESET', receivedNs: message.receivedNs } as const;
          return;
        }
      })();
      return { ...outcome, messages: cut };
    });
    const result = await run({}, { within: away });
    expectWhole(result);
    expect(countOf(result, 'subscriptions-broken')).toBe(2);
    expect(latencyOf(result, 'renewal-gap', 'broken')).toMatchObject({ count: 2 });
  });

  test('that wants no such consumer ends the run before it begins', async () => {
    const unwanted = subscribing(() => async () => {
      const times = { sentNs: 0, answeredNs: 0 };
      return { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400, ...times };
    });
    await expect(run({}, { within: unwanted })).rejects.toMatchObject({
      exitCode: ExitCode.unreachable,
      message: expect.stringContaining('SubscribeToShard on kinebench-events-simulate'),
    });
  });

  test('whose continuation leads past a record is found out by the sweep', async () => {
    const faults = new Faults(['efo.continuation-ahead']);
    const result = await run({ pushed: ', renew: 5s', seconds: 40 }, { endpoint: { latency: 'aws', faults } });
    expect(result.ledger.counts.missed).toBeGreaterThan(0);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('that cannot push leaves the fleet out: unsupported, and never failed', async () => {
    const more = `expect:
  - propagation.mean{fleet=pushed} < 100ms
  - throttled.count = 0
  - accepted.count = 0 when target.has(clock)`;
    const target = { capabilities: new Set([]) };
    const result = await run({ seconds: 5, more }, { target });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.unreachable, word: 'unsupported' });
    expect(result.verdict.reasons).toEqual(['pushed was not run: unsupported, the target has no fan-out']);
    expect(result.unsupported).toEqual([{ fleet: 'pushed', needs: ['fan-out'], optional: false }]);
    expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['skip', 'pass', 'skip']);
    expect(result.ledger).toMatchObject({ counts: { lost: 0 } });

    const steps = `${more}\nsteps: [{ at: 1s, kill: pushed }, { at: 2s, start: pushed }]`;
    const optional = await run({ seconds: 5, more: steps, pushed: ', when: target.has(fan-out)' }, { target });
    expect(optional.verdict).toMatchObject({ exitCode: ExitCode.pass, word: 'pass' });
    expect(optional.steps).toBeUndefined();
  });

  test('that cannot push is asked nothing of all consumers, or of what only the pushed have: none is no answer', async () => {
    const more = `expect:
  - propagation.mean < 100ms
  - received.count > 10
  - subscriptions-broken.count = 0
  - accepted.count > 10
  - lost = 0`;
    const target = { capabilities: new Set([]) };
    const result = await run({ seconds: 5, more, pushed: ', when: target.has(fan-out)' }, { target });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, word: 'pass' });
    expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['skip', 'skip', 'skip', 'pass', 'pass']);
    expect(result.expectations[1]!.explanation).toBe('unsupported: the target cannot run pushed');
  });
});
