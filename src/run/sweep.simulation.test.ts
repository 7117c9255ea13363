/** The sweep after a run: what it reads, in which order, how fast, where it begins, and what it does when that was too late. */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, sleepFor, type VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { parseScenario } from '../scenario/parse.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { type Handler, inProcessTransport } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';

function scenarioOf({ stream = '{ shards: 1, retention: 24h }', rate = '100 records/s', size = '100 B' } = {}) {
  const text = `
name: sweep
question: Does the sweep read everything?
expected: It does.
streams: { events: ${stream} }
fleets:
  writers: { produce: PutRecord, rate: ${rate}, record: { size: ${size}, key: uniform(100) } }
phases:
  - { name: steady, for: 4s }
verify: [no-loss, no-duplicates, order]
`;
  const { plan, planHash } = parseScenario(text, { file: 'sweep.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

function clientOf(handle: Handler, clock: VirtualClock): WireClient {
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const endpoint = { url: 'http://reference.invalid', region: 'us-east-1', credentials };
  return createClient(endpoint, clock, inProcessTransport(handle, clock));
}

interface Call {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly atNs: number;
  status: number;
  answer: string;
}

/** Notes every call and its answer. */
function noting(calls: Call[], handle: Handler, clock: VirtualClock): Handler {
  return async (request) => {
    const operation = request.headers['x-amz-target']!.split('.')[1]!;
    const input = JSON.parse(Buffer.from(request.body).toString()) as Record<string, unknown>;
    const call = { operation, input, atNs: clock.monotonicNs(), status: 0, answer: '' };
    calls.push(call);
    const answer = await handle(request);
    call.status = answer.status;
    call.answer = Buffer.from(answer.body).toString();
    return answer;
  };
}

describe('a stream that was there before', () => {
  const use = scenarioOf({ stream: '{ use: orders }' });

  /** Makes the stream and 100 records of somebody else, an hour before the run. */
  const before = async (client: WireClient, clock: VirtualClock) => {
    await client.call('CreateStream', { StreamName: 'orders', ShardCount: 1 });
    await sleepFor(clock, 60 * NS_PER_S);
    for (let at = 0; at < 100; at += 1) {
      const Data = Buffer.from(`order ${at}`).toString('base64');
      await client.call('PutRecord', { StreamName: 'orders', Data, PartitionKey: 'k' });
    }
    await sleepFor(clock, 3600 * NS_PER_S);
  };

  test('is swept from shortly before the run: its old records are not read', async () => {
    const { ledger, verdict } = await simulate({ scenario: use, seed: 1, before });
    expect(ledger.sweep).toMatchObject({ complete: true, records: ledger.acknowledged });
    expect(ledger.sweep.from).toContain('AT_TIMESTAMP 2026-01-01T00:51:');
    expect(ledger).toMatchObject({ foreign: 0, counts: { lost: 0 } });
    expect(verdict.exitCode).toBe(ExitCode.pass);
  });

  test('is swept from TRIM_HORIZON before a loss is claimed; records of others are no ghosts', async () => {
    const faults = new Faults(['log.ack-then-drop']);
    const { ledger } = await simulate({ scenario: use, seed: 1, endpoint: { faults }, before });
    expect(ledger.sweep.from).toContain('TRIM_HORIZON (records were absent');
    expect(ledger.counts.lost).toBeGreaterThan(0);
    expect(ledger).toMatchObject({ foreign: ledger.sweep.records - ledger.swept, counts: { ghost: 0 } });
    expect(ledger.foreign).toBeGreaterThan(90);
  });

  test('whose AT_TIMESTAMP begins too late loses nothing by it', async () => {
    const { ledger, verdict } = await simulate({
      scenario: use,
      seed: 1,
      before,
      through: (handle, clock) => async (request) => {
        const body = Buffer.from(request.body).toString();
        if (!body.includes('AT_TIMESTAMP')) return handle(request);
        const later = JSON.stringify({ ...(JSON.parse(body) as object), Timestamp: clock.now() / 1000 - 2 });
        return handle({ ...request, body: Buffer.from(later) });
      },
    });
    expect(ledger).toMatchObject({ swept: ledger.acknowledged, counts: { lost: 0 }, foreign: 100 });
    expect(ledger.sweep.from).toContain('TRIM_HORIZON');
    expect(verdict.exitCode).toBe(ExitCode.pass);
  });

  test('whose endpoint refuses AT_TIMESTAMP is swept from TRIM_HORIZON, and says so', async () => {
    const { ledger } = await simulate({
      scenario: use,
      seed: 1,
      before,
      through: (handle) => async (request) => {
        if (!Buffer.from(request.body).toString().includes('AT_TIMESTAMP')) return handle(request);
        const body = '{"__type":"InvalidArgumentException","message":"no times here"}';
        return { status: 400, body: Buffer.from(body) };
      },
    });
    expect(ledger.sweep.from).toContain('orders refuses AT_TIMESTAMP: InvalidArgumentException: no times here');
    expect(ledger).toMatchObject({ swept: ledger.acknowledged, foreign: 100, counts: { lost: 0 } });
  });

  test.each([
    ['eu-west-1', ExitCode.usage],
    ['us-east-1', ExitCode.pass],
  ])('named by an ARN of %s, with a target in us-east-1: exit %i', async (region, exitCode) => {
    const scenario = scenarioOf({ stream: `{ use: "arn:aws:kinesis:${region}:123456789012:stream/orders" }` });
    const run = simulate({ scenario, seed: 1, before }).then(
      ({ verdict }) => verdict.exitCode,
      (error: { exitCode: ExitCode }) => error.exitCode,
    );
    expect(await run).toBe(exitCode);
  });
});

describe('a stream of the run', () => {
  const split = (client: WireClient, shard: number) => {
    const width = 2n ** 128n;
    const middle = shard === 0 ? width / 2n : shard === 1 ? width / 4n : width / 8n;
    const ShardToSplit = `shardId-00000000000${shard}`;
    const StreamName = 'kinebench-events-simulate';
    return client.call('SplitShard', { StreamName, ShardToSplit, NewStartingHashKey: String(middle) });
  };

  test('is read parents first, and shards that open while it is swept are read too', async () => {
    const calls: Call[] = [];
    const { ledger } = await simulate({
      scenario: scenarioOf(),
      seed: 1,
      through: (handle, clock) => {
        const client = clientOf(handle, clock);
        // One split under the load, one in the middle of the sweep, as it begins with a child.
        void clock.sleepUntil(2.5 * NS_PER_S).then(() => split(client, 0));
        const noted = noting(calls, handle, clock);
        return (request) => {
          const body = Buffer.from(request.body).toString();
          if (body.includes('TRIM_HORIZON') && body.includes('shardId-000000000001')) void split(client, 1);
          return noted(request);
        };
      },
    });
    expect(ledger).toMatchObject({ swept: ledger.acknowledged, counts: { lost: 0, reordered: 0 } });
    expect(ledger.sweep).toMatchObject({ complete: true, from: 'TRIM_HORIZON' });
    const begun = calls.filter(({ operation }) => operation === 'GetShardIterator');
    expect(begun.map(({ input }) => Number(String(input.ShardId).slice(-1)))).toEqual([0, 1, 2, 3, 4]);
    // The parent's last answer, which has no iterator to go on with, came before its children were begun.
    const parentEnd = calls.findIndex(({ answer }) => answer.includes('"ChildShards"'));
    expect(parentEnd).toBeGreaterThan(calls.indexOf(begun[0]!));
    expect(parentEnd).toBeLessThan(calls.indexOf(begun[1]!));
    expect(ledger.order.promised).toBeGreaterThan(200);
  });

  test('is read within the limits of a shard, large records too: no read is refused', async () => {
    const calls: Call[] = [];
    const { ledger } = await simulate({
      scenario: scenarioOf({ rate: '35 records/s', size: '25 KiB' }),
      seed: 1,
      through: (handle, clock) => noting(calls, handle, clock),
    });
    const reads = calls.filter(({ operation }) => operation === 'GetRecords');
    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
    // A mebibyte of data, as base64, and not much less.
    expect(reads.filter(({ answer }) => answer.length > 2 ** 16).length).toBeLessThan(8);
    expect(Math.max(...reads.map(({ answer }) => answer.length)) / 2 ** 20).toBeLessThan(1.4);
    expect(ledger.swept).toBe(ledger.acknowledged);
    const megabytes = (ledger.acknowledged * 25) / 1024;
    const seconds = (reads.at(-1)!.atNs - reads[0]!.atNs) / NS_PER_S;
    expect(megabytes).toBeGreaterThan(3);
    expect(megabytes / seconds).toBeLessThan(2);
    for (const [at, read] of reads.entries())
      if (at > 0) expect(read.atNs - reads[at - 1]!.atNs).toBeGreaterThanOrEqual(200 * NS_PER_MS);
  });

  test('of many shards is read some at a time', async () => {
    let open = 0;
    let most = 0;
    const { ledger } = await simulate({
      scenario: scenarioOf({ stream: '{ shards: 80, retention: 24h }' }),
      seed: 1,
      through: (handle, clock) => async (request) => {
        if (!request.headers['x-amz-target']!.endsWith('.GetRecords')) return handle(request);
        open += 1;
        most = Math.max(most, open);
        await sleepFor(clock, 50 * NS_PER_MS);
        open -= 1;
        return handle(request);
      },
    });
    expect(most).toBe(32);
    expect(ledger).toMatchObject({ swept: ledger.acknowledged, sweep: { complete: true } });
  });

  test('of another stream has the same names, and nothing else in common', async () => {
    const [one, two] = ['a', 'b'].map((name) => `  ${name}: { shards: 1, retention: 24h }`);
    const text = `
name: two-streams
question: Are shards of two streams two?
expected: They are.
streams:
${one}
${two}
fleets:
  first: { produce: PutRecord, stream: a, rate: 100 records/s, record: { size: 100 B, key: uniform(100) } }
  second: { produce: PutRecord, stream: b, rate: 100 records/s, record: { size: 100 B, key: uniform(100) } }
phases: [{ name: steady, for: 4s }]
verify: [no-loss, no-duplicates, order]
`;
    const { plan, planHash } = parseScenario(text, { file: 'two-streams.yaml' });
    const scenario = { file: null, text, planHash, plan, overrides: [] };
    const { ledger } = await simulate({ scenario, seed: 1 });
    expect(ledger.counts).toMatchObject({ reordered: 0, redelivered: 0, ghost: 0, changed: 0 });
    expect(ledger.verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    // Every record but the first of each shard has a neighbour before it.
    expect(ledger.order.neighbours).toBe(ledger.swept - 2);
  });

  test('that cannot be listed after the load is not judged', async () => {
    const { ledger, verdict } = await simulate({
      scenario: scenarioOf(),
      seed: 1,
      through: (handle, clock) => async (request) => {
        const listing = request.headers['x-amz-target']!.endsWith('.DescribeStream');
        if (!listing || clock.monotonicNs() < 4 * NS_PER_S) return handle(request);
        return { status: 400, body: Buffer.from('{"__type":"AccessDeniedException","message":"no"}') };
      },
    });
    expect(ledger.sweep).toMatchObject({ complete: false, records: 0 });
    expect(ledger.sweep.reason).toContain('AccessDeniedException');
    expect(ledger.counts).toMatchObject({ lost: 0, unread: ledger.acknowledged });
    expect(verdict.exitCode).toBe(ExitCode.invalid);
  });
});
