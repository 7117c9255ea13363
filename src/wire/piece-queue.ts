/**
 * Pieces of a streamed answer between the socket that brings them and the consumer that takes them. What is not taken waits
 * here up to a bound; beyond it the socket is not read any more, so that a slow consumer slows the sender.
 */
import type { StreamPiece } from './transport.ts';

/** Bytes that may wait before reading stops. */
const WAITING_BYTES_MAX = 256 * 1024;

/** The hand on what fills the queue. */
export interface PieceSource {
  pause(): void;
  resume(): void;
  /** Nobody reads any more. */
  cancel(): void;
}

export class PieceQueue implements AsyncIterable<StreamPiece> {
  /** Called once when nothing more will come, or nobody will take it. */
  onEnd: () => void = () => {};
  readonly #source: PieceSource;
  readonly #waiting: StreamPiece[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(source: PieceSource) {
    this.#source = source;
  }

  /** Adds bytes, which must not change any more. */
  push(bytes: Buffer, receivedNs: number): void {
    this.#bytes += bytes.length;
    this.#add({ kind: 'bytes', bytes, receivedNs });
    if (this.#bytes <= WAITING_BYTES_MAX || this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  /** Adds the last piece; whatever comes after it is ignored. */
  end(last: Exclude<StreamPiece, { kind: 'bytes' }>): void {
    this.#add(last);
    this.#finish();
  }

  get ended(): boolean {
    return this.#ended;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamPiece, void, void> {
    try {
      for (;;) {
        const piece = this.#waiting.shift();
        if (piece === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        if (piece.kind === 'bytes') this.#took(piece.bytes.length);
        yield piece;
        if (piece.kind !== 'bytes') return;
      }
    } finally {
      if (!this.#ended) this.#source.cancel();
      this.#finish();
    }
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onEnd();
  }

  #add(piece: StreamPiece): void {
    if (this.#ended) return;
    this.#waiting.push(piece);
    this.#wake?.();
    this.#wake = undefined;
  }

  #took(count: number): void {
    this.#bytes -= count;
    if (!this.#paused || this.#bytes > WAITING_BYTES_MAX / 2) return;
    this.#paused = false;
    this.#source.resume();
  }
}
