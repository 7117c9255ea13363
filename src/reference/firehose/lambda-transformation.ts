/**
 * The way of records through a Lambda function. A buffer of its own fills until it has the size or the age that the processor asks
 * for; then the function is invoked with all of it, synchronously, and what it answers goes on. Batches are invoked one after the
 * other, so order is kept (AWS has up to five in flight for each shard).
 *
 * An invocation that gives no answer is tried again, with growing pauses (assumed) and a new invocation id; when the tries are
 * used up, every record of the batch has failed. An answer is never asked for again, whatever it says.
 */
import { NS_PER_MS, NS_PER_S, type Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import type { LogMemory } from '../log-memory.ts';
import type { Instant } from '../topology.ts';
import { Doubling } from './backoff.ts';
import { functionError, LambdaFailure, type LambdaEvent, type LambdaInvoker } from './lambda.ts';
import { verdictsOf, type Verdict } from './lambda-verdict.ts';
import { uuid } from './object-key.ts';

/** What a Lambda processor says, every default filled. */
export interface LambdaSettings {
  readonly functionArn: string;
  readonly retries: number;
  readonly bufferBytes: number;
  readonly bufferMs: number;
}

/** What a transformation is made of. */
export interface LambdaParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: StreamFaults;
  readonly memory: LogMemory;
  readonly invoker: LambdaInvoker;
  readonly deliveryStreamArn: string;
  readonly region: string;
  /** Takes what has become of a batch, in its order. */
  readonly done: (batch: readonly Transformed[]) => void;
}

/** A record that went through a function. */
export interface Transformed {
  readonly data: Buffer;
  /** When it arrived, ms since the epoch. */
  readonly arrivedMs: number;
  readonly verdict: Verdict;
  /** Invocations that its batch took. */
  readonly attempts: number;
  readonly functionArn: string;
}

interface Waiting {
  readonly id: string;
  readonly data: Buffer;
  readonly arrivedMs: number;
}

/** A function has five minutes (source: the developer guide). */
const INVOCATION_NS_MAX = 300 * NS_PER_S;
/** A document has 6 MB either way (source: the developer guide); a request is closed before, with room for what frames it. */
const PAYLOAD_BYTES_MAX = 6 * 1_048_576;
const REQUEST_BYTES_MAX = 5.9 * 1_048_576;
/** What a record takes in a document beside its data: its id, its time, names and marks. */
const RECORD_FRAME_BYTES = 150;
/** What it takes to hold a record beside its data, roughly. */
const HELD_BYTES = 500;

/** The transformation of one delivery stream. */
export class LambdaTransformation {
  readonly #parts: LambdaParts;
  #settings: LambdaSettings;
  #open: Waiting[] = [];
  #openBytes = 0;
  #payloadBytes = 0;
  #openedNs = 0;
  #aging = new AbortController();
  readonly #queue: Waiting[][] = [];
  #working = false;
  #records = 0;
  readonly #ended = new AbortController();
  #lastAttemptNs = Number.POSITIVE_INFINITY;

