/**
 * Each fault of the reference that a run can notice is armed in turn, and the ledger must find its class and no other that
 * breaks a promise. Everything is seeded; the clock is virtual.
 */
import { expect, test } from 'vitest';
import { NS_PER_S, type VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import type { Endpoint } from '../reference/endpoint.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { type Handler, inProcessTransport } from '../wire/in-process.ts';
import { found, type FaultLoad, misfiled } from './ledger-faults.test-data.ts';
import { simulate } from './simulation.ts';

const STREAM = 'kinebench-events-simulate';
const MIDDLE = String(2n ** 127n);
const legal = ['late', 'unread', 'maybe', 'retried', 'redelivered'];

function scenarioOf({ throttled = false, shards = 1, polled = false, slow = false }: FaultLoad) {
  const limit = polled === 'in pages' ? ', limit: 120' : '';
  const pollers = `  pollers: { consume: polling, from: TRIM_HORIZON, every: 400ms${limit} }
  others: { consume: polling, from: TRIM_HORIZON, every: 450ms${limit} }
`;
  const text = `
name: ledger
question: Does the ledger find what is wrong?
expected: It does.
streams: { events: { shards: ${shards}, retention: 24h } }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: ${slow ? '0.7 records/s total' : '120 records/s total'}, record: { size: "uniform(48 B, 300 B)", key: uniform(${slow ? 1 : 50}) } }
  batches: { produce: PutRecords, batch: 10, rate: ${slow ? '7 records/s' : throttled ? '2500 records/s' : '250 records/s'}, record: { size: 100 B, key: uniform(${slow ? 1 : 20}) } }
${polled ? pollers : ''}phases:
  - { name: steady, for: ${slow ? 30 : 4}s }
${polled ? '  - { name: drain, until: drained, within: 1s }\n' : ''}verify: [no-loss, no-duplicates, order, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: 'ledger.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

const events: Record<NonNullable<FaultLoad['event']>, (client: WireClient, reference: Endpoint) => Promise<unknown>> = {
  split: (client) =>
    client.call('SplitShard', {
      StreamName: STREAM,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: MIDDLE,
    }),
  merge: (client) =>
    client.call('MergeShards', {
      StreamName: STREAM,
      ShardToMerge: 'shardId-000000000000',
      AdjacentShardToMerge: 'shardId-000000000001',
    }),
  encrypt: (client) =>
    client.call('StartStreamEncryption', { StreamName: STREAM, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
  'switch-mode': async (client) => {
    const outcome = await client.call('DescribeStreamSummary', { StreamName: STREAM });
    if (outcome.kind !== 'ok') return;
    const { StreamARN } = outcome.output.StreamDescriptionSummary;
    await client.call('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  },
  restart: async (_, reference) => reference.restart(),
  create: (client) => client.call('CreateStream', { StreamName: STREAM, ShardCount: 1 }),
};

/** Lets something happen to the stream in the middle of the load. */
function eventAt(event: FaultLoad['event']) {
  return (handle: Handler, clock: VirtualClock, reference: Endpoint): Handler => {
    if (event === undefined) return handle;
    const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
    const endpoint = { url: 'http://reference.invalid', region: 'us-east-1', credentials };
    const client = createClient(endpoint, clock, inProcessTransport(handle, clock));
    void clock.sleepUntil(3 * NS_PER_S).then(() => events[event](client, reference));
    return handle;
  };
}

function run(faults: readonly string[], load: FaultLoad): Promise<{ result: Result; struck: number }> {
  const armed = new Faults(faults);
  return simulate({
    scenario: scenarioOf(load),
    seed: 7,
    endpoint: { faults: armed },
    through: eventAt(load.event),
  }).then((result) => ({ result, struck: Object.values(armed.activations()).reduce((sum, count) => sum + count, 0) }));
}

const breaking = ({ ledger }: Result) =>
  Object.entries(ledger.counts)
    .filter(([anomaly, count]) => count > 0 && !legal.includes(anomaly))
    .map(([anomaly]) => anomaly);

test('every fault is either found or listed with the reason why it cannot be', () => {
  expect(misfiled()).toEqual([]);
});

const named = found.map((each) => ({ ...each, load: each.load ?? {}, under: JSON.stringify(each.load ?? {}) }));

test.each(named)('$fault is found as $finds under $under', async ({ fault, finds, besides = [], load }) => {
  const { result, struck } = await run([fault], load);
  expect(struck).toBeGreaterThan(0);
  expect(breaking(result)).toEqual([finds, ...besides.filter((also) => !legal.includes(also))]);
  for (const also of besides) expect(result.ledger.counts[also], also).toBeGreaterThan(0);
  expect(result.ledger.witnesses.filter(({ anomaly }) => anomaly === finds).length).toBeGreaterThan(0);
  expect(result.verdict.exitCode).toBe(ExitCode.correctness);
});

const loads = [...new Set(named.map(({ under }) => under))];

test.each(loads)('without a fault, nothing is found under %s', async (under) => {
  const { result } = await run([], JSON.parse(under) as FaultLoad);
  expect(breaking(result)).toEqual([]);
  const { ledger } = result;
  expect(ledger.verdicts.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'no-loss pass',
    'no-duplicates pass',
    'order pass',
    'immutability pass',
  ]);
  // A key in two shards of which one came of the other is in order; nothing is left undecided.
  expect(ledger.order.apart).toBe(0);
  // Who reads in pages does not get to the end in time; what was read is compared.
  if (under.includes('in pages')) expect(ledger.compared).toBeGreaterThan(0.7 * ledger.acknowledged);
  else expect(ledger.compared).toBe(ledger.acknowledged);
});

test.each(['iter.null-when-empty', 'reshard.closed-404'])(
  '%s ends the sweep, and nothing is called lost',
  async (fault) => {
    const { result } = await run([fault], { event: 'split' });
    expect(result.ledger.sweep.complete).toBe(false);
    expect(breaking(result)).toEqual([]);
    expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  },
);

test('of the lost, some are named by the place that their acknowledgement gave them', async () => {
  const acknowledged = new Set<string>();
  const result = await simulate({
    scenario: scenarioOf({ polled: true }),
    seed: 7,
    endpoint: { faults: new Faults(['log.ack-then-drop']) },
    through: (handle) => async (request) => {
      const answer = await handle(request);
      const body = Buffer.from(answer.body).toString();
      for (const [, shardId, number] of body.matchAll(/"ShardId":"([^"]+)","SequenceNumber":"(\d+)"/g))
        acknowledged.add(`${shardId} ${number}`);
      for (const [, number, shardId] of body.matchAll(/"SequenceNumber":"(\d+)","ShardId":"([^"]+)"/g))
        acknowledged.add(`${shardId} ${number}`);
      return answer;
    },
  });
  const lost = result.ledger.witnesses.filter(({ anomaly }) => anomaly === 'lost');
  const placed = lost.flatMap(({ shardId, sequenceNumber }) =>
    shardId === null ? [] : [`${shardId} ${sequenceNumber}`],
  );
  expect(placed.length).toBeGreaterThan(0);
  for (const place of placed) expect(acknowledged).toContain(place);
});
