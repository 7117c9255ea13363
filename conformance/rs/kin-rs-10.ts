/**
 * KIN-RS-10: resharding under load loses and doubles nothing. On a virtual clock 64 writers go on through 20 reshards; on a real
 * one 8 writers through as many as begin in 10 seconds, three at the most, since AWS takes half a minute for each.
 */
import { NS_PER_MS, NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { Shard } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { type Acknowledged, horizon, read } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { listedShards, rangeOf } from '../streams.ts';
import { audit, type Put, type Shown } from './put-history.ts';
import { merge, split } from './reshard.ts';
import { middleOf, openOf } from './shard-list.ts';
import { whileWriting } from './writers.ts';

const onVirtualClock = { writers: 64, reshards: 20, pauseMs: 100 };
const onRealClock = { writers: 8, reshards: 3, pauseMs: 25 };

const RESHARDING_NS = 10 * NS_PER_S;
const OPEN_MAX = 5;
/** Records that are put before each change. */
const PUTS_BETWEEN = 40;
/** Of all writers together. */
const PUTS_MAX = 20_000;
/** Attempts at one record, all of them throttled but the last. */
const ATTEMPTS_MAX = 20;

export const kinRs10 = statement({
  id: 'KIN-RS-10',
  level: 'MUST',
  evidence: ['model', 'guide'],
  sentence: 'While shards are split and merged, no acknowledged record is lost, and none is stored twice.',
  source:
    'SplitShard, MergeShards (the stream takes and gives records while it is UPDATING); Handle duplicate records (copies come of retries)',
  fault: 'reshard.inflight-lost',
  needs: [],
  lane: 'slow',
  uses: { streams: [5], shared: [], records: 840 },
  exercises: { reshards: 1, 'records put': 100 },
  check: async (context) => {
    const size = context.world.capabilities.has('clock') ? onVirtualClock : onRealClock;
    const stream = await context.stream(2, 'fresh');
    const puts: Put[] = [];
    const writers = Array.from(
      { length: size.writers },
      () => (going: () => boolean) => write(context, stream, puts, size.pauseMs * NS_PER_MS, going),
    );
    const reshards = await whileWriting(writers, () => reshardOften(context, stream, puts, size.reshards));
    const acknowledged = puts.flatMap((put) => put.acknowledged ?? []);
    const shards = await listedShards(context.send, stream.name);
    const shown = (
      await Promise.all(shards.map(({ ShardId }) => shownIn(context, stream, ShardId, acknowledged)))
    ).flat();
    const { lost, doubled } = audit(puts, shown);
    const said = `${size.writers} writers put ${acknowledged.length} acknowledged records through ${reshards.join(', ')}`;
    if (lost.length > 0) {
      const [first] = lost;
      return broken(
        `${said}: ${lost.length} are in none of ${shards.length} shards ${context.settleNs / 1e9} s later, first ${first!.sequenceNumber}, acknowledged in ${first!.shardId}`,
      );
    }
    if (doubled.length > 0) {
      const { put, places } = doubled[0]!;
      const where = places.map(({ shardId, sequenceNumber }) => `${sequenceNumber} in ${shardId}`).join(' and ');
      return broken(
        `${said}: ${doubled.length} are stored more often than they were put, the first, put ${put.storable} times, as ${where}`,
      );
    }
    return holds(`${said}: each was read once`);
  },
});

/** One producer: new records one after the other, those that are throttled again. */
async function write(
  context: Context,
  { name }: Stream,
  puts: Put[],
  pauseNs: number,
  going: () => boolean,
): Promise<void> {
  const { client, clock, random } = context;
  // Apart from each other, so that some are under way whenever a shard is closed.
  await sleepFor(clock, Math.floor(random.uniform() * pauseNs));
  while (going() && puts.length < PUTS_MAX) {
    const data = context.data();
    const partitionKey = `key-${random.uint32()}`;
    let storable = 0;
    let acknowledged: Acknowledged | undefined;
    for (let tries = 0; tries < ATTEMPTS_MAX; tries += 1) {
      const outcome = await client.call('PutRecord', { StreamName: name, PartitionKey: partitionKey, Data: data });
      const throttled = outcome.kind === 'error' && isThrottle(outcome.code);
      const refused = throttled || (outcome.kind === 'error' && outcome.status < 500);
      if (!refused) storable += 1;
      if (outcome.kind === 'ok') {
        const { ShardId, SequenceNumber } = outcome.output;
        acknowledged = { partitionKey, data, shardId: ShardId, sequenceNumber: SequenceNumber };
      }
      if (!throttled) break;
      await sleepFor(clock, pauseNs);
    }
    context.count('records put', acknowledged ? 1 : 0);
    puts.push({ data, storable, acknowledged });
    await sleepFor(clock, pauseNs);
  }
}

/** Splits the widest shard or merges two neighbours, by chance, over and over; gives what was done. */
async function reshardOften(
  context: Context,
  { name, shards }: Stream,
  puts: readonly Put[],
  times: number,
): Promise<string[]> {
  const { clock, random } = context;
  const untilNs = clock.monotonicNs() + (context.world.capabilities.has('clock') ? Infinity : RESHARDING_NS);
  let open: readonly Shard[] = shards;
  let [splits, merges] = [0, 0];
  while (splits + merges < times && clock.monotonicNs() < untilNs) {
    // Something new is to lie in the shards before each change, however slow the endpoint is.
    const least = puts.length + PUTS_BETWEEN;
    while (puts.length < least && clock.monotonicNs() < context.deadlineNs) await sleepFor(clock, NS_PER_S / 20);
    const divide = open.length < 2 || (open.length < OPEN_MAX && random.uniform() < 0.5);
    if (divide) {
      const widest = open.reduce((a, b) => (widthOf(b) > widthOf(a) ? b : a));
      open = openOf(await split(context, name, widest, middleOf(rangeOf(widest))));
      splits += 1;
    } else {
      const at = random.below(open.length - 1);
      open = openOf(await merge(context, name, open[at]!, open[at + 1]!));
      merges += 1;
    }
    context.count('reshards');
  }
  return [`${splits} splits`, `${merges} merges`];
}

function widthOf(shard: Shard): bigint {
  const { start, end } = rangeOf(shard);
  return end - start;
}

async function shownIn(
  context: Context,
  stream: Stream,
  shardId: string,
  acknowledged: readonly Acknowledged[],
): Promise<Shown[]> {
  const expect = acknowledged.filter((record) => record.shardId === shardId);
  // Where nothing is due, nothing is waited for.
  const records = await read(context, stream, shardId, horizon, expect.length > 0 ? { expect } : {});
  return records.map((record) => ({
    shardId,
    sequenceNumber: record.SequenceNumber,
    data: record.Data.toString('base64'),
  }));
}
