/** A reader of a subscription that checks what it is told: whole messages, known events, numbers that rise. */
import assert from 'node:assert/strict';
import { NS_PER_MS, type Clock } from '../src/clock.ts';
import { errorStatus } from '../src/protocol/errors.ts';
import { SUBSCRIPTION_LIFE_MS } from '../src/protocol/limits.ts';
import { compareSequenceNumbers } from '../src/protocol/sequence-number.ts';
import type { StreamedBody } from '../src/reference/endpoint.ts';
import { EventStreamReader } from '../src/reference/event-stream-reader.ts';
import { valueOf } from './client.ts';
import type { Form } from './encoding.ts';
import { outputFault } from './output.ts';

/** What a reader is like. */
export interface ListenerOptions {
  readonly form: Form;
  /** Chunks it takes before it is deaf. */
  readonly patience: number;
  readonly clock: Clock;
  /** Told of every event. */
  readonly heard: (value: unknown) => void;
}

/** One reader; it takes all that comes, or stops taking, or leaves. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #beganAtNs: number;
  readonly #gone = new AbortController();
  readonly #stream: AsyncIterator<Uint8Array>;
  readonly #reader = new EventStreamReader();
  #last = '0';
  #taken = 0;
  /** Whether it takes no more: the stream has ended, or the reader is deaf or gone. */
  readonly done: Promise<void>;
  #ended = false;
  #fault: unknown;

  constructor(body: StreamedBody, options: ListenerOptions) {
    this.#options = options;
    this.#beganAtNs = options.clock.monotonicNs();
    this.#stream = body(this.#gone.signal)[Symbol.asyncIterator]();
    this.done = this.#read();
  }

  /** Whether the stream came to its own end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Throws what was wrong with the stream so far. */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Vanishes. */
  async leave(): Promise<void> {
    this.#gone.abort();
    await this.done;
    await this.#stream.return?.();
    this.#ended = true;
  }

  async #read(): Promise<void> {
    try {
      while (this.#taken < this.#options.patience) {
        const { done, value } = await this.#stream.next();
        this.#taken += 1;
        if (done === true) {
          this.#ended = true;
          assert.equal(this.#reader.pending, 0, 'the stream ends within a message');
          return;
        }
        for (const message of this.#reader.read(value)) this.#hear(message);
      }
    } catch (error) {
      this.#fault ??= error;
    }
  }

  #hear({ headers, payload, intact }: { headers: Readonly<Record<string, string>>; payload: Buffer; intact: boolean }) {
    assert.ok(intact, 'a message with a wrong checksum');
    const aliveMs = (this.#options.clock.monotonicNs() - this.#beganAtNs) / NS_PER_MS;
    assert.ok(aliveMs <= SUBSCRIPTION_LIFE_MS, `a subscription lives for ${aliveMs} ms`);
    const value = valueOf(this.#options.form, payload);
    if (headers[':message-type'] === 'exception') {
      assert.ok(Object.hasOwn(errorStatus, headers[':exception-type'] ?? ''), 'an unknown exception in a stream');
      return;
    }
    if (headers[':event-type'] !== 'SubscribeToShardEvent') return;
    const wrong = outputFault('SubscribeToShard', value, this.#options.form);
    assert.equal(wrong, undefined, wrong);
    const { Records } = value as { readonly Records: readonly { readonly SequenceNumber: string }[] };
    for (const { SequenceNumber } of Records) {
      assert.ok(compareSequenceNumbers(SequenceNumber, this.#last) > 0, 'numbers of a subscription do not rise');
      this.#last = SequenceNumber;
    }
    this.#options.heard(value);
  }
}
