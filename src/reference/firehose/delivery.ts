/**
 * The way of records into objects. A buffer fills until it has the size or the age that the hints ask for, whichever comes
 * first; then it is closed and waits its turn to be written, and the next one fills meanwhile. The size is before compression,
 * and the record that reaches it is the last of its object (assumed); the age counts from the first record (assumed).
 *
 * Objects are written one after the other. One that is not taken is tried again, with growing pauses, until its newest record
 * is as old as records get here; those behind it wait. So a destination that is down for hours costs one attempt every two
 * minutes and loses nothing, and what is lost after a day is lost from the oldest on. While delivery lags, a buffer may grow beyond
 * what the hints ask for, where the limits say so: fewer and larger objects are then to be written.
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
import type { S3Settings } from './s3-settings.ts';

/** What a buffer and its objects go by. */
export interface BufferPlan {
  readonly settings: Pick<S3Settings, 'bucket' | 'bufferBytes' | 'bufferMs' | 'compression' | 'delimiter'>;
}

/** What delivery goes by now; an update of the destination changes it for what is not written yet (assumed). */
export interface DeliveryPlan extends BufferPlan {
  readonly streamName: string;
  /** Of the configuration. */
  readonly version: number;
  readonly settings: S3Settings;
}

/** How a buffer grows while delivery lags (assumed: AWS says that it does, and not how). */
export interface LagGrowth {
  /** So many times the size that the hints ask for, at the most; 1 for not at all. */
  readonly factorMax: number;
  /** Delivery lags when an object is not taken so long after its buffer was closed. */
  readonly afterMs: number;
}

/** What a delivery is made of. */
export interface DeliveryParts<Plan extends BufferPlan = DeliveryPlan> {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: StreamFaults;
  readonly memory: LogMemory;
  readonly destination: Destination;
  /** How long records wait for zero buffering. */
  readonly zeroBufferingMs: number;
  /** How old records get; a day unless their source keeps them longer. */
  readonly lifeMs: () => number | undefined;
  /** The key of an object whose oldest record arrived then, and its file name without the extension. */
  readonly keyOf: (plan: Plan, oldestMs: number, random: Random, faults: StreamFaults) => ObjectName;
  readonly growth?: LagGrowth;
  /** What becomes of the records of an object that is not taken, and how long that is tried. */
  readonly giveUp?: { readonly afterMs: () => number; readonly keep: (batch: Batch, attempts: number) => void };
  /** Where buffers do not end as objects: what becomes of them, side by side. */
  readonly carry?: (batch: Batch, until: Until) => Promise<void>;
}

/** What an object is called. */
export interface ObjectName {
  readonly key: string;
  readonly file: string;
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
export class Delivery<Plan extends BufferPlan = DeliveryPlan> {
  readonly #parts: DeliveryParts<Plan>;
  #plan: Plan;
  #open: Batch | undefined;
  /** Whether the open buffer would be closed if delivery did not lag. */
  #overdue = false;
  #openedNs = 0;
  /** Ends the wait for the age of the open buffer. */
  #waiting = new AbortController();
  /** Ends the pause before another attempt. */
  #pausing = new AbortController();
  readonly #queue: { readonly batch: Batch; readonly closedNs: number }[] = [];
  readonly #carried = new Set<Batch>();
  #writing = false;
  readonly #ended = new AbortController();
  /** From then on nothing is tried again. */
  #lastAttemptNs = Number.POSITIVE_INFINITY;

