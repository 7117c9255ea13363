/** The streams of a session: made when first asked for, shared by shard count, and removed at the end. */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import type { HashRange } from '../src/protocol/hash.ts';
import type { Shard } from '../src/protocol/operations.ts';
import { type Context, type Stream, Unobservable } from './context.ts';

/** First pause between two looks at a stream that is being made, in ns; it grows to a second. */
const LOOK_NS = 20_000_000;

/** How long a removal is tried, in ns. */
const REMOVE_NS = 60 * NS_PER_S;

export class StreamPool implements AsyncDisposable {
  readonly #send: Context['send'];
  readonly #clock: Clock;
  readonly #run: string;
  readonly #shared = new Map<number, Promise<Stream>>();
  readonly #names: string[] = [];

  /** @param run what makes the names of this run's streams unique */
  constructor(send: Context['send'], clock: Clock, run: string) {
    this.#send = send;
    this.#clock = clock;
    this.#run = run;
  }

  /** A stream of `shards` shards; one that could not be made is tried again by whoever asks next. */
  async stream(shards: number, kind: 'shared' | 'fresh', deadlineNs: number): Promise<Stream> {
    if (kind === 'fresh') return this.#create(shards, deadlineNs);
    const made = this.#shared.get(shards) ?? this.#create(shards, deadlineNs);
    this.#shared.set(shards, made);
    made.catch(() => this.#shared.delete(shards));
    return made;
  }

  async #create(shards: number, deadlineNs: number): Promise<Stream> {
    const name = `kinebench-conform-${this.#run}-${this.#names.length}`;
    this.#names.push(name);
    await this.#send('CreateStream', { StreamName: name, ShardCount: shards });
    for (let pauseNs = LOOK_NS; ; pauseNs = Math.min(pauseNs * 1.5, NS_PER_S)) {
      const { StreamDescription: stream } = await this.#send('DescribeStream', { StreamName: name });
      if (stream.StreamStatus === 'ACTIVE') break;
      if (this.#clock.monotonicNs() > deadlineNs) {
        throw new Unobservable(`stream ${name} is still ${stream.StreamStatus}, not ACTIVE`);
      }
      await sleepFor(this.#clock, pauseNs);
    }
    await this.#send('AddTagsToStream', { StreamName: name, Tags: { 'made-by': 'kinebench conform' } });
    const open = await openShards(this.#send, name);
    return { name, shards: open, ranges: open.map(rangeOf) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const results = await Promise.all(this.#names.map((name) => this.#remove(name)));
    const left = this.#names.filter((_, index) => !results[index]);
    if (left.length > 0) throw new Error(`these streams could not be removed, remove them by hand: ${left.join(', ')}`);
  }

  async #remove(name: string): Promise<boolean> {
    const deadlineNs = this.#clock.monotonicNs() + REMOVE_NS;
    for (;;) {
      try {
        await this.#send('DeleteStream', { StreamName: name });
        return true;
      } catch (error) {
        const message = (error as Error).message;
        if (message.includes('ResourceNotFoundException')) return true;
        // A stream that is still being made cannot be removed yet; anything else will not change by waiting.
        if (!message.includes('ResourceInUseException') || this.#clock.monotonicNs() > deadlineNs) return false;
        await sleepFor(this.#clock, NS_PER_S / 2);
      }
    }
  }
}

/** The hash range of a shard. */
export function rangeOf(shard: Shard): HashRange {
  const { StartingHashKey, EndingHashKey } = shard.HashKeyRange;
  return { start: BigInt(StartingHashKey), end: BigInt(EndingHashKey) };
}

/** The open shards of a stream, sorted by hash range, over all pages of ListShards. */
export async function openShards(send: Context['send'], name: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  // kinesis-local writes null where AWS leaves a member out.
  let token: string | null | undefined;
  do {
    const page = await send('ListShards', token ? { NextToken: token } : { StreamName: name });
    shards.push(...page.Shards);
    token = page.NextToken;
  } while (token);
  const open = shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
  return open.sort((a, b) => (rangeOf(a).start < rangeOf(b).start ? -1 : 1));
}
