/**
 * Streams that a check makes, names and removes itself. Their names begin with that of a stream of the session, so whoever
 * cleans up after a run that was interrupted finds them.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { CreateStreamInput, Shard, StreamDescription } from '../../src/protocol/operations.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { listedShards, openShards, rangeOf, shardsOfNew } from '../streams.ts';
import { answerTo, worded } from './asking.ts';

/** Pause between two looks at a stream, in ns. */
const LOOK_NS = NS_PER_S / 5;

/** How long a split may take, in ns; AWS takes up to half a minute. */
const SPLIT_NS = 60 * NS_PER_S;

/** A stream as it describes itself; undefined where it is not there. */
export async function described(context: Context, name: string): Promise<StreamDescription | undefined> {
  const answer = await answerTo(context, 'DescribeStream', { StreamName: name });
  if (answer.kind === 'ok') return answer.output.StreamDescription;
  if (answer.code === 'ResourceNotFoundException') return undefined;
  throw new Unobservable(`DescribeStream of ${name} was answered with ${worded(answer)}`);
}

/** Waits until a stream is ACTIVE. */
export async function activated(context: Context, name: string): Promise<StreamDescription> {
  for (;;) {
    const stream = await described(context, name);
    if (stream?.StreamStatus === 'ACTIVE') return stream;
    await pause(context, `stream ${name} is ${stream?.StreamStatus ?? 'not there'}, not ACTIVE`);
  }
}

/** Makes a stream and waits until it is ACTIVE. */
export async function created(context: Context, input: CreateStreamInput): Promise<Stream> {
  const { StreamName: name } = input;
  await context.send('CreateStream', input);
  await activated(context, name);
  const shards = await shardsOfNew(context.send, context.clock, name, input.ShardCount ?? 1);
  return { name, shards, ranges: shards.map(rangeOf) };
}

/** The open shards of a stream. */
export function openOf(context: Context, name: string): Promise<Shard[]> {
  return openShards((operation, input) => context.send(operation, input), name);
}

/** Removes a stream if it is there, and waits until it is gone. */
export async function removed(context: Context, name: string): Promise<void> {
  for (let asked = false; ;) {
    const stream = await described(context, name);
    if (!stream) return;
    if (!asked && stream.StreamStatus !== 'DELETING') {
      asked = (await answerTo(context, 'DeleteStream', { StreamName: name })).kind === 'ok';
    }
    await pause(context, `stream ${name} is still ${stream.StreamStatus}, not removed`);
  }
}

/** The same at the end of a check, whose finding it leaves alone: what is left behind, the session finds. */
export async function tidied(context: Context, names: readonly string[]): Promise<void> {
  for (const name of names) await removed(context, name).catch(() => {});
}

/** Waits until something is so: gives true, or false at the deadline. */
export async function comesTrue(context: Context, withinNs: number, is: () => Promise<boolean>): Promise<boolean> {
  const untilNs = Math.min(context.clock.monotonicNs() + withinNs, context.deadlineNs);
  for (;;) {
    if (await is()) return true;
    if (context.clock.monotonicNs() > untilNs) return false;
    await sleepFor(context.clock, LOOK_NS);
  }
}

async function pause({ clock, deadlineNs }: Context, waitedFor: string): Promise<void> {
  if (clock.monotonicNs() > deadlineNs) throw new Unobservable(waitedFor);
  await sleepFor(clock, LOOK_NS);
}

/** Splits the first shard of a stream in its middle and waits until that is done; gives the ids of all shards and of the open ones. */
export async function splitFirst(context: Context, stream: Stream): Promise<{ all: string[]; open: string[] }> {
  const [parent] = stream.shards;
  if (!parent) throw new Unobservable(`stream ${stream.name} has no open shard`);
  const { start, end } = rangeOf(parent);
  await context.send('SplitShard', {
    StreamName: stream.name,
    ShardToSplit: parent.ShardId,
    NewStartingHashKey: String((start + end + 1n) / 2n),
  });
  const wanted = stream.shards.length + 1;
  const split = await comesTrue(context, SPLIT_NS, async () => {
    await activated(context, stream.name);
    return (await openOf(context, stream.name)).length === wanted;
  });
  if (!split) throw new Unobservable(`a split of ${parent.ShardId} did not lead to ${wanted} open shards`);
  const open = (await openOf(context, stream.name)).map(({ ShardId }) => ShardId);
  const all = await listedShards((operation, input) => context.send(operation, input), stream.name);
  return { all: all.map(({ ShardId }) => ShardId), open };
}
