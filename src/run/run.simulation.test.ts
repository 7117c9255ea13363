/**
 * Whole runs in virtual time: what a run reports must be what the endpoint is known to have done, to the nanosecond where the
 * stub is a constant, and each defect of the endpoint must be found under its own name.
 */
import { describe, expect, test } from 'vitest';
import { type VirtualClock, NS_PER_MS, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults, faultNamed } from '../reference/faults.ts';
import type { LatencyDoc, Result, ScenarioDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';

function scenario(text: string): ScenarioDoc {
  const { plan, planHash } = parseScenario(text, { file: 'test.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

const puts = (fleet: string, more = '') =>
  scenario(`
name: puts
question: What does a run say of a known endpoint?
expected: What the endpoint did.
streams: { events: { shards: 1, retention: 24h } }
fleets:
  writers: { produce: PutRecord, record: { size: 100 B, key: uniform(100) }, ${fleet} }
${more}phases:
  - { name: steady, for: 20s }
${more === '' ? '' : '  - { name: drain, until: drained, within: 5s }\n'}verify: [no-loss, no-duplicates, order, immutability]
`);
const pollers = '  pollers: { consume: polling, from: TRIM_HORIZON, every: 200ms }\n';

/** Delays the answer to every PutRecord by what `delayMs` says of its number. */
function delaying(delayMs: (call: number) => number) {
  return (handle: Handler, clock: VirtualClock): Handler => {
    let calls = 0;
    return async (request) => {
      if (!request.headers['x-amz-target']?.endsWith('.PutRecord')) return handle(request);
      await sleepFor(clock, delayMs(calls++) * NS_PER_MS);
      return handle(request);
    };
  };
}

function latency(result: Result, metric: string): LatencyDoc {
  const found = result.latencies.find((doc) => doc.metric === metric && doc.phase === null && doc.fleet === 'writers');
  expect(found, metric).toBeDefined();
  return found!;
}

const offered = (result: Result, metric: string) =>
  result.counts.filter((doc) => doc.metric === metric && doc.phase === null).reduce((sum, { count }) => sum + count, 0);

describe('known endpoints', () => {
  test('a fixed delay of 200 ms is reported as 200 ms, every request counted once', async () => {
    const result = await simulate({
      scenario: puts('agents: 3, rate: 200 records/s total, arrivals: poisson'),
      seed: 1,
      through: delaying(() => 200),
    });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    for (const metric of ['service', 'response']) {
      const doc = latency(result, metric);
      expect(doc.percentilesNs.p50! / NS_PER_MS).toBeCloseTo(200, 0);
      expect(doc.maxNs).toBeCloseTo(200 * NS_PER_MS, 0);
      expect(doc.count).toBe(offered(result, 'offered'));
    }
    expect(offered(result, 'accepted')).toBe(offered(result, 'offered'));
    expect(result.ledger.acknowledged).toBe(offered(result, 'offered'));
    expect(latency(result, 'lateness').maxNs).toBe(0);
  });

  test('one stall of 1.4 s is in the response times of what waited behind it, and in one service time only', async () => {
    const result = await simulate({
      scenario: puts('rate: 100 records/s, arrivals: uniform, in-flight: 1'),
      seed: 1,
      through: delaying((call) => (call === 500 ? 1400 : 1)),
    });
    const service = latency(result, 'service');
    const response = latency(result, 'response');
    expect(service.maxNs).toBe(1400 * NS_PER_MS);
    expect(service.percentilesNs.p99! / NS_PER_MS).toBeCloseTo(1, 1);
    // 140 calls were due during the stall: 7 % of 2000, the worst of them 1.4 s.
    expect(response.percentilesNs.p99! / NS_PER_MS).toBeGreaterThan(1000);
    expect(response.percentilesNs.p90! / NS_PER_MS).toBeLessThan(10);
    expect(response.count).toBe(2000);
  });

  test('with `skip`, what was due during the stall has no response time, and the run is invalid', async () => {
    const result = await simulate({
      scenario: puts('rate: 100 records/s, arrivals: uniform, in-flight: 1, late: skip'),
      seed: 1,
      through: delaying((call) => (call === 500 ? 1400 : 1)),
    });
    expect(offered(result, 'skipped')).toBe(139);
    expect(latency(result, 'response')).toMatchObject({ infinite: 139, count: 1861 });
    expect(latency(result, 'response').percentilesNs.p99).toBeNull();
    expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  });

  test('a timeout is neither accepted nor lost: it is maybe', async () => {
    const result = await simulate({
      scenario: puts('rate: 100 records/s, arrivals: uniform, timeout: 500ms'),
      seed: 1,
      through: delaying((call) => (call % 100 === 7 ? 700 : 1)),
    });
    expect(result.ledger.counts).toMatchObject({ maybe: 20, lost: 0, ghost: 0 });
    expect(result.latencies.find((doc) => doc.outcome === 'timeout' && doc.metric === 'service')?.minNs).toBe(
      500 * NS_PER_MS,
    );
    expect(result.errors).toMatchObject([{ code: 'timeout', count: 20 }]);
  });
});

describe('the reference', () => {
  test('stores 1,000 of 1,500 records a second once the burst is spent', async () => {
    const { plan, planHash } = parseScenario(puts('agents: 2, rate: 1500 records/s total, arrivals: uniform').text, {
      file: 'x',
    });
    const result = await simulate({ scenario: { ...puts('rate: 1 records/s'), plan, planHash }, seed: 1 });
    const values = result.series.counts.find(({ metric, shard }) => metric === 'accepted' && shard === null)!.values;
    expect(values.slice(5, 19).every((count) => Math.abs(count - 1000) <= 2)).toBe(true);
    const throttled = result.series.counts.find(({ metric, shard }) => metric === 'throttled' && shard !== null);
    expect(throttled?.attribution).toBe('message');
  });

  test('polling delay is poll phase, call and residual, as the model has them', async () => {
    const result = await simulate({
      scenario: puts('rate: 100 records/s', '  pollers: { consume: polling, from: LATEST, every: 200ms }\n'),
      seed: 2,
      endpoint: { latency: 'aws' },
    });
    const [polling] = result.polling;
    const ms = (ns: number) => ns / NS_PER_MS;
    expect(ms(polling!.phaseMeanNs)).toBeCloseTo(100, 0);
    expect(ms(polling!.callMeanNs)).toBeGreaterThan(25);
    expect(ms(polling!.callMeanNs)).toBeLessThan(35);
    expect(ms(polling!.propagationMeanNs)).toBeGreaterThan(185);
    expect(ms(polling!.propagationMeanNs)).toBeLessThan(215);
    expect(polling!.phaseMeanNs + polling!.callMeanNs + polling!.residualMeanNs).toBeCloseTo(
      polling!.propagationMeanNs,
      0,
    );
  });

  test('the same seed gives the same result, another seed another', async () => {
    const text = puts('agents: 2, rate: 300 records/s total', pollers);
    const run = (seed: number) => simulate({ scenario: text, seed, endpoint: { latency: 'aws' } });
    const [first, second, other] = [await run(3), await run(3), await run(4)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(other.series).not.toEqual(first.series);
  });

  test.each([
    ['log.ack-then-drop', 'lost'],
    ['log.double-append', 'duplicated'],
    ['ord.swap-adjacent', 'reordered'],
    ['imm.bit-rot', 'changed'],
    ['log.store-then-reject', 'ghost'],
  ])('with the fault %s, the ledger finds %s records and the run is broken', async (fault, anomaly) => {
    const faults = new Faults();
    faults.arm(faultNamed(fault));
    const result = await simulate({
      scenario: puts('agents: 2, rate: 1200 records/s total', pollers),
      seed: 5,
      endpoint: { faults },
    });
    expect(faults.activations()[faultNamed(fault)]).toBeGreaterThan(0);
    const { counts, witnesses } = result.ledger;
    const breaking = ['lost', 'duplicated', 'reordered', 'changed', 'ghost'] as const;
    expect(breaking.filter((name) => counts[name] > 0)).toEqual([anomaly]);
    expect(witnesses.some((witness) => witness.anomaly === anomaly)).toBe(true);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });
});

test('records too old for their sent time to be known are counted, and outrank every propagation that is known', async () => {
  const result = await simulate({
    scenario: scenario(
      puts('rate: 60 records/s, arrivals: uniform', '  pollers: { consume: polling, timeout: 300s }\n').text.replace(
        'for: 20s',
        'for: 180s',
      ),
    ),
    seed: 1,
    through: (handle, clock) => async (request) => {
      if (request.headers['x-amz-target']?.endsWith('.GetRecords'))
        await clock.sleepUntil(Math.max(clock.monotonicNs(), 170e9));
      return handle(request);
    },
  });
  const untimed = offered(result, 'untimed');
  const propagation = result.latencies.find((doc) => doc.metric === 'propagation' && doc.phase === null)!;
  // The log of an agent at 60 records/s holds 8,192: what was sent before is forgotten by the time it is read.
  expect(untimed).toBeGreaterThan(1500);
  expect(propagation.infinite).toBe(untimed);
  expect(propagation.count + untimed).toBe(offered(result, 'received'));
  expect(propagation.percentilesNs.p50! / 1e9).toBeGreaterThan(60);
});

test('stopped in the middle: what was measured is in the result, and no stream is left', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const result = await simulate({
    scenario: puts('rate: 100 records/s', pollers),
    seed: 1,
    stop: stop.signal,
    through: (handle, clock) => {
      void clock.sleepUntil(8_000 * NS_PER_MS).then(() => stop.abort());
      return (request) => {
        seen.push(request.headers['x-amz-target']!.split('.')[1]!);
        return handle(request);
      };
    },
  });
  expect(result.run.interrupted).toBe(true);
  expect(result.verdict.exitCode).toBe(ExitCode.interrupted);
  expect(offered(result, 'accepted')).toBeGreaterThan(600);
  expect(seen.at(-1)).toBe('DeleteStream');
});
