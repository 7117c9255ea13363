/**
 * A stream of one shard that is written, read, split in the middle, written again and read again: what the statements of a closed
 * shard are judged by. Made once in a session.
 */
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import type { Shard } from '../../src/protocol/operations.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { Prepared } from '../prepared.ts';
import { firstShard } from '../records.ts';
import { type History, isStored, type Scan, type Stored } from './history.ts';
import { Recorder } from './recorder.ts';

export interface SplitStream extends History {
  /** As it was listed after it was closed. */
  readonly parent: Shard;
  readonly children: readonly Shard[];
  /** What was acknowledged before the split was asked for. */
  readonly early: readonly Stored[];
  /** What was sent after the stream was ACTIVE again and the parent listed as closed. */
  readonly late: readonly Stored[];
  /** The parent, read before the split and at the end. */
  readonly before: Scan;
  readonly after: Scan;
}

const EARLY = 40;
/** In batches, so that so many cost few calls. */
const LATE = 80;
const LOOK_NS = 210 * NS_PER_MS;

const recorded = new Prepared(record);

/** The split of this session; counts what it exercised. */
export async function splitStream(context: Context): Promise<SplitStream> {
  const split = await recorded.for(context);
  context.count('records before the split', split.early.length);
  context.count('records after the split', split.late.length);
  context.count('children written', new Set(split.late.map(({ shardId }) => shardId)).size);
  return split;
}

async function record(context: Context): Promise<SplitStream> {
  const stream = await context.stream(1, 'fresh');
  const { ShardId: parentId } = firstShard(stream);
  const recorder = new Recorder(context, stream);
  for (let index = 0; index < EARLY; index += 1) {
    await recorder.put('the producer before the split', { key: `early-${index}`, data: context.data() });
  }
  const early = recorder.history.attempts.filter(isStored);
  const scan = { limit: 1000, pauseNs: LOOK_NS };
  const before = await recorder.scan('a replay before the split', parentId, scan);
  await context.send('SplitShard', {
    StreamName: stream.name,
    ShardToSplit: parentId,
    NewStartingHashKey: String(HASH_KEY_COUNT / 2n),
  });
  const { parent, children } = await closed(context, stream, parentId);
  for (let batch = 0; batch < LATE; batch += 20) {
    const keys = Array.from({ length: 20 }, (_, index) => `late-${batch + index}`);
    await recorder.putBatch(
      'the producer after the split',
      keys.map((key) => ({ key, data: context.data() })),
    );
  }
  const late = recorder.history.attempts.filter(isStored).slice(early.length);
  const after = await recorder.scan('a replay after the split', parentId, { ...scan, closed: true });
  for (const { ShardId } of children) await recorder.scan('a replay of a child', ShardId, scan);
  return { ...recorder.history, parent, children, early, late, before, after };
}

/** Waits until the stream is ACTIVE and lists the parent as closed, with its children. */
async function closed(
  context: Context,
  { name: StreamName }: Stream,
  parentId: string,
): Promise<{ parent: Shard; children: Shard[] }> {
  const { clock, deadlineNs } = context;
  for (;;) {
    const { StreamDescription: description } = await context.send('DescribeStream', { StreamName });
    const parent = description.Shards.find(({ ShardId }) => ShardId === parentId);
    const children = description.Shards.filter(({ ParentShardId }) => ParentShardId === parentId);
    if (
      description.StreamStatus === 'ACTIVE' &&
      parent?.SequenceNumberRange?.EndingSequenceNumber &&
      children.length > 1
    ) {
      return { parent, children };
    }
    if (clock.monotonicNs() > deadlineNs) {
      throw new Unobservable(
        `after SplitShard, stream ${StreamName} did not come to list ${parentId} as closed with two children`,
      );
    }
    await sleepFor(clock, LOOK_NS);
  }
}
