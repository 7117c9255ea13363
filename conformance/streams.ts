/**
 * The streams of a session. What one check alone had is removed after it; the others stay until the end of the session, or until
 * they have to make room: an emulator may allow ten shards in all, and checks that are not at work need none.
 */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import type { HashRange } from '../src/protocol/hash.ts';
import type { ListShardsOutput, ListStreamsOutput, Shard, StreamStatus } from '../src/protocol/operations.ts';
import { CONFORM_PREFIX, EXPIRES_TAG, RUN_TAG } from '../src/target/marks.ts';
import { type Context, type Stream, type StreamKind, Unobservable } from './context.ts';

/** First pause between two looks at a stream that is being made, in ns; it grows to a second. */
const LOOK_NS = 20_000_000;

/**
 * How long ListShards may lack shards of a stream that is ACTIVE, in ns; *assumed*: AWS promises nothing of it, and was seen to leave
 * out shards that a split had just made (amazon-kinesis-scaling-utils#72).
 */
const LISTED_NS = 10 * NS_PER_S;

/** After this time, in ms, a stream that is still there was left behind. */
const LIFE_MS = 3_600_000;

/** How long a removal is tried, in ns. */
const REMOVE_NS = 60 * NS_PER_S;

/** Who has streams of the pool, and how it makes them. */
export interface Holder {
  readonly send: Context['send'];
  readonly deadlineNs: number;
}

/** A stream that was made or is being made. */
interface Standing {
  readonly name: string;
  readonly kind: StreamKind;
  readonly shards: number;
  readonly made: Promise<Stream>;
  /** Checks at work that have it. */
  readonly holders: Set<Holder>;
}

export class StreamPool {
  readonly #clock: Clock;
  readonly #run: string;
  readonly #removing: () => Context['send'];
  readonly #standing = new Map<string, Standing>();
  #made = 0;

  /**
   * @param run what makes the names of this run's streams unique
   * @param removing how streams are removed
   */
  constructor(clock: Clock, run: string, removing: () => Context['send']) {
    this.#clock = clock;
    this.#run = run;
    this.#removing = removing;
  }

