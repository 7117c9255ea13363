/** KIN-RS-08: order survives a split, for who reads parents before children. */
import { NS_PER_MS, NS_PER_S, sleepFor } from '../../src/clock.ts';
import { refusable } from '../refusable-call.ts';
import type { Context, Stream } from '../context.ts';
import { Unobservable } from '../context.ts';
import { type Acknowledged, firstShard, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { split } from './reshard.ts';
import { childrenOf, middleOf } from './shard-list.ts';
import { whileWriting } from './writers.ts';

const WRITERS = 4;
/** Puts of each writer before the split begins and after it is made. */
const AROUND = 10;
/** Of each writer: more than a minute of them. */
const PUTS_MAX = 10_000;
const PAUSE_NS = 10 * NS_PER_MS;
/** Of one link, a quarter of a second apart. */
const TRIES_MAX = 12;

export const kinRs08 = statement({
  id: 'KIN-RS-08',
  level: 'MUST',
  evidence: ['guide'],
  sentence:
    'Of one partition key all records in the parent come before those in the child, in the order in which a producer chained them.',
  source: 'Resharding (reading parents before children keeps the order of records by partition key)',
  fault: 'reshard.child-opens-early',
  needs: [],
  lane: 'slow',
  uses: { streams: [2], shared: [], records: 520 },
  exercises: { 'chains that went from parent to child': WRITERS, 'puts during the split': 4, 'links compared': 80 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const parent = firstShard(stream);
    const chains = Array.from({ length: WRITERS }, (): Acknowledged[] => []);
    const least = () => Math.min(...chains.map(({ length }) => length));
    let during = 0;
    const writers = chains.map(
      (chain, number) => (going: () => boolean) => write(context, stream, chain, number, going),
    );
    const shards = await whileWriting(writers, async () => {
      await until(context, () => least() >= AROUND);
      const before = chains.flat().length;
      const listed = await split(context, stream.name, parent, middleOf(rangeOf(parent)));
      during = chains.flat().length - before;
      const made = least();
      await until(context, () => least() >= made + AROUND);
      return listed;
    });
    context.count('puts during the split', during);
    const places = new Map<string, number>();
    for (const { ShardId } of [parent, ...childrenOf(shards, parent.ShardId)]) {
      const own = chains.flat().filter(({ shardId }) => shardId === ShardId);
      const records = own.length > 0 ? await sweep(context, stream, ShardId, own) : [];
      for (const { SequenceNumber } of records) places.set(`${ShardId} ${SequenceNumber}`, places.size);
    }
    let unread = 0;
    for (const chain of chains) {
      context.count('chains that went from parent to child', new Set(chain.map(({ shardId }) => shardId)).size - 1);
      for (const [index, record] of chain.entries()) {
        const before = chain[index - 1];
        const [place, placeBefore] = [record, before].map(
          (one) => one && places.get(`${one.shardId} ${one.sequenceNumber}`),
        );
        if (place === undefined) unread += 1;
        if (!before || place === undefined || placeBefore === undefined) continue;
        context.count('links compared');
        if (place > placeBefore) continue;
        return broken(
          `of key ${record.partitionKey}, put ${index} (${record.sequenceNumber} in ${record.shardId}) was chained to put ${index - 1} (${before.sequenceNumber} in ${before.shardId}), and comes before it for who reads ${parent.ShardId} and then its children`,
        );
      }
    }
    return unread > 0
      ? unobserved(`${unread} acknowledged records were not read: that is KIN-RS-10's matter`)
      : holds(
          `${chains.flat().length} chained puts, ${during} of them during the split, were read in order from parent to children`,
        );
  },
});

/** One producer: each put waits for the one before, and is chained to it. */
async function write(
  context: Context,
  stream: Stream,
  chain: Acknowledged[],
  number: number,
  going: () => boolean,
): Promise<void> {
  const { clock, random } = context;
  while (going() && chain.length < PUTS_MAX) {
    chain.push(await putAfter(context, stream, `writer-${number}`, chain.at(-1)));
    // Never in step with each other: what goes by turns is to meet every writer.
    await sleepFor(clock, Math.floor((0.5 + random.uniform()) * PAUSE_NS));
  }
}

/**
 * One link. A child of kinesalite numbers its first records with times of the next second, and refuses to have anything chained to
 * them until then; whether that is right is KIN-SEQ-06's matter.
 */
async function putAfter(
  context: Context,
  { name }: Stream,
  key: string,
  before: Acknowledged | undefined,
): Promise<Acknowledged> {
  const data = context.data();
  const input = { StreamName: name, PartitionKey: key, Data: data };
  const chained = before ? { ...input, SequenceNumberForOrdering: before.sequenceNumber } : input;
  for (let tries = 1; ; tries += 1) {
    const answer = await refusable(context, 'PutRecord', chained);
    if (answer.kind === 'accepted') {
      const { ShardId, SequenceNumber } = answer.output;
      return { partitionKey: key, data, shardId: ShardId, sequenceNumber: SequenceNumber };
    }
    if (tries === TRIES_MAX)
      throw new Unobservable(`a put that was chained to ${before?.sequenceNumber} was refused with ${answer.said}`);
    await sleepFor(context.clock, NS_PER_S / 4);
  }
}

async function until({ clock, deadlineNs }: Context, reached: () => boolean): Promise<void> {
  while (!reached()) {
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable('the writers did not come far enough before the deadline');
    await sleepFor(clock, PAUSE_NS);
  }
}
