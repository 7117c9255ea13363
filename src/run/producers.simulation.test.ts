/**
 * How records travel, in virtual time: gathered into calls, retried, chained, aggregated. Each test would fail if the policy did
 * nothing, and each is judged by what the endpoint was asked, not by what the producer says of itself.
 */
import { describe, expect, test } from 'vitest';
import { type VirtualClock, NS_PER_MS, NS_PER_S, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults, faultNamed } from '../reference/faults.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { CountMetric, LatencyMetric } from '../scenario/plan.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';

const pollers = '  pollers: { consume: polling, from: TRIM_HORIZON, every: 250ms }\n';

function puts(fleet: string, { seconds = 20, more = '', shards = 1 } = {}): ScenarioDoc {
  const text = `
name: puts
question: How do the records travel?
expected: As the policy says.
streams: { events: { shards: ${shards} } }
fleets:
  writers: { record: { size: 100 B, key: uniform(100) }, ${fleet} }
${more}phases:
  - { name: steady, for: ${seconds}s }
${more === '' ? '' : '  - { name: drain, until: drained, within: 60s }\n'}verify: [no-loss, no-duplicates, order, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: 'test.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

const count = (result: Result, metric: CountMetric) =>
  result.counts.filter((doc) => doc.metric === metric && doc.phase === null).reduce((sum, doc) => sum + doc.count, 0);

function latency(result: Result, metric: LatencyMetric, outcome: string) {
  const found = result.latencies.find(
    (doc) => doc.metric === metric && doc.outcome === outcome && doc.phase === null && doc.fleet === 'writers',
  );
  expect(found, `${metric} ${outcome}`).toBeDefined();
  return found!;
}

interface Put {
  readonly atNs: number;
  readonly input: {
    Records?: readonly { PartitionKey: string; ExplicitHashKey?: string }[];
    PartitionKey?: string;
    SequenceNumberForOrdering?: string;
  };
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Shows every put to `answer`, which may let it through, delay it or answer it itself. */
function watching(
  seen: Put[],
  answer: (put: Put, pass: () => Promise<Answer>, clock: VirtualClock, call: number) => Promise<Answer> = (_, pass) =>
    pass(),
) {
  return (handle: Handler, clock: VirtualClock): Handler =>
    (request) => {
      if (!/\.PutRecords?$/.test(request.headers['x-amz-target'] ?? '')) return handle(request);
      const input = JSON.parse(Buffer.from(request.body).toString()) as Put['input'];
      const put = { atNs: clock.monotonicNs(), input };
      seen.push(put);
      return answer(put, () => handle(request), clock, seen.length - 1);
    };
}

const throttle: Answer = {
  status: 400,
  body: Buffer.from('{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded for shard"}'),
};

describe('gathered calls', () => {
  test('leave when the oldest record has lingered, and each record is late by its own wait', async () => {
    const seen: Put[] = [];
    const scenario = puts('produce: PutRecords, batch: { linger: 100ms }, rate: 200 records/s, arrivals: uniform');
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    const sizes = seen.map(({ input }) => input.Records!.length);
    // One every 5 ms: 20 fit into 100 ms, or 21 where the last falls due at its very end.
    expect(sizes.slice(0, -1).every((size) => size === 20 || size === 21)).toBe(true);
    const lateness = latency(result, 'lateness', 'sent');
    expect(lateness).toMatchObject({ count: 4000, events: seen.length });
    expect(lateness.maxNs / NS_PER_MS).toBeCloseTo(100, 3);
    expect(lateness.meanNs / NS_PER_MS).toBeGreaterThan(49);
    expect(lateness.meanNs / NS_PER_MS).toBeLessThan(53);
    expect(latency(result, 'departure', 'sent')).toMatchObject({ count: seen.length, maxNs: 0 });
    expect(latency(result, 'service', 'accepted').count).toBe(seen.length);
    expect(latency(result, 'response', 'accepted')).toMatchObject({ count: 4000, events: seen.length });
    expect(result.ledger).toMatchObject({ sent: 4000, acknowledged: 4000 });
  });

  test.each([
    ['records: 7', 7],
    // 100 B of data and a key of 5 or 6.
    ['bytes: 1 KiB', 9],
  ])('leave as soon as they are full by %s', async (limit, records) => {
    const seen: Put[] = [];
    const scenario = puts(
      `produce: PutRecords, batch: { ${limit}, linger: 10s }, rate: 200 records/s, arrivals: uniform`,
    );
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(new Set(seen.slice(0, -1).map(({ input }) => input.Records!.length))).toEqual(new Set([records]));
    expect(latency(result, 'lateness', 'sent').maxNs).toBeLessThanOrEqual(10 * NS_PER_S);
    expect(count(result, 'accepted')).toBe(4000);
  });

  test('a full batch that finds no free slot makes what is due wait, or leaves it out', async () => {
    const slow = watching([], async (_, pass, clock) => {
      await sleepFor(clock, 500 * NS_PER_MS);
      return pass();
    });
    const fleet = 'produce: PutRecords, batch: { records: 10, linger: 1s }, rate: 100 records/s, in-flight: 1';
    const waited = await simulate({ scenario: puts(fleet), seed: 1, through: slow });
    expect(waited.verdict.exitCode).toBe(ExitCode.invalid);
    expect(latency(waited, 'departure', 'sent').maxNs).toBeGreaterThan(5 * NS_PER_S);
    const skipped = await simulate({ scenario: puts(`${fleet}, late: skip`), seed: 1, through: slow });
    expect(count(skipped, 'skipped')).toBeGreaterThan(1000);
    expect(count(skipped, 'skipped') + count(skipped, 'accepted')).toBe(count(skipped, 'offered'));
  });
});

describe('connections', () => {
  test('are a cap of their own: what waits for one has left the generator in time, and spends set-up', async () => {
    let open = 0;
    let most = 0;
    const slow = watching([], async (_, pass, clock) => {
      most = Math.max(most, ++open);
      await sleepFor(clock, 30 * NS_PER_MS);
      open -= 1;
      return pass();
    });
    const fleet = 'produce: PutRecord, rate: 100 records/s, arrivals: poisson';
    const free = await simulate({ scenario: puts(fleet), seed: 1, through: slow });
    expect(most).toBeGreaterThan(4);
    expect(latency(free, 'setup', 'sent').maxNs).toBe(0);
    most = 0;
    const capped = await simulate({ scenario: puts(`${fleet}, connections: 4`), seed: 1, through: slow });
    expect(most).toBe(4);
    expect(latency(capped, 'lateness', 'sent').maxNs).toBe(0);
    expect(latency(capped, 'setup', 'sent').maxNs).toBeGreaterThan(10 * NS_PER_MS);
    expect(count(capped, 'accepted')).toBe(count(capped, 'offered'));
  });
});

describe('the policy sdk', () => {
  const rate = 'produce: PutRecord, rate: 100 records/s, arrivals: uniform';
  const everyFifth = () => {
    const failed = new Set<number>();
    return watching([], (_, pass, __, call) => {
      if (call % 5 !== 4 || failed.size >= 60) return pass();
      failed.add(call);
      return Promise.resolve(throttle);
    });
  };

  test('makes a throttled call again after a wait, and it is accepted in the end', async () => {
    const once = await simulate({ scenario: puts(rate), seed: 1, through: everyFifth() });
    expect(count(once, 'throttled')).toBe(60);
    const result = await simulate({ scenario: puts(`${rate}, retry: sdk`), seed: 1, through: everyFifth() });
    expect(count(result, 'attempts-throttled')).toBe(60);
    expect(count(result, 'attempts')).toBe(count(result, 'accepted') + 60);
    expect(count(result, 'accepted')).toBeGreaterThan(1990);
    expect(count(result, 'accepted') + count(result, 'throttled')).toBe(2000);
    const backoff = latency(result, 'backoff', 'sent');
    expect(backoff.count).toBeGreaterThan(50);
    // A random share of 1 s, of 2 s the second time.
    expect(backoff.meanNs / NS_PER_MS).toBeGreaterThan(350);
    expect(backoff.meanNs / NS_PER_MS).toBeLessThan(800);
    // What a user feels begins when the record was due, and ends with the last attempt.
    expect(latency(result, 'response', 'accepted').maxNs).toBeGreaterThan(500 * NS_PER_MS);
    expect(latency(result, 'service', 'accepted').maxNs).toBe(0);
    expect(latency(result, 'lateness', 'sent').maxNs).toBe(0);
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, ghost: 0, retried: 0 });
  });

  test('an attempt that was stored and timed out, made again, is retried: two records, and nobody is to blame', async () => {
    let stored = 0;
    const storedLate = watching([], async (_, pass, clock, call) => {
      const answer = await pass();
      if (call % 100 !== 7) return answer;
      stored += 1;
      await sleepFor(clock, 700 * NS_PER_MS);
      return answer;
    });
    const result = await simulate({
      scenario: puts(`${rate}, timeout: 500ms, retry: { policy: sdk, attempts: 2 }`, { more: pollers }),
      seed: 1,
      through: storedLate,
    });
    expect(result.ledger.counts).toMatchObject({ retried: stored, duplicated: 0, maybe: 0, lost: 0, changed: 0 });
    expect(stored).toBeGreaterThan(15);
    expect(result.ledger.witnesses.filter(({ anomaly }) => anomaly === 'retried').length).toBeGreaterThan(0);
    expect(result.ledger.witnesses.filter(({ anomaly }) => anomaly === 'duplicated')).toEqual([]);
    expect(count(result, 'accepted')).toBe(2000);
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });

  test('a second copy of a record that was stored at its first attempt is duplicated, with any policy', async () => {
    const faults = new Faults();
    faults.arm(faultNamed('log.double-append'));
    const result = await simulate({ scenario: puts(`${rate}, retry: sdk`), seed: 1, endpoint: { faults } });
    expect(result.ledger.counts.duplicated).toBeGreaterThan(0);
    expect(result.ledger.counts.retried).toBe(0);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('failed entries of PutRecords are a success to an SDK: nothing is made again', async () => {
    const seen: Put[] = [];
    const scenario = puts('produce: PutRecords, batch: 10, rate: 1500 records/s, retry: sdk');
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(count(result, 'throttled')).toBeGreaterThan(5000);
    expect(count(result, 'attempts')).toBe(count(result, 'offered'));
  });

  test('no retry follows a stop', async () => {
    const stop = new AbortController();
    const seen: Put[] = [];
    const through = watching(seen, (put) => {
      if (put.atNs > 5 * NS_PER_S) stop.abort();
      return Promise.resolve(throttle);
    });
    const result = await simulate({ scenario: puts(`${rate}, retry: sdk`), seed: 1, through, stop: stop.signal });
    expect(result.verdict.exitCode).toBe(ExitCode.interrupted);
    expect(seen.at(-1)!.atNs).toBeLessThan(5.1 * NS_PER_S);
    expect(count(result, 'throttled')).toBe(count(result, 'offered'));
  });
});

describe('the policy kpl', () => {
  const fleet = 'produce: PutRecords, batch: { linger: 100ms }';
  const burst = '{ stages: [{ for: 8s, at: 1300 records/s }, { for: 12s, at: 200 records/s }] }';

  test('puts throttled records back until all are stored, and sends only those again', async () => {
    const seen: Put[] = [];
    const scenario = puts(`${fleet}, rate: ${burst}, retry: kpl`, { more: pollers });
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    expect(count(result, 'accepted')).toBe(count(result, 'offered'));
    expect(count(result, 'expired')).toBe(0);
    expect(count(result, 'attempts-throttled')).toBeGreaterThan(500);
    const attempts = seen.reduce((sum, { input }) => sum + input.Records!.length, 0);
    expect(count(result, 'attempts')).toBe(attempts);
    expect(attempts).toBe(count(result, 'offered') + count(result, 'attempts-throttled'));
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, ghost: 0, reordered: 0, retried: 0 });
  });

  test('sends no shard more than its share of the limits', async () => {
    const sent = async (retry: string) => {
      const seen: Put[] = [];
      const scenario = puts(`${fleet}, rate: 2400 records/s, retry: ${retry}`, { seconds: 8 });
      await simulate({ scenario, seed: 1, through: watching(seen) });
      const late = seen.filter(({ atNs }) => atNs > 4 * NS_PER_S && atNs <= 7 * NS_PER_S);
      return late.reduce((sum, { input }) => sum + input.Records!.length, 0) / 3;
    };
    expect(await sent('none')).toBeCloseTo(2400, -2);
    expect(await sent('kpl')).toBeCloseTo(1500, -2);
    expect(await sent("{ policy: kpl, rate-limit: '80%' }")).toBeCloseTo(800, -2);
  });

  test('gives a record up when its time to live is over', async () => {
    const scenario = puts(`${fleet}, rate: 2000 records/s, retry: { policy: kpl, time-to-live: 3s }`, { seconds: 10 });
    const result = await simulate({ scenario, seed: 1 });
    expect(count(result, 'expired')).toBeGreaterThan(4000);
    expect(count(result, 'accepted') + count(result, 'expired')).toBe(count(result, 'offered'));
    const expired = latency(result, 'response', 'expired');
    expect(expired.minNs).toBeGreaterThanOrEqual(3 * NS_PER_S);
    expect(expired.maxNs).toBeLessThan(3.1 * NS_PER_S);
    expect(result.ledger.counts).toMatchObject({ ghost: 0, lost: 0 });
  });

  test('with timeouts, what was stored already and is stored again is retried', async () => {
    const storedLate = watching([], async (_, pass, clock, call) => {
      const answer = await pass();
      if (call % 20 === 7) await sleepFor(clock, 700 * NS_PER_MS);
      return answer;
    });
    const scenario = puts(`${fleet}, rate: 200 records/s, timeout: 500ms, retry: kpl`);
    const result = await simulate({ scenario, seed: 1, through: storedLate });
    expect(result.ledger.counts.retried).toBeGreaterThan(100);
    expect(result.ledger.counts).toMatchObject({ duplicated: 0, maybe: 0, lost: 0 });
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });
});

describe('chained puts', () => {
  const fleet = 'produce: PutRecord, rate: 200 records/s, in-flight: 400, chain: true';

  test('of one key go one at a time, each with the number of the one before', async () => {
    const open = new Map<string, number>();
    const last = new Map<string, string>();
    const wrong: string[] = [];
    let most = 0;
    const through = watching([], async ({ input }, pass, clock) => {
      const key = input.PartitionKey!;
      open.set(key, (open.get(key) ?? 0) + 1);
      most = Math.max(most, open.get(key)!);
      if (input.SequenceNumberForOrdering !== last.get(key)) wrong.push(key);
      const answer = await pass();
      await sleepFor(clock, 300 * NS_PER_MS);
      last.set(key, (JSON.parse(Buffer.from(answer.body).toString()) as { SequenceNumber: string }).SequenceNumber);
      open.set(key, open.get(key)! - 1);
      return answer;
    });
    const result = await simulate({ scenario: puts(fleet), seed: 1, through });
    expect(wrong).toEqual([]);
    expect(most).toBe(1);
    // Every put but the first of each of the 100 keys had a promise.
    expect(result.ledger.order.promised).toBe(result.ledger.acknowledged - 100);
    expect(result.ledger.verdicts.find(({ name }) => name === 'order')?.verdict).toBe('pass');
    const unchained = await simulate({ scenario: puts(fleet.replace(', chain: true', '')), seed: 1, through });
    expect(most).toBeGreaterThan(1);
    expect(unchained.ledger.order.promised).toBeLessThan(unchained.ledger.acknowledged - 130);
  });

  test('an endpoint that answers a chained put with the number it was chained to is found out', async () => {
    const faults = new Faults();
    faults.arm(faultNamed('ord.seq-repeats-after-chain'));
    const result = await simulate({ scenario: puts(fleet), seed: 1, endpoint: { faults } });
    expect(result.ledger.counts.reordered).toBeGreaterThan(0);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });
});

describe('aggregated records', () => {
  const fleet = 'produce: PutRecords, batch: { linger: 100ms }, rate: 2500 records/s';
  const short = { more: pollers, seconds: 8 };

  test('carry more user records than a shard takes records, and consumers get each of them', async () => {
    const plain = await simulate({ scenario: puts(fleet, { seconds: 8 }), seed: 1 });
    expect(count(plain, 'throttled')).toBeGreaterThan(5000);
    const seen: Put[] = [];
    const scenario = puts(`${fleet}, aggregate: { records: 100 }`, { ...short, shards: 2 });
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    expect(count(result, 'accepted')).toBe(count(result, 'offered'));
    expect(count(result, 'received')).toBe(count(result, 'offered'));
    const carried = seen.flatMap(({ input }) => input.Records!);
    expect(count(result, 'stream-records')).toBe(carried.length);
    expect(carried.length).toBeLessThan(count(result, 'accepted') / 50);
    expect(result.ledger).toMatchObject({ acknowledged: count(result, 'offered'), foreign: 0 });
    expect(result.ledger.swept).toBe(count(result, 'offered'));
    const propagation = result.latencies.find((doc) => doc.metric === 'propagation' && doc.phase === null)!;
    expect(propagation.count).toBe(count(result, 'received'));
  });

  test('close at their size, and what fails under kpl is aggregated anew', async () => {
    const seen: Put[] = [];
    const scenario = puts(`${fleet}, aggregate: { bytes: 2 KiB }, retry: kpl`, short);
    const refusing = watching(seen, (_, pass, __, call) => (call % 10 === 3 ? Promise.resolve(throttle) : pass()));
    const result = await simulate({ scenario, seed: 1, through: refusing });
    expect(count(result, 'accepted')).toBe(count(result, 'offered'));
    expect(count(result, 'attempts')).toBe(count(result, 'offered') + count(result, 'attempts-throttled'));
    expect(count(result, 'attempts-throttled')).toBeGreaterThan(500);
    const bytes = seen.flatMap(({ input }) =>
      input.Records!.map((each) => Buffer.from((each as unknown as { Data: string }).Data, 'base64').length),
    );
    expect(Math.max(...bytes)).toBeLessThanOrEqual(2048);
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, ghost: 0, reordered: 0 });
  });

  test.each([
    ['log.ack-then-drop', 'lost'],
    ['imm.bit-rot', 'changed'],
  ])('with the fault %s, user records are %s', async (fault, anomaly) => {
    const faults = new Faults();
    faults.arm(faultNamed(fault));
    const scenario = puts(`${fleet}, aggregate: { records: 20 }`, { ...short, shards: 2 });
    const result = await simulate({ scenario, seed: 5, endpoint: { faults } });
    expect(result.ledger.witnesses.some((witness) => witness.anomaly === anomaly)).toBe(true);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });
});
