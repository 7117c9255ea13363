/**
 * The rules that make the numbers true (docs/architecture.md §4), those that no other test breaks: each is held against an endpoint that
 * would show it broken.
 */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, VirtualClock } from '../clock.ts';
import { SentHistory } from '../verify/history.ts';
import { closeFiles } from '../verify/page-store.ts';
import { SeenHistory, seenStore } from '../verify/seen-history.ts';
import type { CountDoc, LatencyDoc, Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate, type Simulation } from './simulation.ts';

const pollers = '  pollers: { consume: polling, from: LATEST, every: 500ms, agents: 20 }\n';

function run(
  fleet: string,
  more: Omit<Simulation, 'scenario' | 'seed'> & { pollers?: string; shards?: number } = {},
): Promise<Result> {
  const text = `
name: rules
question: Does the rule hold?
expected: It does.
streams: { events: { shards: ${more.shards ?? 1} } }
fleets:
  writers: { record: { size: 100 B, key: uniform(100) }, ${fleet} }
${more.pollers ?? ''}phases: [{ name: steady, for: 10s }]
`;
  const { plan, planHash } = parseScenario(text, { file: 'rules.yaml' });
  return simulate({ seed: 4, ...more, scenario: { file: null, text, planHash, plan, overrides: [] } });
}

const count = (result: Result, metric: CountDoc['metric']) =>
  result.counts.filter((doc) => doc.metric === metric && doc.phase === null).reduce((sum, doc) => sum + doc.count, 0);
const latency = (result: Result, metric: LatencyDoc['metric'], outcome: string) =>
  result.latencies.find((doc) => doc.metric === metric && doc.outcome === outcome && doc.phase === null);

/** Notes when each call of an operation came, and answers every n-th put as told. */
function watching(
  operation: string,
  times: number[],
  answer?: (call: number) => { status: number; body: string } | undefined,
) {
  return (handle: Handler, clock: VirtualClock): Handler =>
    async (request) => {
      if (!request.headers['x-amz-target']?.endsWith(`.${operation}`)) return handle(request);
      const call = times.push(clock.monotonicNs()) - 1;
      const own = answer?.(call);
      return own ? { status: own.status, body: Buffer.from(own.body) } : handle(request);
    };
}

const refusal = (type: string, status = 400) => ({ status, body: JSON.stringify({ __type: type, message: 'no' }) });

describe('1, open loop', () => {
  test('an endpoint that takes a second for each answer changes no time at which calls come', async () => {
    const arrivals = async (delayMs: number) => {
      const times: number[] = [];
      const through: Simulation['through'] = (handle, clock) => {
        const watch = watching('PutRecord', times)(handle, clock);
        return async (request) => {
          const answer = await watch(request);
          if (request.headers['x-amz-target']?.endsWith('.PutRecord')) await sleepFor(clock, delayMs * NS_PER_MS);
          return answer;
        };
      };
      await run('produce: PutRecord, agents: 2, rate: 50 records/s total, in-flight: 200', { through });
      return times;
    };
    expect(await arrivals(1000)).toEqual(await arrivals(1));
  });

  test('lateness is recorded for every call, whatever became of it', async () => {
    const result = await run('produce: PutRecord, rate: 50 records/s', {
      within: (client) => ({
        subscribe: (input, options) => client.subscribe(input, options),
        open: (connections) => client.open(connections),
        close: () => client.close(),
        call: async (operation, input, options) =>
          operation === 'PutRecord'
            ? {
                kind: 'connection',
                reason: 'unreachable',
                message: 'connect ECONNREFUSED',
                maybe: false,
                sentNs: 0,
                answeredNs: 0,
              }
            : client.call(operation, input, options),
      }),
    });
    expect(latency(result, 'lateness', 'sent')!.count).toBe(count(result, 'offered'));
    expect(count(result, 'failed')).toBe(count(result, 'offered'));
  });

  test('polls begin at a phase of their own, spread over the whole interval', async () => {
    const times: number[] = [];
    await run('produce: PutRecord, rate: 1 records/s', { pollers, through: watching('GetRecords', times) });
    const phases = times.slice(0, 20).map((atNs) => (atNs % 500e6) / 500e6);
    expect(new Set(phases).size).toBe(20);
    for (let quarter = 0; quarter < 4; quarter += 1)
      expect(
        phases.some((phase) => Math.floor(phase * 4) === quarter),
        `quarter ${quarter}`,
      ).toBe(true);
  });
});

describe('2, one attempt', () => {
  test.each([
    ['throttled', refusal('ProvisionedThroughputExceededException')],
    ['failed', refusal('InternalFailure', 500)],
  ] as const)('a call that is %s is not made again', async (metric, answer) => {
    const times: number[] = [];
    const through = watching('PutRecord', times, (call) => (call % 3 === 0 ? answer : undefined));
    const result = await run('produce: PutRecord, rate: 60 records/s', { through });
    expect(times.length).toBe(count(result, 'offered'));
    expect(count(result, metric)).toBe(Math.ceil(times.length / 3));
    expect(result.client.attempts).toBe(1);
  });
});