  constructor(parts: LambdaParts, settings: LambdaSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  /** Whether nothing is in it. */
  get idle(): boolean {
    return this.#open.length === 0 && !this.#working;
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, { nowNs, nowMs }: Instant): void {
    const payload = Math.ceil(data.length / 3) * 4 + RECORD_FRAME_BYTES;
    if (this.#payloadBytes + payload > REQUEST_BYTES_MAX) this.flush();
    if (this.#open.length === 0) {
      this.#openedNs = nowNs;
      void this.#flushAtAge();
    }
    this.#records += 1;
    this.#open.push({ id: String(this.#records).padStart(56, '0'), data: Buffer.from(data), arrivedMs: nowMs });
    this.#openBytes += data.length;
    this.#payloadBytes += payload;
    this.#parts.memory.bytes += data.length + HELD_BYTES;
    if (this.#openBytes >= this.#settings.bufferBytes) this.flush();
  }

  /** Goes by other settings from now on; what is buffered too. */
  replan(settings: LambdaSettings): void {
    this.#settings = settings;
    if (this.#open.length === 0) return;
    this.#aging.abort();
    if (this.#openBytes >= settings.bufferBytes) this.flush();
    else void this.#flushAtAge();
  }

  /** Closes the open buffer. */
  flush(): void {
    if (this.#open.length === 0) return;
    this.#aging.abort();
    this.#queue.push(this.#open);
    this.#open = [];
    this.#openBytes = 0;
    this.#payloadBytes = 0;
    if (!this.#working) void this.#work();
  }

  /** Transforms what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#lastAttemptNs = atNs;
    this.flush();
  }

  /** Gives up what is in it. */
  end(): void {
    this.#ended.abort();
    this.#aging.abort();
    for (const batch of [...this.#queue, this.#open]) this.#release(batch);
    this.#queue.length = 0;
    this.#open = [];
  }

  #release(batch: readonly Waiting[]): void {
    for (const { data } of batch) this.#parts.memory.bytes -= data.length + HELD_BYTES;
  }

  async #flushAtAge(): Promise<void> {
    const { signal } = (this.#aging = new AbortController());
    await this.#parts.clock.sleepUntil(this.#openedNs + this.#settings.bufferMs * NS_PER_MS, signal);
    if (!signal.aborted) this.flush();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let batch = this.#queue[0]; batch; batch = this.#queue[0]) {
      const transformed = await this.#transform(batch);
      if (this.#ended.signal.aborted) return;
      this.#release(batch);
      this.#queue.shift();
      this.#working = this.#queue.length > 0;
      this.#parts.done(transformed);
    }
  }

  async #transform(batch: readonly Waiting[]): Promise<Transformed[]> {
    const { faults } = this.#parts;
    const { functionArn } = this.#settings;
    const { outcome, attempts } = await this.#invokePatiently(batch, functionArn);
    const ids = batch.map(({ id }) => id);
    const verdicts =
      typeof outcome === 'string'
        ? verdictsOf(outcome, ids, faults)
        : ids.map((): Verdict => ({ kind: 'failed', code: outcome.code, message: outcome.message }));
    return batch.map(({ data, arrivedMs }, index) => {
      const verdict = verdicts[index]!;
      const kept: Verdict =
        verdict.kind === 'dropped' && faults.fires('fh.dropped-delivered')
          ? { kind: 'ok', data, partitionKeys: {} }
          : verdict;
      return { data, arrivedMs, verdict: kept, attempts, functionArn };
    });
  }

  /** Invokes until there is an answer, or the tries are used up. */
  async #invokePatiently(
    batch: readonly Waiting[],
    functionArn: string,
  ): Promise<{ outcome: string | LambdaFailure; attempts: number }> {
    const { clock, faults } = this.#parts;
    // Assumed: those of a destination, without jitter.
    const pauses = new Doubling();
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await this.#invoke(batch, functionArn);
      const over = attempts > this.#settings.retries;
      if (typeof outcome === 'string' || over || faults.fires('fh.no-retry')) return { outcome, attempts };
      const atNs = clock.monotonicNs() + pauses.nextMs() * NS_PER_MS;
      await clock.sleepUntil(Math.min(atNs, this.#lastAttemptNs), this.#ended.signal);
      if (this.#ended.signal.aborted || clock.monotonicNs() >= this.#lastAttemptNs) return { outcome, attempts };
    }
  }

  async #invoke(batch: readonly Waiting[], functionArn: string): Promise<string | LambdaFailure> {
    const { clock, random, invoker, deliveryStreamArn, region } = this.#parts;
    const event: LambdaEvent = {
      invocationId: uuid(random),
      deliveryStreamArn,
      region,
      records: batch.map(({ id, data, arrivedMs }) => ({
        recordId: id,
        approximateArrivalTimestamp: arrivedMs,
        data: data.toString('base64'),
      })),
    };
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#ended.signal]);
    try {
      const late = clock.sleepUntil(clock.monotonicNs() + INVOCATION_NS_MAX, signal);
      const answer = await Promise.race([
        invoker.invoke(functionArn, JSON.stringify(event), signal),
        late.then(() => new LambdaFailure('Lambda.FunctionTimedOut', 'The function did not answer in five minutes.')),
      ]);
      if (typeof answer !== 'string' || Buffer.byteLength(answer) <= PAYLOAD_BYTES_MAX) return answer;
      return functionError('Its answer has more than 6 MB.');
    } catch (error) {
      return error instanceof LambdaFailure ? error : functionError(String(error));
    } finally {
      over.abort();
    }
  }
}
