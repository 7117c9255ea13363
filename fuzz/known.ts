/** What an endpoint has said: names, ARNs, numbers and tokens of its own, to be used again where they belong and where not. */
import type { Random } from '../src/random.ts';
import { CANARY } from './canary.ts';
import { pick } from './value.ts';

/** Values remembered of one name; newer ones take the place of older. */
const REMEMBERED_MAX = 24;

/** The member of a request → the members of answers that it takes. */
const sources: Readonly<Record<string, readonly string[]>> = {
  StreamName: ['StreamName', 'StreamNames'],
  StreamARN: ['StreamARN'],
  ResourceARN: ['StreamARN', 'ConsumerARN', 'ChannelARN'],
  ChannelARN: ['ChannelARN'],
  ExclusiveStartStreamName: ['StreamNames'],
  ShardId: ['ShardId'],
  ExclusiveStartShardId: ['ShardId'],
  ShardToSplit: ['ShardId'],
  ShardToMerge: ['ShardId'],
  AdjacentShardToMerge: ['ShardId'],
  ShardIterator: ['ShardIterator', 'NextShardIterator'],
  NextToken: ['NextToken'],
  StartingSequenceNumber: ['SequenceNumber', 'ContinuationSequenceNumber', 'StartingSequenceNumber'],
  SequenceNumber: ['SequenceNumber', 'ContinuationSequenceNumber', 'EndingSequenceNumber'],
  SequenceNumberForOrdering: ['SequenceNumber'],
  ConsumerARN: ['ConsumerARN'],
  ConsumerName: ['ConsumerName'],
  NewStartingHashKey: ['StartingHashKey', 'EndingHashKey'],
  ExplicitHashKey: ['StartingHashKey', 'EndingHashKey'],
  Timestamp: ['ApproximateArrivalTimestamp', 'StreamCreationTimestamp'],
  StreamCreationTimestamp: ['StreamCreationTimestamp', 'ConsumerCreationTimestamp'],
  KeyId: ['KeyId'],
  StreamId: ['StreamId'],
};

/** The values of one session. */
export class Known {
  readonly #values = new Map<string, unknown[]>();

  /** Remembers what an answer says, at any depth; times are epoch seconds. */
  harvest(value: unknown, name = ''): void {
    if (Array.isArray(value)) for (const each of value.slice(0, 8)) this.harvest(each, name);
    else if (value instanceof Date) this.#add(name, value.getTime() / 1000);
    else if (typeof value === 'string' || typeof value === 'number') this.#add(name, value);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      for (const [member, each] of Object.entries(value)) this.harvest(each, member);
    }
  }

  /** A value that belongs at a member of a request; undefined when none was said yet. */
  for(member: string, random: Random): unknown {
    const held = (sources[member] ?? []).flatMap((name) => this.#values.get(name) ?? []);
    // What was said last is likely to be still there; what was said long ago is for the refusals.
    return held.length > 0 && random.below(3) > 0
      ? held.at(-1 - random.below(Math.min(4, held.length)))
      : pick(random, held);
  }

  /** Any value at all. */
  any(random: Random): unknown {
    const all = [...this.#values.values()].flat();
    return all.length > 0 ? pick(random, all) : undefined;
  }

  #add(name: string, value: string | number): void {
    if (typeof value === 'string' && (value.length > 2048 || value.includes(CANARY))) return;
    let held = this.#values.get(name);
    if (!held) this.#values.set(name, (held = []));
    if (held.includes(value)) return;
    held.push(value);
    if (held.length > REMEMBERED_MAX) held.shift();
  }
}