  constructor(parts: DeliveryParts<Plan>, plan: Plan) {
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
    const { faults, memory, carry, giveUp } = this.#parts;
    const { settings } = this.#plan;
    if (!this.#open) {
      this.#open = new Batch(nowMs, (carry ?? giveUp) !== undefined);
      this.#openedNs = nowNs;
      void this.#flushAtAge();
    }
    const open = this.#open;
    const newline = settings.delimiter.length === 0 && faults.fires('fh.adds-newline');
    const before = open.heldBytes;
    open.add(data, newline ? LINE_FEED : settings.delimiter, nowMs);
    memory.bytes += open.heldBytes - before;
    const full = open.bytes >= settings.bufferBytes && !faults.fires('fh.size-ignored');
    if (full) this.#close();
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: Plan): void {
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
    this.#overdue = false;
    this.#waiting.abort();
    // The record that closed the buffer is in neither: what a rotation does that forgets it.
    const { clock, faults, memory } = this.#parts;
    if (batch.records > 1 && faults.fires('fh.lose-on-rotate')) {
      memory.bytes -= batch.heldBytes;
      batch.forgetLast();
      memory.bytes += batch.heldBytes;
    }
    if (this.#parts.carry) {
      void this.#carry(batch, this.#parts.carry);
      return;
    }
    this.#queue.push({ batch, closedNs: clock.monotonicNs() });
    if (!this.#writing) void this.#write();
  }

  /** Delivers what is buffered at once, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#lastAttemptNs = atNs;
    this.#pausing.abort();
    this.flush();
  }

  /** Gives up what is not delivered. */
  end(): void {
    this.#ended.abort();
    this.#waiting.abort();
    this.#pausing.abort();
    const open = this.#open ? [this.#open] : [];
    const waiting = this.#queue.map(({ batch }) => batch);
    for (const batch of [...waiting, ...this.#carried, ...open]) this.#release(batch);
    this.#queue.length = 0;
    this.#carried.clear();
    this.#open = undefined;
  }

  /** Closes the open buffer, unless it may grow because delivery lags. */
  #close(): void {
    const { factorMax = 1 } = this.#parts.growth ?? {};
    const bytes = this.#open?.bytes ?? 0;
    this.#overdue = this.#lags && bytes < factorMax * this.#plan.settings.bufferBytes;
    if (!this.#overdue) this.flush();
  }

  get #lags(): boolean {
    const { growth, clock } = this.#parts;
    const [first] = this.#queue;
    if (!growth || growth.factorMax <= 1 || !first) return false;
    return clock.monotonicNs() >= first.closedNs + growth.afterMs * NS_PER_MS;
  }

  #release(batch: Batch): void {
    this.#parts.memory.bytes -= batch.heldBytes;
  }

  async #flushAtAge(): Promise<void> {
    const { clock, faults, zeroBufferingMs } = this.#parts;
    const { signal } = (this.#waiting = new AbortController());
    // What comes after the last call to deliver waits for what comes with it, and for nothing else.
    const last = this.#lastAttemptNs !== Number.POSITIVE_INFINITY;
    const waitMs = last ? 0 : this.#plan.settings.bufferMs || zeroBufferingMs;
    await clock.sleepUntil(this.#openedNs + waitMs * NS_PER_MS, signal);
    if (signal.aborted) return;
    if (last) this.flush();
    else if (!faults.fires('fh.interval-ignored')) this.#close();
  }

  async #carry(batch: Batch, carry: NonNullable<DeliveryParts['carry']>): Promise<void> {
    this.#carried.add(batch);
    await carry(batch, { signal: this.#ended.signal, lastAttemptNs: () => this.#lastAttemptNs });
    if (this.#carried.delete(batch)) this.#release(batch);
  }

  /** Writes what waits, until nothing does. */
  async #write(): Promise<void> {
    this.#writing = true;
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      await this.#deliver(first.batch);
      if (this.#ended.signal.aborted) return;
      this.#release(first.batch);
      this.#queue.shift();
      if (this.#overdue && !this.#lags) this.flush();
    }
    this.#writing = false;
  }

  /** Writes one object, or gives it up when its time is over. */
  async #deliver(batch: Batch): Promise<void> {
    const { clock, random, faults, destination, lifeMs, giveUp } = this.#parts;
    let plan = this.#plan;
    let object = this.#objectOf(batch);
    const backoff = new Backoff(random);
    let leftMs = giveUp?.afterMs() ?? Number.POSITIVE_INFINITY;
    for (let attempts = 1; !(await taken(destination, object)); attempts += 1) {
      if (this.#ended.signal.aborted || faults.fires('fh.drop-on-503')) return;
      const overMs = batch.newestMs + (lifeMs() ?? DELIVERY_LIFE_MS);
      if (clock.now() >= overMs) return;
      if (leftMs <= 0) {
        giveUp?.keep(batch, attempts);
        return;
      }
      const pauseMs = Math.min(backoff.nextMs(), leftMs);
      leftMs -= pauseMs;
      const atNs = clock.monotonicNs() + Math.round(pauseMs * NS_PER_MS);
      const { signal } = (this.#pausing = new AbortController());
      await clock.sleepUntil(Math.min(atNs, this.#lastAttemptNs), signal);
      if (this.#ended.signal.aborted || clock.monotonicNs() >= this.#lastAttemptNs) return;
      if (this.#plan === plan) continue;
      plan = this.#plan;
      object = this.#objectOf(batch);
    }
  }

  #objectOf(batch: Batch): DestinationObject {
    const { random, faults, keyOf } = this.#parts;
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
      freedBytes: batch.heldBytes,
    };
  }
}
