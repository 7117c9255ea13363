/**
 * The way of records into objects. A buffer fills until it has the size or the age that the hints ask for, whichever comes
 * first; then it is closed and waits its turn to be written, and the next one fills meanwhile. The size is before compression,
 * and the record that reaches it is the last of its object (assumed); the age counts from the first record (assumed).
 *
 * Objects are written one after the other. One that is not taken is tried again, with growing pauses, until its newest record
 * is as old as records get here; those behind it wait. So a destination that is down for hours costs one attempt every two
 * minutes and loses nothing, and what is lost after a day is lost from the oldest on. AWS writes in parallel when a stream
 * scales; that, and the buffer it enlarges when delivery lags, are not modelled.
 */
import { NS_PER_MS, type Clock } from '../../clock.ts';
import { DELIVERY_LIFE_MS } from '../../protocol/firehose/limits.ts';
import type { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import type { LogMemory } from '../log-memory.ts';
import type { Instant } from '../topology.ts';
import { Backoff } from './backoff.ts';
import { Batch } from './batch.ts';
import { taken, type Destination, type DestinationObject } from './destination.ts';
import { keyOf } from './object-key.ts';
import type { S3Settings } from './s3-settings.ts';

/** What delivery goes by now; an update of the destination changes it for what is not written yet (assumed). */
export interface DeliveryPlan {
  readonly streamName: string;
  /** Of the configuration. */
  readonly version: number;
  readonly settings: S3Settings;
}

/** What a delivery is made of. */
export interface DeliveryParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: StreamFaults;
  readonly memory: LogMemory;
  readonly destination: Destination;
  /** How long records wait for zero buffering. */
  readonly zeroBufferingMs: number;
  /** How old records get; a day unless their source keeps them longer. */
  readonly lifeMs: () => number | undefined;
  /** Where buffers do not end as objects: what becomes of them, side by side. */
  readonly carry?: (batch: Batch, until: Until) => Promise<void>;
}

/** How long somebody may try. */
export interface Until {
  /** Aborts when everything is given up at once. */
  readonly signal: AbortSignal;
  /** From then on nothing is tried again. */
  lastAttemptNs(): number;
}

/** A gzip ends with eight bytes of checksum and length, which `fh.gzip-truncated` cuts off. */
const GZIP_TRAILER_BYTES = 8;

const LINE_FEED = Buffer.from('\n');

/** The delivery of one stream. */
export class Delivery {
  readonly #parts: DeliveryParts;
  #plan: DeliveryPlan;
  #open: Batch | undefined;
  #openedNs = 0;
  /** Ends the wait for the age of the open buffer. */
  #waiting = new AbortController();
  readonly #queue: Batch[] = [];
  readonly #carried = new Set<Batch>();
  #writing = false;
  readonly #ended = new AbortController();
  /** From then on nothing is tried again. */
  #lastAttemptNs = Number.POSITIVE_INFINITY;

  constructor(parts: DeliveryParts, plan: DeliveryPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#parts.memory.allows(bytes + this.#plan.settings.delimiter.length);
  }

