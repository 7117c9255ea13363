/** A run by three machines without a coordinator, on one virtual clock and one endpoint, must merge to what one machine reports. */
import { beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { LocalCrew } from '../fleet/crew.ts';
import { OperatorError } from '../operator-error.ts';
import { createEndpoint } from '../reference/endpoint.ts';
import { Faults, faultNamed } from '../reference/faults.ts';
import type { Capability } from '../protocol/capabilities.ts';
import type { CountDoc, Result, ScenarioDoc, StepDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { RunningTarget } from '../target/target.ts';
import { createClient } from '../wire/client.ts';
import { inProcessTransport } from '../wire/in-process.ts';
import { mergeResults } from './merge.ts';
import { runPlan } from './run.ts';
import { checkSegment, parseSegment, segmentedRunId } from './segment.ts';

const SEED = 9;
const text = `
name: many
question: Do three machines do what one does?
expected: To the record.
streams: { events: { use: orders } }
fleets:
  writers: { produce: PutRecord, agents: 7, rate: 210 records/s total, record: { size: 100 B, key: uniform(50) } }
  turns: { produce: PutRecord, agents: 2, arrivals: uniform, rate: 20 records/s total, record: { size: 80 B, key: round-robin(5) } }
  pollers: { consume: polling, agents: 3, from: TRIM_HORIZON, every: 1s }
  pushed: { consume: fan-out, agents: 3, from: TRIM_HORIZON }
phases:
  - { name: warm-up, for: 2s, measure: false }
  - { name: steady, for: 8s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, order, immutability]
expect:
  - offered.rate{fleet=turns} over steady = 20 records/s ± 1%
  - accepted.ratio = 100% ± 1%
  - service.p90{fleet=writers} < 1s
  - paired(pollers - pushed).mean > 100ms
`;
function scenarioOf(source: string) {
  const { plan, planHash } = parseScenario(source, { file: 'many.yaml' });
  return { file: null, text: source, planHash, plan, overrides: [] };
}
const scenario = scenarioOf(text);
const { plan, planHash } = scenario;

/** All segments at once, as machines that share nothing but a clock that is right and an endpoint; 0 is one run of everything. */
async function resultsOf(
  segments: number,
  faults?: Faults,
  of: { readonly scenario: ScenarioDoc; readonly capabilities: readonly Capability[] } = {
    scenario,
    capabilities: ['fan-out'],
  },
): Promise<Result[]> {
  const clock = new VirtualClock();
  const endpoint = createEndpoint({ clock, limits: 'off', ...(faults ? { faults } : {}) });
  const kinesis = {
    url: 'http://reference.invalid',
    region: 'us-east-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
  };
  const transport = () => inProcessTransport((request) => endpoint.handle(request), clock);
  const client = createClient(kinesis, clock, transport());
  const startAtMs = clock.now() + 5000;
  const run = (index: number) => {
    const own = createClient(kinesis, clock, transport());
    const target: RunningTarget = {
      name: 'embedded',
      description: 'in process',
      kinesis,
      modelled: true,
      capabilities: new Set(of.capabilities),
      died: () => null,
      [Symbol.asyncDispose]: async () => {},
    };
    return runPlan({
      scenario: of.scenario,
      target,
      clock,
      seed: SEED,
      id: segmentedRunId(of.scenario.planHash, SEED, segments, startAtMs),
      segment: index > 0 ? { index, of: segments } : null,
      startAtMs,
      threads: 2,
      stop: new AbortController().signal,
      onProgress: () => {},
      inProcess: { client: own, make: async (assignment) => new LocalCrew(assignment, { wire: own }, clock) },
    });
  };
  return clock.runUntilSettled(
    (async () => {
      await client.call('CreateStream', { StreamName: 'orders', ShardCount: 2 });
      await clock.sleepUntil(2e9);
      return Promise.all(segments === 0 ? [run(0)] : Array.from({ length: segments }, (_, at) => run(at + 1)));
    })(),
  );
}

const partsOf = (results: readonly Result[]) => results.map((result, at) => ({ file: `part-${at + 1}.json`, result }));
const counted = (result: Result, metrics: readonly CountDoc['metric'][]) =>
  result.counts.filter(({ metric }) => metrics.includes(metric));

let whole: Result;
let parts: Result[];
let merged: Result;

beforeAll(async () => {
  [whole] = (await resultsOf(0)) as [Result];
  parts = await resultsOf(3);
  merged = mergeResults(partsOf(parts).toReversed());
}, 120_000);

describe('three segments', () => {
  test('are each valid, judge their own records, and leave expectations to the merge', () => {
    for (const [at, part] of parts.entries()) {
      expect(part.run.segment).toEqual({ index: at + 1, of: 3 });
      expect(part.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
      expect(part.expectations.map(({ verdict }) => verdict)).toEqual(['skip', 'skip', 'skip', 'skip']);
      expect(part.ledger.acknowledged).toBeGreaterThan(600);
      expect(part.ledger.acknowledged).toBeLessThan(whole.ledger.acknowledged / 2);
      expect(part.ledger.elsewhere).toBe(whole.ledger.acknowledged - part.ledger.acknowledged);
      expect(part.ledger.counts.ghost).toBe(0);
    }
  });

  test('compare the pairs of each machine by the records that it sent, and add them up', () => {
    const { acknowledged } = whole.ledger;
    expect(whole.pairs).toMatchObject([{ agents: 3, onlyMinuend: 0, onlySubtrahend: 0 }]);
    expect(parts.map(({ pairs }) => pairs![0]!.agents)).toEqual([1, 1, 1]);
    const records = parts.map(({ pairs }) => pairs![0]!.records);
    for (const each of records) expect(each).toBeLessThan(acknowledged / 2);
    const sum = records.reduce((total, each) => total + each, 0);
    expect(merged.pairs).toMatchObject([{ agents: 3, records: sum, onlyMinuend: 0, onlySubtrahend: 0 }]);
    expect(merged.latencies.find(({ metric, phase }) => metric === 'paired' && phase === null)?.count).toBe(sum);
    expect(3 * sum).toBe(whole.pairs![0]!.records);
  });

  test('tell the worst of each step, and no limiter, which saw the attempts of all of them', () => {
    const times = { dueNs: 1e9, startNs: 1e9, endNs: 1e9 };
    const pause = {
      text: 'pause writers',
      kind: 'pause',
      stream: null,
      openShards: null,
      detail: '',
      ...times,
    } as const;
    const step = (outcome: StepDoc['outcome']): StepDoc => ({ ...pause, outcome });
    const fared = (['done', 'failed', 'unsupported'] as const).map((outcome) => [step('done'), step(outcome)]);
    const { steps } = mergeResults(partsOf(parts.map((part, at) => ({ ...part, steps: fared[at]! }))));
    expect(steps?.map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
    expect(whole.throttling).not.toEqual([]);
    expect([...parts, merged].map(({ throttling }) => throttling)).toEqual(Array(4).fill(undefined));
    expect(merged.steps).toBeUndefined();
  });

  test('begin at the time they were given, by the wall clock', () => {
    expect(new Set(parts.map(({ run }) => run.loadStartedAt)).size).toBe(1);
    expect(parts[0]!.run.loadStartedAt).toBe(whole.run.loadStartedAt);
  });

  test('merge to what one machine counts, second by second', () => {
    const metrics = ['offered', 'accepted', 'throttled', 'failed', 'queued', 'skipped'] as const;
    expect(counted(merged, metrics)).toEqual(counted(whole, metrics));
    const series = (result: Result) =>
      result.series.counts
        .filter(({ metric }) => metric === 'accepted')
        .map(({ fleet, shard, values }) => JSON.stringify([fleet, shard, values.slice(0, 10)]))
        .sort();
    expect(series(merged)).toEqual(series(whole));
    // A record of another machine counts in the phase it arrives in, its due time being of another clock: so only the sum is the same.
    const received = (result: Result) =>
      counted(result, ['received'])
        .filter(({ phase }) => phase !== null)
        .reduce((sum, { count }) => sum + count, 0);
    expect(received(merged)).toBe(received(whole));
  });

  test('merge to the buckets that one machine has, and to its percentiles', () => {
    const service = (result: Result) =>
      result.latencies.filter(({ metric, phase }) => metric === 'service' && phase === null);
    const own = (result: Result) => service(result).filter(({ fleet }) => fleet !== 'pollers');
    expect(own(merged).map(({ count, events, percentilesNs }) => ({ count, events, percentilesNs }))).toEqual(
      own(whole).map(({ count, events, percentilesNs }) => ({ count, events, percentilesNs })),
    );
  });

  test('merge to one ledger, one verdict and expectations judged on the whole', () => {
    expect(merged.ledger).toMatchObject({
      sent: whole.ledger.sent,
      acknowledged: whole.ledger.acknowledged,
      swept: whole.ledger.swept,
      counts: whole.ledger.counts,
      sweep: { complete: true },
    });
    expect(merged.expectations.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(merged.verdict.exitCode).toBe(ExitCode.pass);
    expect(merged.run).toMatchObject({ segment: null, machines: 3, seed: SEED });
    expect(merged.client.threads).toBe(parts.reduce((sum, { client }) => sum + client.threads, 0));
  });

  test('time no record across machines, and say how many that left out', () => {
    const count = (metric: CountDoc['metric']) =>
      counted(merged, [metric]).find(({ phase, fleet }) => phase === null && fleet === 'pollers')!.count;
    const timed = merged.latencies.find(({ metric, phase }) => metric === 'propagation' && phase === null)!;
    expect(count('untimed')).toBeGreaterThan(0);
    expect(timed.count + count('untimed')).toBe(count('received'));
    // A third of the pairs of writer and reader are on one machine, give or take the shares of the fleets.
    expect(timed.count / count('received')).toBeGreaterThan(0.25);
    expect(timed.count / count('received')).toBeLessThan(0.42);
    expect(timed.infinite).toBe(0);
    expect(merged.validity.find(({ name }) => name === 'machines')!.observed).toContain('without a time');
  });
});

test('a fleet that the target cannot run, and need not, makes no merged run invalid', async () => {
  const optional = scenarioOf(
    text
      .replace('from: TRIM_HORIZON }\nphases', 'from: TRIM_HORIZON, when: target.has(fan-out) }\nphases')
      .replace('  - paired(pollers - pushed).mean > 100ms\n', ''),
  );
  const { verdict, unsupported } = mergeResults(
    partsOf(await resultsOf(2, undefined, { scenario: optional, capabilities: [] })),
  );
  expect(unsupported).toEqual([{ fleet: 'pushed', needs: ['fan-out'], optional: true }]);
  expect(verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
});

test('a loss that one segment proves is a loss of the run', async () => {
  const faults = new Faults();
  faults.arm(faultNamed('log.ack-then-drop'));
  const broken = mergeResults(partsOf(await resultsOf(2, faults)));
  expect(broken.ledger.counts.lost).toBeGreaterThan(0);
  expect(broken.ledger.counts).toMatchObject({ ghost: 0, duplicated: 0, changed: 0 });
  expect(broken.verdict.exitCode).toBe(ExitCode.correctness);
});

describe('what is refused', () => {
  const refusal = (given: readonly { file: string; result: Result }[]) => {
    try {
      mergeResults(given);
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorError);
      expect(error).toMatchObject({ code: 'parts-refused', exitCode: ExitCode.usage });
      return (error as OperatorError).message;
    }
    return '';
  };
  const changed = (change: (result: Result) => Result) => {
    const [first, second, third] = partsOf(parts);
    return [first!, { file: second!.file, result: change(second!.result) }, third!];
  };

  test('a part that is missing, a part that is there twice, a whole run, and nothing', () => {
    expect(refusal(partsOf(parts).slice(1))).toBe('segment 1/3 is missing');
    expect(refusal([...partsOf(parts), { file: 'copy.json', result: parts[1]! }])).toBe(
      'segment 2/3 is there 2 times: part-2.json, copy.json',
    );
    expect(refusal([{ file: 'whole.json', result: whole }])).toContain('whole.json is no segment');
    expect(refusal([])).toBe('there is nothing to merge');
  });

  test.each<[string, (result: Result) => Result]>([
    ['plan hash', (result) => ({ ...result, scenario: { ...result.scenario, planHash: 'f'.repeat(64) } })],
    ['seed', (result) => ({ ...result, run: { ...result.run, seed: 10 } })],
    ['run (plan, seed', (result) => ({ ...result, run: { ...result.run, id: 'another0' } })],
    ['number of segments', (result) => ({ ...result, run: { ...result.run, segment: { index: 2, of: 4 } } })],
    ['version of kinebench', (result) => ({ ...result, environment: { ...result.environment, kinebench: '0.0.9' } })],
    ['clock', (result) => ({ ...result, environment: { ...result.environment, clock: 'system' } })],
    ['client', (result) => ({ ...result, client: { ...result.client, attempts: 3 } })],
  ])('another %s', (name, change) => {
    expect(refusal(changed(change))).toContain(`part-2.json has another ${name}`);
  });
});

describe('segments', () => {
  test.each(['0/3', '4/3', '1', '1/', 'a/b', '1/2/3', '1/99999'])('%j is none', (wrong) => {
    expect(() => parseSegment(wrong)).toThrow('is not a segment');
  });

  test('have one id for what they have in common, and another for anything else', () => {
    const id = segmentedRunId(planHash, 1, 3, 1000);
    expect(id).toMatch(/^[a-z0-9]{8}$/);
    expect(segmentedRunId(planHash, 1, 3, 1000)).toBe(id);
    for (const other of [
      segmentedRunId('f', 1, 3, 1000),
      segmentedRunId(planHash, 2, 3, 1000),
      segmentedRunId(planHash, 1, 4, 1000),
    ])
      expect(other).not.toBe(id);
  });

  test('make no streams, and have something to do', () => {
    const made = parseScenario(text.replace('{ use: orders }', '{ shards: 1 }'), { file: 'x.yaml' }).plan;
    expect(() => checkSegment(made, { index: 1, of: 2 })).toThrow('the stream events is made for the run');
    expect(() => checkSegment(plan, { index: 9, of: 20 })).not.toThrow();
    expect(() => checkSegment(plan, { index: 10, of: 20 })).toThrow('nothing to do');
  });
});
