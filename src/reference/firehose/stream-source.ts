/**
 * A Kinesis stream as the source of a delivery stream: each shard is read once a second from LATEST on, by the same GetRecords as
 * everybody's and from the same budget of the shard (source: the developer guide), so a throttled read is tried again a second
 * later. Where to begin is asked of nobody, and takes nothing from the budget of iterators (assumed). At the end of a closed shard its children are read from their beginning, once all their parents are done. Records that
 * the KPL has put together are taken apart.
 *
 * The stream must be of the account and region of the delivery stream. The role is not looked at.
 */
import assert from 'node:assert/strict';
import { NS_PER_S, type Clock } from '../../clock.ts';
import { deaggregate } from '../../protocol/aggregation.ts';
import type { GetRecordsOutput } from '../../protocol/operations.ts';
import type { Arrival, Caller } from '../arrival.ts';
import type { RecordPage } from '../record-page.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { getRecords } from '../streams/get-records.ts';
import { iteratorAt } from '../streams/iterator.ts';
import { ordinalOf, type Start } from '../streams/starting-position.ts';
import type { Instant } from '../topology.ts';

const POLL_NS = NS_PER_S;
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
  readonly #ended = new AbortController();
  /** Shards that are being read, and whether they are done. */
  readonly #shards = new Map<string, { done: boolean }>();

  /** Begins to read all open shards from now on. */
  constructor(parts: StreamSourceParts, arrival: Arrival) {
    this.#parts = parts;
    for (const shard of parts.stream.shardsOpen(arrival)) this.#begin(shard, 'LATEST', arrival);
  }

  /** How long the stream keeps records, in ms: what is not delivered is kept as long. */
  get retentionMs(): number {
    return this.#parts.stream.retentionHours * HOUR_MS;
  }

  /** Reads no more. */
  end(): void {
    this.#ended.abort();
  }

  #begin(shard: Shard, type: 'LATEST' | 'TRIM_HORIZON', arrival: Arrival): void {
    if (this.#shards.has(shard.id)) return;
    this.#shards.set(shard.id, { done: false });
    const { stream } = this.#parts;
    shard.settle();
    stream.trim(shard, arrival.nowMs);
    const start: Start = { operation: 'GetShardIterator', type, number: undefined, timestamp: undefined };
    const position = ordinalOf(start, stream, shard, arrival);
    assert(typeof position === 'number', 'both beginnings are in every shard');
    void this.#follow(shard, position);
  }

  /** Reads a shard from a position to its end. */
  async #follow(shard: Shard, from: number): Promise<void> {
    const { clock, kinesis, stream, ready } = this.#parts;
    let position = from;
    for (let dueNs = clock.monotonicNs() + POLL_NS; ; dueNs += POLL_NS) {
      await clock.sleepUntil(dueNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      if (!ready()) continue;
      const arrival = this.#now();
      // A new one for each read: those of a client would be too old after five minutes of throttling.
      const ShardIterator = iteratorAt(kinesis, stream, shard, position, arrival, arrival.nowNs);
      const answer = getRecords(kinesis, { ShardIterator }, arrival);
      if (answer instanceof Refusal || !('page' in answer)) {
        // The stream is gone; whatever else keeps from reading may pass.
        if (answer instanceof Refusal && answer.name === 'ResourceNotFoundException') return;
        continue;
      }
      await clock.sleepUntil(answer.atNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      this.#take(answer.page);
      const next = answer.rest.NextShardIterator;
      const opened = next ? kinesis.open('iterator', next, this.#now()) : undefined;
      if (!opened || opened instanceof Refusal) {
        this.#finish(shard, answer.rest);
        return;
      }
      position = opened.position;
    }
  }

  #now(): Arrival {
    const { clock, caller } = this.#parts;
    return { nowNs: clock.monotonicNs(), nowMs: clock.now(), caller };
  }

  #take(page: RecordPage): void {
    const { accept } = this.#parts;
    const at = this.#now();
    page.each(({ block, dataAt, keyAt }) => {
      const data = block.subarray(dataAt, keyAt);
      const within = deaggregate(data);
      if (!within) accept(data, at);
      else for (const record of within) accept(record.data, at);
    });
  }

  #finish({ id }: Shard, { ChildShards = [] }: Omit<GetRecordsOutput, 'Records'>): void {
    this.#shards.get(id)!.done = true;
    for (const { ShardId, ParentShards } of ChildShards) {
      const child = this.#parts.stream.topology.shards.find((shard) => shard.id === ShardId);
      const ready = ParentShards.every((parent) => this.#shards.get(parent)?.done !== false);
      if (child && ready) this.#begin(child, 'TRIM_HORIZON', this.#now());
    }
  }
}