describe('3, records and not calls', () => {
  test('of a call whose records fail in part, each counts as what it became', async () => {
    const through: Simulation['through'] = (handle) => async (request) => {
      const answer = await handle(request);
      if (!request.headers['x-amz-target']?.endsWith('.PutRecords')) return answer;
      const body = JSON.parse(Buffer.from(answer.body).toString()) as { Records: object[] };
      const Records = [
        { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'no' },
        { ErrorCode: 'InternalFailure', ErrorMessage: 'no' },
        ...body.Records.slice(2),
      ];
      return { status: 200, body: Buffer.from(JSON.stringify({ FailedRecordCount: 2, Records })) };
    };
    const result = await run('produce: PutRecords, batch: 10, rate: 200 records/s', { through });
    const calls = count(result, 'offered') / 10;
    expect([count(result, 'accepted'), count(result, 'throttled'), count(result, 'failed')]).toEqual([
      8 * calls,
      calls,
      calls,
    ]);
    expect(latency(result, 'service', 'partial')!.count).toBe(calls);
    expect(latency(result, 'service', 'accepted')).toBeUndefined();
  });

  test('latencies of throttles are not among those of acceptances', async () => {
    const through: Simulation['through'] = (handle, clock) => {
      let calls = 0;
      return async (request) => {
        if (!request.headers['x-amz-target']?.endsWith('.PutRecord')) return handle(request);
        const throttled = calls++ % 2 === 0;
        await sleepFor(clock, (throttled ? 1 : 100) * NS_PER_MS);
        if (!throttled) return handle(request);
        const { status, body } = refusal('ProvisionedThroughputExceededException');
        return { status, body: Buffer.from(body) };
      };
    };
    const result = await run('produce: PutRecord, rate: 60 records/s', { through });
    expect(latency(result, 'service', 'accepted')!.minNs).toBeCloseTo(100 * NS_PER_MS, 1);
    expect(latency(result, 'service', 'throttled')!.maxNs).toBeCloseTo(NS_PER_MS, 1);
  });
});

describe('4, monotonic time', () => {
  test('a wall clock that jumps while the run goes on is in no latency', async () => {
    class Jumping extends VirtualClock {
      override now(): number {
        return super.now() + (Math.floor(this.monotonicNs() / 1e9) % 2 === 0 ? 0 : -90_000);
      }
    }
    const plain = await run('produce: PutRecord, rate: 60 records/s', { pollers });
    const jumped = await run('produce: PutRecord, rate: 60 records/s', { pollers, clock: new Jumping() });
    expect(jumped.latencies).toEqual(plain.latencies);
  });
});

describe('6, independent events', () => {
  test('behind the propagation of many records stand the polls that brought them', async () => {
    const few = '  pollers: { consume: polling, from: LATEST, every: 1s }\n';
    const result = await run('produce: PutRecord, rate: 300 records/s', { pollers: few });
    const propagation = latency(result, 'propagation', 'received')!;
    expect(propagation.count).toBeGreaterThan(2000);
    expect(propagation.events).toBeLessThanOrEqual(10);
    expect(propagation.percentilesNs.p50).toBeNull();
  });
});

describe('8, attribution', () => {
  test('predictions of the hash map are checked on what was acknowledged', async () => {
    const honest = await run('produce: PutRecord, rate: 100 records/s', { shards: 4 });
    expect(count(honest, 'mispredicted')).toBe(0);
    const through: Simulation['through'] = (handle) => async (request) => {
      const answer = await handle(request);
      if (!request.headers['x-amz-target']?.endsWith('.PutRecord')) return answer;
      const body = JSON.parse(Buffer.from(answer.body).toString()) as { ShardId: string };
      const ShardId = body.ShardId.endsWith('0') ? 'shardId-000000000001' : body.ShardId;
      return { status: 200, body: Buffer.from(JSON.stringify({ ...body, ShardId })) };
    };
    const lying = await run('produce: PutRecord, rate: 100 records/s', { shards: 4, through });
    expect(count(lying, 'mispredicted')).toBeGreaterThan(count(lying, 'accepted') / 8);
  });

  test('a throttle that names no shard is attributed by the hash map, and says so', async () => {
    const through = watching('PutRecord', [], (call) =>
      call % 4 === 0 ? refusal('ProvisionedThroughputExceededException') : undefined,
    );
    const result = await run('produce: PutRecord, rate: 100 records/s', { shards: 2, through });
    const throttled = result.series.counts.filter(({ metric, shard }) => metric === 'throttled' && shard !== null);
    expect(throttled.map(({ attribution }) => attribution)).toEqual(['hash-map', 'hash-map']);
  });
});

describe('10, memory', () => {
  test('the ledger keeps a fixed number of pages in memory, and of the others a summary', () => {
    const kept = (records: number) => {
      const sent = new SentHistory(2);
      const seen = new SeenHistory(seenStore(2));
      for (let counter = 0; counter < records; counter += 1) {
        sent.sent(counter);
        sent.settled(counter, 2, counter + 1);
        seen.see(counter, counter + 1, 7, true);
      }
      const tables = [sent.export().table, seen.export().table];
      closeFiles(tables.map(({ file }) => file));
      return tables.map(({ pages }) => pages.reduce((sum, { block }) => sum + (block?.length ?? 0), 0));
    };
    expect(kept(10_000)).toEqual([2 * 5 * 4096, 2 * 10 * 4096]);
    expect(kept(100_000)).toEqual(kept(10_000));
  });
});
