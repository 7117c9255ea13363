/** Endpoints that fail, fall silent or talk nonsense: nothing of it may pass for a good run, hang, or lose what was measured. */
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { createEndpoint, handleWhole } from '../reference/endpoint.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { createClient } from '../wire/client.ts';
import { type Handler, inProcessTransport } from '../wire/in-process.ts';
import { findLeftovers, removeLeftover } from './leftovers.ts';
import { registerConsumers } from './registration.ts';
import { simulate } from './simulation.ts';
import { openStreams, tagsOf } from './streams.ts';

function scenario(fleet: string, expect_: readonly string[] = [], pollers = '', operation = 'PutRecord'): ScenarioDoc {
  const text = `
name: hostile
question: What becomes of a run against a bad endpoint?
expected: Never a false pass.
streams: { events: { shards: 1, retention: 24h } }
fleets:
  writers: { produce: ${operation}, record: { size: 100 B, key: uniform(100) }, ${fleet} }
${pollers}phases:
  - { name: warm-up, for: 3s, measure: false }
  - { name: steady, for: 10s }
${pollers === '' ? '' : '  - { name: drain, until: drained, within: 5s }\n'}verify: [no-loss]
expect: [${expect_.map((line) => JSON.stringify(line)).join(', ')}]
`;
  const { plan, planHash } = parseScenario(text, { file: 'hostile.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

const pollers = '  pollers: { consume: polling, from: LATEST, every: 200ms }\n';

/** Answers calls of one operation by `answer`; undefined lets the reference answer. */
function instead(
  operation: string,
  answer: (call: number, clock: VirtualClock) => Promise<{ status: number; body: string } | undefined>,
) {
  return (handle: Handler, clock: VirtualClock): Handler => {
    let calls = 0;
    return async (request) => {
      if (!request.headers['x-amz-target']?.endsWith(`.${operation}`)) return handle(request);
      const own = await answer(calls++, clock);
      return own ? { status: own.status, body: Buffer.from(own.body) } : handle(request);
    };
  };
}

const count = (result: Result, metric: string) =>
  result.counts.find((doc) => doc.metric === metric && doc.phase === null)?.count;

test('calls that fail after the phase they were due in are not missed by an expectation', async () => {
  const result = await simulate({
    scenario: scenario('rate: 200 records/s, timeout: 5s, in-flight: 2000', ['failed.count = 0', 'failed.ratio < 1%']),
    seed: 1,
    through: instead('PutRecord', async (_, clock) => {
      if (clock.monotonicNs() > 11_500 * NS_PER_MS) await sleepFor(clock, 60_000 * NS_PER_MS);
      return undefined;
    }),
  });
  expect(count(result, 'failed')).toBeGreaterThan(200);
  expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
});

test('an endpoint that answers nothing but errors proves nothing: the run is invalid', async () => {
  const result = await simulate({
    scenario: scenario('rate: 50 records/s'),
    seed: 1,
    through: instead('PutRecord', async () => ({ status: 500, body: '{"__type":"InternalFailure","message":"no"}' })),
  });
  expect(result.validity.find(({ name }) => name === 'samples')).toMatchObject({ verdict: 'fail' });
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
});

test.each(['', 'null', '[]', 'garbage', '{"Records":[null]}'])(
  'a 200 with the body %j is a failed call like any other',
  async (body) => {
    const result = await simulate({
      scenario: scenario('rate: 50 records/s', [], pollers),
      seed: 1,
      through: (handle, clock) => {
        const puts = instead('PutRecord', async (call) => (call % 10 === 3 ? { status: 200, body } : undefined))(
          handle,
          clock,
        );
        return instead('GetRecords', async (call) => (call === 5 ? { status: 200, body } : undefined))(puts, clock);
      },
    });
    expect(result.errors.filter(({ code }) => code === 'unreadable-answer').map(({ operation }) => operation)).toEqual([
      'PutRecord',
      'GetRecords',
    ]);
    expect(result.ledger.counts.maybe).toBeGreaterThan(50);
    expect(result.ledger.verdicts).toMatchObject([{ name: 'no-loss', verdict: 'pass' }]);
  },
);

test.each([-1, 1])('a PutRecords answer with %i entries more than records is not believed at all', async (more) => {
  const result = await simulate({
    scenario: scenario('rate: 100 records/s, batch: 5', [], '', 'PutRecords'),
    seed: 1,
    through: (handle) => async (request) => {
      const answer = await handle(request);
      if (!request.headers['x-amz-target']?.endsWith('.PutRecords')) return answer;
      const body = JSON.parse(Buffer.from(answer.body).toString()) as { Records: unknown[] };
      const entries = more > 0 ? [...body.Records, body.Records[0]] : body.Records.slice(0, more);
      return { status: 200, body: Buffer.from(JSON.stringify({ ...body, Records: entries })) };
    },
  });
  expect(count(result, 'accepted')).toBe(0);
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
});

test('a consumer that is refused its iterators ends the run at once: exit 7, and the stream is removed', async () => {
  const removed: string[] = [];
  const run = simulate({
    scenario: scenario('rate: 50 records/s', [], pollers),
    seed: 1,
    through: (handle, clock) => {
      const refusing = instead('GetShardIterator', async () => ({
        status: 400,
        body: '{"__type":"AccessDeniedException","message":"no"}',
      }))(handle, clock);
      return instead('DeleteStream', async () => {
        removed.push('DeleteStream');
        return undefined;
      })(refusing, clock);
    },
  });
  await expect(run).rejects.toMatchObject({
    exitCode: ExitCode.unreachable,
    message: expect.stringContaining('AccessDeniedException') as string,
  });
  expect(removed).toHaveLength(1);
});

test('a machine without sockets is the generator’s fault, not the endpoint’s: invalid, and the reason is named', async () => {
  let calls = 0;
  const result = await simulate({
    scenario: scenario('rate: 50 records/s'),
    seed: 1,
    within: (client) => ({
      subscribe: (input, options) => client.subscribe(input, options),
      open: (connections) => client.open(connections),
      close: () => client.close(),
      call: async (operation, input, options) => {
        if (operation !== 'PutRecord' || ++calls % 9 !== 4) return client.call(operation, input, options);
        const message = calls < 10 ? 'connect ECONNREFUSED 127.0.0.1:1' : 'connect EMFILE 127.0.0.1:1';
        return { kind: 'connection', reason: 'unreachable', message, maybe: false, sentNs: 0, answeredNs: 0 };
      },
    }),
  });
  expect(result.errors.map(({ message }) => message)).toEqual([
    'connect ECONNREFUSED 127.0.0.1:1',
    'connect EMFILE 127.0.0.1:1',
  ]);
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  expect(result.verdict.reasons.join()).toContain('sockets: ');
});

test('stopped before the streams are open: exit 130, not a defect', async () => {
  const run = simulate({ scenario: scenario('rate: 50 records/s'), seed: 1, stop: AbortSignal.abort() });
  await expect(run).rejects.toMatchObject({ exitCode: ExitCode.interrupted });
});

test('a fleet of the SDK cannot run on the virtual clock, and is told so', async () => {
  const run = simulate({ scenario: scenario('rate: 50 records/s, client: sdk'), seed: 1 });
  await expect(run).rejects.toMatchObject({ code: 'sdk-needs-sockets', exitCode: ExitCode.usage });
});

test('an endpoint too slow for the in-flight cap: load ends when the plan ends, the rest is skipped, the run invalid', async () => {
  const result = await simulate({
    scenario: scenario('rate: 200 records/s, in-flight: 1'),
    seed: 1,
    through: instead('PutRecord', async (_, clock) => {
      await sleepFor(clock, 50 * NS_PER_MS);
      return undefined;
    }),
  });
  const steady = result.phases.find(({ name }) => name === 'steady')!;
  expect(steady.endNs).toBeLessThan(13_100 * NS_PER_MS);
  expect(count(result, 'skipped')! / count(result, 'offered')!).toBeGreaterThan(0.8);
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  expect(result.verdict.reasons.join()).toContain('in-flight');
});

test('slow polls of the warm-up do not enter the explanation of the measured delay', async () => {
  const result = await simulate({
    scenario: scenario('rate: 100 records/s', [], pollers),
    seed: 1,
    through: instead('GetRecords', async (_, clock) => {
      if (clock.monotonicNs() < 2_000 * NS_PER_MS) await sleepFor(clock, 900 * NS_PER_MS);
      return undefined;
    }),
  });
  const [polling] = result.polling;
  expect(polling!.phaseMeanNs / NS_PER_MS).toBeCloseTo(100, 0);
  expect(Math.abs(polling!.residualMeanNs) / NS_PER_MS).toBeLessThan(5);
});

test('what a killed run left behind is found once it has expired, and nothing else ever', async () => {
  const clock = new VirtualClock();
  const endpoint = createEndpoint({ clock, region: 'us-east-1' });
  const where = {
    url: 'http://reference.invalid',
    region: 'us-east-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
  };
  const client = createClient(
    where,
    clock,
    inProcessTransport((request) => handleWhole(endpoint, request), clock),
  );
  const done = <T>(work: Promise<T>) => clock.runUntilSettled(work);
  const { signal } = new AbortController();
  const plans = [
    { alias: 'events', create: { shards: 1, retentionHours: 24 } },
    { alias: 'orders', use: 'orders' },
  ];
  const run = { id: 'killed00', durationNs: 60_000 * NS_PER_MS, region: 'us-east-1' };
  for (const StreamName of ['kinebench-of-somebody', 'orders'])
    await done(client.call('CreateStream', { StreamName, ShardCount: 1 }));
  const streams = await done(openStreams(plans, run, client, clock, signal));
  const fleets = ['events', 'orders'].map((stream) => ({ consume: 'fan-out', stream }));
  const { plan } = parseScenario(
    JSON.stringify({
      name: 'killed',
      question: 'What is left?',
      expected: 'Nothing.',
      streams: { events: { shards: 1 }, orders: { use: 'orders' } },
      fleets: { ours: fleets[0], guests: fleets[1] },
      phases: [{ name: 'steady', for: '60s' }],
    }),
    { file: 'killed.yaml' },
  );
  const { arns } = await done(registerConsumers(plan, null, streams, run, client, clock, signal));
  const StreamARN = arns[1]!.split('/consumer/')[0]!;
  for (const ConsumerName of ['theirs', 'kinebench-of-theirs'])
    await done(client.call('RegisterStreamConsumer', { StreamARN, ConsumerName }));
  const Tags = tagsOf(run, clock);
  await done(client.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'named-by-others', Tags }));
  expect(await done(findLeftovers(client, clock, new Set(['fan-out'])))).toEqual([]);
  await clock.advance(2 * 3_600_000 * NS_PER_MS);
  const leftovers = await done(findLeftovers(client, clock, new Set(['fan-out'])));
  expect(leftovers.map(({ name, run: of }) => [name, of])).toEqual([
    ['kinebench-events-killed00', 'killed00'],
    ['consumer kinebench-guests-0-killed00 of orders', 'killed00'],
  ]);
  // The stream has a consumer, and goes all the same.
  for (const leftover of leftovers) await done(removeLeftover(client, clock, leftover));
  await clock.advance(1000 * NS_PER_MS);
  expect(await done(findLeftovers(client, clock, new Set(['fan-out'])))).toEqual([]);
  const listed = await done(client.call('ListStreamConsumers', { StreamARN }));
  expect(listed.kind === 'ok' && listed.output.Consumers.map(({ ConsumerName }) => ConsumerName)).toEqual([
    'theirs',
    'kinebench-of-theirs',
    'named-by-others',
  ]);
});
