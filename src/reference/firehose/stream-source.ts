/**
 * A Kinesis stream as the source of a delivery stream: each shard is read once a second from LATEST on, by the same GetRecords as
 * everybody's and from the same budget of the shard (source: the developer guide), so a throttled read is tried again a second
 * later. Records that the KPL has put together are taken apart.
 *
 * The stream must be of the account and region of the delivery stream. The role is not looked at.
 */
import type { Clock } from '../../clock.ts';
import { deaggregate } from '../../protocol/aggregation.ts';
import type { Arrival, Caller } from '../arrival.ts';
import type { RecordPage } from '../record-page.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { getRecords } from '../streams/get-records.ts';
import { iteratorAt } from '../streams/iterator.ts';
import type { Instant } from '../topology.ts';
import { StreamFollower, type ShardTurn } from './stream-follower.ts';

const HOUR_MS = 3_600_000;

/** What a source is made of. */
export interface StreamSourceParts {
  readonly clock: Clock;
  readonly kinesis: Service;
  readonly stream: Stream;
  readonly caller: Caller;
  /** Whether there is room for more: a page that overshoots the memory cap is the last one for a while. */
  readonly ready: () => boolean;
  /** Takes a record. */
  readonly accept: (data: Uint8Array, at: Instant) => void;
}

/** Reads one Kinesis stream until it is ended. */
export class StreamSource {
  readonly #parts: StreamSourceParts;
  readonly #follower: StreamFollower;

  /** Begins to read all open shards from now on. */
  constructor(parts: StreamSourceParts, arrival: Arrival) {
    this.#parts = parts;
    const { clock, stream, caller, ready } = parts;
    this.#follower = new StreamFollower(
      {
        clock,
        stream,
        caller,
        ready,
        read: (shard, position, at) => this.#read(shard, position, at),
        take: (page, at) => this.#take(page, at),
      },
      arrival,
    );
  }

  /** How long the stream keeps records, in ms: what is not delivered is kept as long. */
  get retentionMs(): number {
    return this.#parts.stream.retentionHours * HOUR_MS;
  }

  /** Reads no more. */
  end(): void {
    this.#follower.end();
  }

  #read(shard: Shard, position: number, arrival: Arrival): ShardTurn | 'later' | 'never' {
    const { kinesis, stream } = this.#parts;
    // A new one for each read: those of a client would be too old after five minutes of throttling.
    const ShardIterator = iteratorAt(kinesis, stream, shard, position, arrival, arrival.nowNs);
    const answer = getRecords(kinesis, { ShardIterator }, arrival);
    if (answer instanceof Refusal || !('page' in answer)) {
      // The stream is gone; whatever else keeps from reading may pass.
      return answer instanceof Refusal && answer.name === 'ResourceNotFoundException' ? 'never' : 'later';
    }
    const { NextShardIterator: next, ChildShards: children = [] } = answer.rest;
    const opened = next ? kinesis.open('iterator', next, arrival) : undefined;
    const { atNs, page } = answer;
    const on = !opened || opened instanceof Refusal ? undefined : opened.position;
    return { atNs, page, next: on, children, more: false };
  }

  #take(page: RecordPage, at: Instant): void {
    const { accept } = this.#parts;
    page.each(({ block, dataAt, keyAt }) => {
      const data = block.subarray(dataAt, keyAt);
      const within = deaggregate(data);
      if (!within) accept(data, at);
      else for (const record of within) accept(record.data, at);
    });
  }
}
