/** Sixty-four writers, and a stream that is split and merged twenty times under them: every key stays in order, nothing is lost. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor, type VirtualClock } from '../clock.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { type Handler, inProcessTransport } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';
import { listShards } from './streams.ts';

const STREAM = 'kinebench-events-simulate';
const RESHARDS = 20;

const text = `
name: reshard-under-load
question: Is anything lost or reordered when a stream is resharded under load?
expected: Nothing.
streams: { events: { shards: 2, retention: 24h } }
fleets:
  writers: { produce: PutRecord, agents: 64, rate: 300 records/s total, record: { size: 100 B, key: uniform(8) } }
phases:
  - { name: steady, for: 50s }
verify: [no-loss, no-duplicates, order, immutability]
`;

/** Splits the widest open shard and merges the first two neighbours, in turn; gives how often it was done. */
async function reshard(client: WireClient, clock: VirtualClock, done: { count: number }): Promise<void> {
  await sleepFor(clock, 2 * NS_PER_S);
  for (let turn = 0; turn < 200 && done.count < RESHARDS; turn += 1) {
    const open = (await listShards(STREAM, client))
      .filter(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber === undefined)
      .map(({ ShardId, HashKeyRange }) => ({
        ShardId,
        start: BigInt(HashKeyRange.StartingHashKey),
        end: BigInt(HashKeyRange.EndingHashKey),
      }))
      .sort((a, b) => (a.start < b.start ? -1 : 1));
    const widest = open.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a));
    const middle = String((widest.start + widest.end) / 2n);
    const outcome =
      done.count % 3 < 2
        ? await client.call('SplitShard', {
            StreamName: STREAM,
            ShardToSplit: widest.ShardId,
            NewStartingHashKey: middle,
          })
        : await client.call('MergeShards', {
            StreamName: STREAM,
            ShardToMerge: open[0]!.ShardId,
            AdjacentShardToMerge: open[1]!.ShardId,
          });
    if (outcome.kind === 'ok') done.count += 1;
    await sleepFor(clock, NS_PER_S);
  }
}

async function run(faults: readonly string[]): Promise<{ result: Result; reshards: number; struck: number }> {
  const { plan, planHash } = parseScenario(text, { file: 'reshard.yaml' });
  const armed = new Faults(faults);
  const done = { count: 0 };
  const result = await simulate({
    scenario: { file: null, text, planHash, plan, overrides: [] },
    seed: 3,
    endpoint: { faults: armed },
    through: (handle: Handler, clock: VirtualClock) => {
      const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
      const endpoint = { url: 'http://reference.invalid', region: 'us-east-1', credentials };
      const client = createClient(endpoint, clock, inProcessTransport(handle, clock));
      void clock.sleepUntil(NS_PER_S).then(() => reshard(client, clock, done));
      return handle;
    },
  });
  const struck = Object.values(armed.activations()).reduce((sum, count) => sum + count, 0);
  return { result, reshards: done.count, struck };
}

test('twenty reshards under sixty-four writers: nothing lost, nothing reordered within a key', async () => {
  const { result, reshards } = await run([]);
  const { ledger } = result;
  expect(reshards).toBe(RESHARDS);
  expect(ledger.verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
  expect(ledger).toMatchObject({ swept: ledger.acknowledged, compared: ledger.acknowledged });
  expect(ledger.acknowledged).toBeGreaterThan(14_000);
  // Nearly every put follows one of its agent and key; none of those pairs lies in shards that are not in line.
  expect(ledger.order.promised).toBeGreaterThan(0.95 * ledger.acknowledged);
  expect(ledger.order.apart).toBe(0);
});

test('with records in flight lost as shards close: found, counted, the first named', async () => {
  const { result, struck } = await run(['reshard.inflight-lost']);
  const { counts, witnesses, verdicts } = result.ledger;
  expect(struck).toBeGreaterThan(0);
  expect(counts).toMatchObject({ lost: struck, missed: 0, duplicated: 0, reordered: 0, changed: 0, ghost: 0 });
  expect(witnesses.filter(({ anomaly }) => anomaly === 'lost')).toHaveLength(5);
  expect(witnesses[0]).toMatchObject({ anomaly: 'lost', producer: expect.stringMatching(/^writers\/\d+$/) as string });
  expect(verdicts.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual(['no-loss']);
});