  /** A stream of `shards` shards; one that could not be made is tried again by whoever asks next. */
  stream(shards: number, kind: StreamKind, holder: Holder): Promise<Stream> {
    const known = [...this.#standing.values()].find((one) => one.kind === 'shared' && one.shards === shards);
    const { made, holders } = kind === 'shared' && known ? known : this.#make(shards, kind, holder);
    holders.add(holder);
    return made;
  }

  /** Lets a holder keep a stream that is there; false where it is not. */
  holds({ name }: Stream, holder: Holder): boolean {
    return this.#standing.get(name)?.holders.add(holder) !== undefined;
  }

  /** A check has ended: what it alone had is removed. */
  async release(holder: Holder): Promise<void> {
    const had = [...this.#standing.values()].filter(({ holders }) => holders.delete(holder));
    await this.#remove(had.filter(({ kind, holders }) => kind === 'fresh' && holders.size === 0));
  }

  /** Removes what no check at work has, and waits until it is gone; false where there is nothing. */
  async makeRoom(): Promise<boolean> {
    const idle = [...this.#standing.values()].filter(({ holders }) => holders.size === 0);
    await this.#remove(idle);
    const send = this.#removing();
    await Promise.all(idle.map(({ name }) => this.#gone(send, name)));
    return idle.length > 0;
  }

  /** One that cannot be removed now is left to the end of the run, which removes all streams and tells what it could not. */
  async #remove(streams: readonly Standing[]): Promise<void> {
    for (const { name } of streams) this.#standing.delete(name);
    const send = this.#removing();
    await Promise.all(streams.map(({ name }) => removeStream(send, this.#clock, name)));
  }

  async #gone(send: Context['send'], name: string): Promise<void> {
    const untilNs = this.#clock.monotonicNs() + REMOVE_NS;
    while (this.#clock.monotonicNs() < untilNs) {
      const isThere = await send('DescribeStreamSummary', { StreamName: name }).then(
        () => true,
        () => false,
      );
      if (!isThere) return;
      await sleepFor(this.#clock, NS_PER_S / 4);
    }
  }

  #make(shards: number, kind: StreamKind, holder: Holder): Standing {
    const name = `${CONFORM_PREFIX}-${this.#run}-${this.#made}`;
    this.#made += 1;
    const standing = { name, kind, shards, made: this.#create(name, shards, holder), holders: new Set<Holder>() };
    this.#standing.set(name, standing);
    standing.made.catch(() => this.#standing.delete(name));
    return standing;
  }

  async #create(name: string, shards: number, { send, deadlineNs }: Holder): Promise<Stream> {
    await send('CreateStream', { StreamName: name, ShardCount: shards });
    const beganNs = this.#clock.monotonicNs();
    for (let pauseNs = LOOK_NS; ; pauseNs = Math.min(pauseNs * 1.5, NS_PER_S)) {
      const status = await statusOf(send, name);
      if (status === 'ACTIVE') break;
      if (this.#clock.monotonicNs() > deadlineNs) {
        throw new Unobservable(`stream ${name} is still ${status ?? 'not there'}, not ACTIVE`);
      }
      await sleepFor(this.#clock, pauseNs);
    }
    // AWS calls a stream ACTIVE before all of it knows: tests of its own SDKs were refused the first put as not found, and wait
    // a second (aws/aws-sdk-java-v2#5041). Who has made it within a second is asked at once.
    if (this.#clock.monotonicNs() - beganNs > NS_PER_S) await sleepFor(this.#clock, NS_PER_S);
    // The tags by which `kinebench sweep` knows what a killed run left behind: epoch seconds, since kinesalite refuses the
    // colons of an ISO time. An endpoint without tags is judged all the same.
    const expires = String(Math.ceil((this.#clock.now() + LIFE_MS) / 1000));
    const Tags = { [RUN_TAG]: this.#run, [EXPIRES_TAG]: expires };
    await send('AddTagsToStream', { StreamName: name, Tags }).catch(() => {});
    const open = await shardsOfNew(send, this.#clock, name, shards);
    return { name, shards: open, ranges: open.map(rangeOf) };
  }
}

/**
 * Removes what a run left behind that could not do it itself (it was interrupted, or its thread died): the streams whose
 * names begin with the run's own, which is unique. Throws with the names of those that could not be removed.
 */
export async function removeStreamsOf(run: string, send: Context['send'], clock: Clock): Promise<void> {
  const prefix = `${CONFORM_PREFIX}-${run}-`;
  const names: string[] = [];
  let last: string | undefined = prefix;
  while (last !== undefined) {
    const page: ListStreamsOutput = await send('ListStreams', { ExclusiveStartStreamName: last }).catch(
      (error: Error) => {
        throw new Error(
          `streams of this run may be left behind, with names that begin with ${prefix}: ${error.message}`,
        );
      },
    );
    names.push(...page.StreamNames.filter((name) => name.startsWith(prefix)));
    last = page.HasMoreStreams ? page.StreamNames.at(-1) : undefined;
  }
  await removeStreams(send, clock, names);
}

async function removeStreams(send: Context['send'], clock: Clock, names: readonly string[]): Promise<void> {
  const results = await Promise.all(names.map((name) => removeStream(send, clock, name)));
  const left = names.filter((_, index) => !results[index]);
  if (left.length > 0) throw new Error(`these streams could not be removed, remove them by hand: ${left.join(', ')}`);
}

async function removeStream(send: Context['send'], clock: Clock, name: string): Promise<boolean> {
  const deadlineNs = clock.monotonicNs() + REMOVE_NS;
  for (;;) {
    try {
      // A check removes its consumers; one that was interrupted could not.
      await send('DeleteStream', { StreamName: name, EnforceConsumerDeletion: true });
      return true;
    } catch (error) {
      const message = (error as Error).message;
      if (message.includes('ResourceNotFoundException')) return true;
      // A stream that is still being made cannot be removed yet; anything else will not change by waiting.
      if (!message.includes('ResourceInUseException') || clock.monotonicNs() > deadlineNs) return false;
      // One that is being removed already.
      if ((await statusOf(send, name).catch(() => undefined)) === 'DELETING') return true;
      await sleepFor(clock, NS_PER_S / 2);
    }
  }
}

/** What a stream is; undefined where it is not found. */
async function statusOf(send: Context['send'], name: string): Promise<StreamStatus | undefined> {
  const described = await ifFound(send('DescribeStream', { StreamName: name }));
  return described?.StreamDescription.StreamStatus;
}

/** What is answered; undefined where the stream is not found, as a new one may not be for a while. */
export function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: Error) => {
    if (error.message.includes('ResourceNotFoundException')) return undefined;
    throw error;
  });
}

/** The hash range of a shard. */
export function rangeOf(shard: Shard): HashRange {
  const { StartingHashKey: start, EndingHashKey: end } = shard.HashKeyRange ?? {};
  if (!isDecimal(start) || !isDecimal(end)) {
    throw new Unobservable(`a shard is described without its hash range: ${JSON.stringify(shard)}`);
  }
  return { start: BigInt(start), end: BigInt(end) };
}

/** Pages of ListShards at the most: no check makes more than some dozens of shards. */
const PAGES_MAX = 20;

/** The shards of a stream that ListShards names, over all its pages. */
export async function listedShards(send: Context['send'], name: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  // kinesis-local writes null where AWS leaves a member out.
  let token: string | null | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page: Partial<ListShardsOutput> = await send(
      'ListShards',
      token ? { NextToken: token } : { StreamName: name },
    );
    const listed: unknown = page.Shards;
    if (!Array.isArray(listed) || !listed.every(isShard)) {
      throw new Unobservable(`ListShards of ${name} was answered with ${JSON.stringify(page).slice(0, 300)}`);
    }
    shards.push(...listed);
    token = page.NextToken;
    if (!token) return shards;
  }
  throw new Unobservable(`ListShards of ${name} has more than ${PAGES_MAX} pages`);
}

/** The open shards of a new stream that is to have so many, once there are as many; after a while, those that there are. */
export async function shardsOfNew(send: Context['send'], clock: Clock, name: string, least: number): Promise<Shard[]> {
  const untilNs = clock.monotonicNs() + LISTED_NS;
  for (;;) {
    const open = await openShards(send, name);
    if (open.length >= least || clock.monotonicNs() > untilNs) return open;
    await sleepFor(clock, NS_PER_S / 4);
  }
}

/** The open shards of a stream, sorted by hash range. */
export async function openShards(send: Context['send'], name: string): Promise<Shard[]> {
  const shards = await listedShards(send, name);
  const open = shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
  return open.sort((a, b) => (rangeOf(a).start < rangeOf(b).start ? -1 : 1));
}

function isDecimal(text: unknown): text is string {
  return typeof text === 'string' && /^\d+$/.test(text);
}

/** Whether it has what every reader of shards takes for granted. */
function isShard(listed: unknown): listed is Shard {
  const { ShardId: id, HashKeyRange: range, SequenceNumberRange: numbers } = Object(listed) as Record<string, unknown>;
  const { StartingHashKey: start, EndingHashKey: end } = Object(range) as Record<string, unknown>;
  const hashKeys = [start, end].every((key) => typeof key === 'string' && /^\d+$/.test(key));
  return typeof id === 'string' && hashKeys && typeof numbers === 'object' && numbers !== null;
}