  /** Whether nothing is buffered and nothing is on its way. */
  get idle(): boolean {
    return !this.#open && !this.#writing && this.#carried.size === 0;
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, { nowNs, nowMs }: Instant): void {
    const { faults, memory, carry } = this.#parts;
    const { settings } = this.#plan;
    if (!this.#open) {
      this.#open = new Batch(nowMs, carry !== undefined);
      this.#openedNs = nowNs;
      void this.#flushAtAge();
    }
    const open = this.#open;
    const newline = settings.delimiter.length === 0 && faults.fires('fh.adds-newline');
    const before = open.bytes;
    open.add(data, newline ? LINE_FEED : settings.delimiter, nowMs);
    memory.bytes += open.bytes - before;
    const full = open.bytes >= settings.bufferBytes && !faults.fires('fh.size-ignored');
    // What comes after the last call to deliver waits for nothing.
    if (full || this.#lastAttemptNs !== Number.POSITIVE_INFINITY) this.flush();
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: DeliveryPlan): void {
    this.#plan = plan;
    if (!this.#open) return;
    this.#waiting.abort();
    if (this.#open.bytes >= plan.settings.bufferBytes) this.flush();
    else void this.#flushAtAge();
  }

  /** Closes the open buffer, whatever is in it. */
  flush(): void {
    const batch = this.#open;
    if (!batch) return;
    this.#open = undefined;
    this.#waiting.abort();
    // The record that closed the buffer is in neither: what a rotation does that forgets it.
    const { faults, memory } = this.#parts;
    if (batch.records > 1 && faults.fires('fh.lose-on-rotate')) memory.bytes -= batch.forgetLast();
    if (this.#parts.carry) {
      void this.#carry(batch, this.#parts.carry);
      return;
    }
    this.#queue.push(batch);
    if (!this.#writing) void this.#write();
  }

  /** Delivers what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#lastAttemptNs = atNs;
    this.flush();
  }

  /** Gives up what is not delivered. */
  end(): void {
    this.#ended.abort();
    this.#waiting.abort();
    const open = this.#open ? [this.#open] : [];
    for (const batch of [...this.#queue, ...this.#carried, ...open]) this.#release(batch);
    this.#queue.length = 0;
    this.#carried.clear();
    this.#open = undefined;
  }

  #release(batch: Batch): void {
    this.#parts.memory.bytes -= batch.bytes;
  }

  async #flushAtAge(): Promise<void> {
    const { clock, faults, zeroBufferingMs } = this.#parts;
    const { signal } = (this.#waiting = new AbortController());
    const waitMs = this.#plan.settings.bufferMs || zeroBufferingMs;
    await clock.sleepUntil(this.#openedNs + waitMs * NS_PER_MS, signal);
    if (signal.aborted || faults.fires('fh.interval-ignored')) return;
    this.flush();
  }

  async #carry(batch: Batch, carry: NonNullable<DeliveryParts['carry']>): Promise<void> {
    this.#carried.add(batch);
    await carry(batch, { signal: this.#ended.signal, lastAttemptNs: () => this.#lastAttemptNs });
    if (this.#carried.delete(batch)) this.#release(batch);
  }

  /** Writes what waits, until nothing does. */
  async #write(): Promise<void> {
    this.#writing = true;
    for (let batch = this.#queue[0]; batch; batch = this.#queue[0]) {
      await this.#deliver(batch);
      if (this.#ended.signal.aborted) return;
      this.#release(batch);
      this.#queue.shift();
    }
    this.#writing = false;
  }

  /** Writes one object, or gives it up when its time is over. */
  async #deliver(batch: Batch): Promise<void> {
    const { clock, random, faults, destination, lifeMs } = this.#parts;
    const object = this.#objectOf(batch);
    const backoff = new Backoff(random);
    while (!(await taken(destination, object))) {
      if (this.#ended.signal.aborted || faults.fires('fh.drop-on-503')) return;
      const overMs = batch.newestMs + (lifeMs() ?? DELIVERY_LIFE_MS);
      if (clock.now() >= overMs || clock.monotonicNs() >= this.#lastAttemptNs) return;
      await clock.sleepUntil(clock.monotonicNs() + Math.round(backoff.nextMs() * NS_PER_MS), this.#ended.signal);
      if (this.#ended.signal.aborted) return;
    }
  }

  #objectOf(batch: Batch): DestinationObject {
    const { random, faults } = this.#parts;
    const { settings } = this.#plan;
    const { compression, bucket } = settings;
    const { key, file } = keyOf(this.#plan, batch.oldestMs, random, faults);
    const whole = compression.compress(batch.body(), file);
    const cut = compression.contentEncoding === 'gzip' && faults.fires('fh.gzip-truncated');
    return {
      bucket,
      key,
      body: cut ? whole.subarray(0, -GZIP_TRAILER_BYTES) : whole,
      contentType: 'application/octet-stream',
      contentEncoding: compression.contentEncoding,
      freedBytes: batch.bytes,
    };
  }
}
