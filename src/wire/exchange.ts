/** One request under way in a transport, from the moment it was asked for until its answer is settled. */
import type { Clock } from '../clock.ts';
import type { Timed } from './deadline-watch.ts';
import type { BrokenReason } from './outcome.ts';
import type { PieceQueue } from './piece-queue.ts';
import type { TransportAnswer, TransportFailure, TransportRequest, TransportStream } from './transport.ts';

export type ExchangeAnswer = TransportAnswer | TransportStream;

const nothing = (): void => {};

/** Settles exactly once; after that only a stream's pieces go on. */
export class Exchange implements Timed {
  readonly request: TransportRequest;
  /** Whether the answer is wanted in pieces. */
  readonly streamed: boolean;
  /** The pieces, once the head is there. */
  pieces: PieceQueue | undefined;
  readonly deadlineNs: number;
  /** Its place among those of its session. */
  slot = -1;
  /** What has to be done when time is up, beside settling: set by whoever carries the exchange at the moment. */
  abandon: () => void = nothing;
  readonly #clock: Clock;
  /** When it was asked for. */
  readonly createdNs: number;
  readonly #resolve: (answer: ExchangeAnswer) => void;
  #release: () => void = nothing;
  #sentNs: number | undefined;
  #open = true;

  constructor(request: TransportRequest, streamed: boolean, clock: Clock, resolve: (answer: ExchangeAnswer) => void) {
    this.request = request;
    this.streamed = streamed;
    this.#clock = clock;
    this.createdNs = clock.monotonicNs();
    this.deadlineNs = this.createdNs + request.timeoutNs;
    this.#resolve = resolve;
  }

  /** Ends it when the signal aborts, now or at any time until its stream has ended. */
  endOn(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const abort = () => {
      this.fail('closed', 'given up by the caller');
      this.abandon();
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    this.#release = () => signal.removeEventListener('abort', abort);
  }

  get open(): boolean {
    return this.#open;
  }

  /** The next thing that happens is that the first byte is handed to the socket. */
  sending(): void {
    this.#sentNs = this.#clock.monotonicNs();
    this.request.onSent?.(this.#sentNs);
  }

  answer(status: number, contentType: string, body: Buffer, answeredNs: number): void {
    if (this.#open) this.#settle({ kind: 'response', status, contentType, body, sentNs: this.#sentNs!, answeredNs });
  }

  stream(status: number, contentType: string, pieces: PieceQueue): void {
    this.pieces = pieces;
    pieces.onEnd = this.#release;
    if (this.#open) this.#settle({ kind: 'stream', status, contentType, pieces, ...this.#times() });
  }

  /** A request of which no byte left this machine cannot have been carried out; others may, unless it is known better. */
  fail(reason: BrokenReason, message: string, maybe = this.#sentNs !== undefined): void {
    if (this.#open) this.#settle({ kind: 'connection', reason, message, maybe, ...this.#times() });
    else this.pieces?.end({ kind: 'failure', reason, message, receivedNs: this.#clock.monotonicNs() });
  }

  expire(): void {
    if (!this.#open) return;
    if (this.#sentNs === undefined) this.fail('unreachable', 'no connection in time');
    else this.#settle({ kind: 'timeout', ...this.#times() });
    this.abandon();
  }

  #times(): Pick<TransportFailure, 'sentNs' | 'answeredNs'> {
    return { sentNs: this.#sentNs ?? this.createdNs, answeredNs: this.#clock.monotonicNs() };
  }

  #settle(answer: ExchangeAnswer): void {
    this.#open = false;
    if (answer.kind !== 'stream') this.#release();
    this.#resolve(answer);
  }
}
