/**
 * The history that the statements of order, numbers, replay and immutability are judged by: one stream of two shards, recorded
 * once in a session, since what matters is that many producers and readers were at work together, and not which statement
 * asked first. That one takes about ten seconds, twenty where a put is slow; it must, since reads of a shard are five a second.
 *
 * Three producers chain their puts, two put one after the other, two put batches, in bursts, each pausing when it likes to: so
 * there are stretches of one producer alone and of all at once. Meanwhile three readers follow each shard. Then one producer has
 * the stream to itself, and after that two clients put by turns. When everything has been met by all readers, both shards are
 * replayed in small pages while tags change and records trickle in, and at last in large ones.
 */
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import type { Context, Stream } from '../context.ts';
import { Prepared } from '../prepared.ts';
import { type Attempt, type History, isStored } from './history.ts';
import { Recorder, sized } from './recorder.ts';

/** A history, and the stream it is of. */
export interface BusyStream extends History {
  readonly stream: Stream;
}

const BURSTS = 5;
const BURST = 8;
const BATCH = 20;
const ALONE = 40;
const READERS = 3;
/** Three readers look at a shard by turns: five times a second is the most that all together may. */
const LOOK_NS = 650 * NS_PER_MS;
const REPLAY_NS = 210 * NS_PER_MS;

const recorded = new Prepared(record);

/** The history of this session; counts what it exercised. */
export async function busyStream(context: Context): Promise<BusyStream> {
  const busy = await recorded.for(context);
  const stored = busy.attempts.filter(isStored);
  context.count('acknowledged puts', stored.length);
  context.count('chained puts', stored.filter(({ after }) => after !== undefined).length);
  context.count('shards hit', new Set(stored.map(({ shardId }) => shardId)).size);
  context.count('full reads', busy.scans.length);
  context.count(
    'pages with records',
    busy.scans.flatMap(({ pages }) => pages.filter((page) => page.length > 0)).length,
  );
  return busy;
}

async function record(context: Context): Promise<BusyStream> {
  const stream = await context.stream(2, 'fresh');
  const recorder = new Recorder(context, stream);
  const shardIds = stream.shards.map(({ ShardId }) => ShardId);
  const follow = (reader: string, limit: number, pauseNs: number, writing: () => boolean) =>
    Promise.all(shardIds.map((shardId) => recorder.scan(reader, shardId, { limit, pauseNs, writing })));

  let writing = true;
  const readers = Array.from({ length: READERS }, (_, index) =>
    follow(`reader ${index + 1}`, 1000, LOOK_NS, () => writing),
  );
  await Promise.all([...readers, write(context, recorder).finally(() => (writing = false))]);

  let loading = true;
  const load = trickle(context, stream, recorder, () => loading);
  await Promise.all([
    load,
    follow('a replay by pages of 11', 11, REPLAY_NS, () => false).finally(() => (loading = false)),
  ]);
  await follow('a replay in large pages', 10_000, REPLAY_NS, () => false);
  return { ...recorder.history, stream };
}

async function write(context: Context, recorder: Recorder): Promise<void> {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await Promise.all([
    ...numbers(3).map((number) => writeChain(context, recorder, `chain ${number}`)),
    ...numbers(2).map((number) => writeInTurn(context, recorder, `producer ${number}`)),
    ...numbers(2).map((number) => writeBatches(context, recorder, `batches ${number}`)),
  ]);
  for (const index of numbers(ALONE)) {
    await recorder.put('the lone producer', { key: `alone-${index}`, data: context.data() });
  }
  const clients = [context.client, context.speaking({})];
  for (const index of numbers(ALONE)) {
    const client = clients[index % clients.length]!;
    await recorder.put(
      `client ${1 + (index % clients.length)}`,
      { key: `turn-${index}`, data: context.data() },
      client,
    );
  }
}

/** Between bursts: long enough for others to have the shard to themselves, on either clock. */
function pause({ clock, random }: Context): Promise<void> {
  return sleepFor(clock, (100 + random.below(300)) * NS_PER_MS);
}

/** Puts of one key, each chained to the one before; within a burst each is smaller than the one before. */
async function writeChain(context: Context, recorder: Recorder, writer: string): Promise<void> {
  let last: Attempt | undefined;
  for (let burst = 0; burst < BURSTS; burst += 1) {
    await pause(context);
    for (let index = 0; index < BURST; index += 1) {
      const data = sized(context, 160 - index * 10);
      const attempt = await recorder.put(writer, { key: writer, data, after: last });
      last = isStored(attempt) ? attempt : undefined;
    }
  }
}

async function writeInTurn(context: Context, recorder: Recorder, writer: string): Promise<void> {
  for (let burst = 0; burst < BURSTS; burst += 1) {
    await pause(context);
    for (let index = 0; index < BURST; index += 1) {
      await recorder.put(writer, { key: `${writer} ${index % 4}`, data: context.data() });
    }
  }
}

async function writeBatches(context: Context, recorder: Recorder, writer: string): Promise<void> {
  for (let burst = 0; burst < BURSTS - 1; burst += 1) {
    await pause(context);
    const records = Array.from({ length: BATCH }, (_, index) => ({ key: `${writer} ${index}`, data: context.data() }));
    await recorder.putBatch(writer, records);
  }
}

/** A record now and then, and tags that come and go; an endpoint without tags is judged all the same. */
async function trickle(
  { client, clock, ...context }: Context,
  { name: StreamName }: Stream,
  recorder: Recorder,
  going: () => boolean,
): Promise<void> {
  for (let index = 0; going(); index += 1) {
    await recorder.put('the trickle', { key: `trickle-${index}`, data: context.data() });
    if (index % 2 === 0) await client.call('AddTagsToStream', { StreamName, Tags: { turn: String(index) } });
    else await client.call('RemoveTagsFromStream', { StreamName, TagKeys: ['turn'] });
    await sleepFor(clock, 300 * NS_PER_MS);
  }
}
