/**
 * One connection of HTTP/1.1, plain or TLS, on a socket of our own: one request at a time, in one write, from a buffer that is
 * used again and again; answers are read from one buffer too. It is given up as soon as anything on it cannot be matched to
 * a request: bytes nobody asked for, an answer before the request was out, a timeout.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { AnswerBody, BODY_BYTES_MAX } from './answer-body.ts';
import { BodyBuffer } from './body-buffer.ts';
import type { Exchange } from './exchange.ts';
import { type AnswerHead, AnswerReader, type AnswerSink, Malformed } from './http1-answer.ts';
import type { BrokenReason } from './outcome.ts';
import { PieceQueue } from './piece-queue.ts';
import { describe } from './socket.ts';
import type { SigningStamp } from './sign.ts';
import type { TransportRequest } from './transport.ts';

/** Told by the connection to its pool. */
export interface ConnectionOwner {
  readonly clock: Clock;
  readonly host: string;
  /** It can carry a request: it is connected, or the one before is answered. */
  onReady(connection: Http1Connection): void;
  /** It is gone. `unmade` when it never was connected: why not. */
  onGone(connection: Http1Connection, unmade: string | undefined): void;
}

export class Http1Connection implements AnswerSink {
  /** When it may not be used any more unless it was used before, in ns. */
  idleUntilNs = Infinity;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #idleNs: number;
  readonly #reader = new AnswerReader(this);
  readonly #buffer = new BodyBuffer();
  readonly #body = new AnswerBody();
  /** One for all requests: a closure for each would be garbage. */
  readonly #abandon = () => this.destroy();
  readonly #heads = new Map<string, { readonly stamp: SigningStamp; readonly text: string }>();
  #exchange: Exchange | undefined;
  #answerHead: AnswerHead | undefined;
  #connected = false;
  #gone = false;

  /**
   * @param connect makes the socket, whose bytes go to the given function (false stops reading)
   * @param idleNs for how long it may be unused and still be used again
   */
  constructor(
    owner: ConnectionOwner,
    connect: (onBytes: (bytes: Buffer) => boolean) => { readonly socket: Socket; readonly event: string },
    idleNs: number,
  ) {
    this.#owner = owner;
    this.#idleNs = idleNs;
    const { socket, event } = connect((bytes) => this.#received(bytes));
    this.#socket = socket;
    socket.once(event, () => this.#ready());
    socket.once('end', () => this.#ended());
    socket.once('error', (error) => this.#lose('cut', describe(error)));
    socket.once('close', () => this.#lose('cut', 'the connection was closed'));
  }

  /** What is under way. */
  get exchange(): Exchange | undefined {
    return this.#exchange;
  }

  /** Sends a request; the connection must be ready. */
  start(exchange: Exchange): void {
    const { request } = exchange;
    this.#exchange = exchange;
    exchange.abandon = this.#abandon;
    this.#reader.begin();
    this.#buffer.clear();
    request.write(this.#buffer);
    const { stamp, hex } = request.sign(this.#buffer.body);
    const end = `${hex}\r\ncontent-length: ${this.#buffer.bodyBytes}\r\n\r\n`;
    const bytes = this.#buffer.after(this.#headOf(request, stamp), end);
    exchange.sending();
    this.#socket.write(bytes);
  }

  /** Ends it; a request under way is `closed`. */
  destroy(): void {
    this.#lose('closed', 'the client was closed');
  }

  onHead(head: AnswerHead, length: number | undefined): void {
    this.#answerHead = head;
    const exchange = this.#exchange!;
    if (!exchange.streamed) {
      if (length !== undefined && length > BODY_BYTES_MAX) throw new Malformed(`an answer of ${length} bytes`);
      this.#body.begin(length);
      return;
    }
    const pieces = new PieceQueue({
      pause: () => this.#socket.pause(),
      resume: () => this.#socket.resume(),
      cancel: () => this.destroy(),
    });
    exchange.stream(head.status, head.contentType, pieces);
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    const { pieces } = this.#exchange!;
    if (pieces) pieces.push(Buffer.from(bytes.subarray(from, to)), this.#owner.clock.monotonicNs());
    else if (!this.#body.add(bytes, from, to)) throw new Malformed(`an answer of more than ${BODY_BYTES_MAX} bytes`);
  }

  /** Method, path and headers up to the signature: the same within a second. */
  #headOf(request: TransportRequest, stamp: SigningStamp): string {
    let head = this.#heads.get(request.target);
    if (head?.stamp !== stamp) {
      const token = stamp.token === undefined ? '' : `x-amz-security-token: ${stamp.token}\r\n`;
      const text =
        `POST / HTTP/1.1\r\nhost: ${this.#owner.host}\r\ncontent-type: ${request.contentType}\r\n` +
        `x-amz-date: ${stamp.date}\r\n${token}x-amz-target: ${request.target}\r\nauthorization: ${stamp.authorization}`;
      head = { stamp, text };
      this.#heads.set(request.target, head);
    }
    return head.text;
  }

  #ready(): void {
    if (this.#gone) return;
    this.#connected = true;
    this.#owner.onReady(this);
  }

  /** Reads what came; whether more may come. */
  #received(bytes: Buffer): boolean {
    if (this.#gone) return false;
    if (!this.#exchange) {
      this.#lose('malformed', 'bytes that nobody asked for');
      return false;
    }
    try {
      const used = this.#reader.read(bytes);
      if (this.#reader.done) this.#answered(used === bytes.length);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#lose('malformed', error.message);
    }
    return !this.#gone;
  }

  /** @param clean whether nothing followed the answer */
  #answered(clean: boolean): void {
    const exchange = this.#exchange!;
    const { status, contentType, reusable, idleS } = this.#answerHead!;
    this.#exchange = undefined;
    // An answer to a request that is not out yet: what is left of the request would be read as the next one.
    const reuse = reusable && clean && !exchange.streamed && this.#socket.writableLength === 0;
    if (!reuse) this.#end('the connection is not used again');
    const nowNs = this.#owner.clock.monotonicNs();
    if (exchange.streamed) exchange.pieces!.end({ kind: 'end', receivedNs: nowNs });
    else exchange.answer(status, contentType, this.#body.take(), nowNs);
    if (!reuse) return;
    // A server that tells when it hangs up is left a second earlier, so that no request meets its goodbye.
    const idleNs = Math.min(this.#idleNs, (idleS - 1) * 1e9);
    this.idleUntilNs = nowNs + idleNs;
    this.#owner.onReady(this);
  }

  #ended(): void {
    if (this.#gone || !this.#exchange) this.#lose('cut', 'the connection was closed');
    else if (this.#reader.end()) this.#answered(true);
    else this.#lose('cut', 'the connection was closed before the answer was complete');
  }

  #lose(reason: BrokenReason, message: string): void {
    if (this.#gone) return;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#end(message);
    if (exchange) exchange.fail(reason, message);
  }

  #end(message: string): void {
    this.#gone = true;
    this.#socket.destroy();
    this.#owner.onGone(this, this.#connected ? undefined : message);
  }
}
