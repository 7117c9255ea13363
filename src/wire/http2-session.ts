/**
 * One HTTP/2 session and its streams. How a stream ended decides what became of its request: a refused stream, or one beyond
 * the last that a GOAWAY names, was not worked on (RFC 9113, 6.8 and 8.7); any other reset leaves it open.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Clock } from '../clock.ts';
import { AnswerBody, BODY_BYTES_MAX } from './answer-body.ts';
import { BodyBuffer } from './body-buffer.ts';
import type { Exchange } from './exchange.ts';
import { PieceQueue } from './piece-queue.ts';
import { describe, type Sockets } from './socket.ts';
import { headersOf } from './transport.ts';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** What the other side may send on a stream, and on all together, before it is told to go on. */
const STREAM_WINDOW_BYTES = 2 ** 20;
const SESSION_WINDOW_BYTES = 2 ** 25;

/** Told by the session to its pool. */
export interface SessionOwner {
  readonly clock: Clock;
  readonly url: URL;
  /** It is connected, or a stream of it is over: it may take another request. */
  onRoom(session: Http2Session): void;
  /** It takes no more requests. `unmade` when it never was connected: why not. */
  onGone(session: Http2Session, unmade: string | undefined): void;
}

interface Goaway {
  readonly code: number;
  readonly lastStreamId: number;
}

export class Http2Session {
  /** Until when it may be unused and still be used, in ns. */
  idleUntilNs = Infinity;
  readonly #owner: SessionOwner;
  readonly #session: ClientHttp2Session;
  readonly #streamsMax: number;
  readonly #exchanges: Exchange[] = [];
  readonly #buffer = new BodyBuffer();
  #connected = false;
  #gone = false;
  #trouble: Error | undefined;
  #goaway: Goaway | undefined;

  constructor(owner: SessionOwner, sockets: Sockets, streamsMax: number) {
    this.#owner = owner;
    this.#streamsMax = streamsMax;
    const { socket } = sockets.connect();
    // A server that chose another protocol would take the preface of HTTP/2 for a request.
    socket.once('secureConnect', () => {
      if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2')
        socket.destroy(new Error('the server does not speak HTTP/2'));
    });
    this.#session = connect(owner.url, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    // What the server allows is known with its settings, which come first.
    this.#session.once('remoteSettings', () => {
      this.#connected = true;
      this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES);
      this.#owner.onRoom(this);
    });
    this.#session.once('goaway', (code, lastStreamId) => {
      this.#goaway = { code, lastStreamId };
      this.#leave();
    });
    this.#session.once('error', (error) => {
      this.#trouble ??= error;
      this.#leave();
    });
    this.#session.once('close', () => this.#leave());
  }

  get hasRoom(): boolean {
    return this.#connected && !this.#gone && this.#exchanges.length < this.#roomMax;
  }

  /** Streams under way. */
  get load(): number {
    return this.#exchanges.length;
  }

  /** What is under way. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Opens a stream for the request; there must be room. */
  start(exchange: Exchange): void {
    const { request } = exchange;
    exchange.slot = this.#exchanges.push(exchange) - 1;
    this.#buffer.clear();
    request.write(this.#buffer);
    const headers = headersOf(request, request.sign(this.#buffer.body));
    // A copy: the stream keeps what it was given until it is written.
    const body = Buffer.from(this.#buffer.body);
    exchange.sending();
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request({ ':method': 'POST', ':path': '/', ...headers, 'content-length': body.length });
    } catch (error) {
      this.#remove(exchange);
      exchange.fail('session', describe(error as Error), false);
      return;
    }
    exchange.abandon = () => stream.close(NGHTTP2_CANCEL);
    this.#follow(exchange, stream);
    stream.end(body);
  }

  destroy(): void {
    for (const exchange of this.#exchanges) exchange.fail('closed', 'the client was closed');
    this.#leave();
    this.#session.destroy();
  }

  get #roomMax(): number {
    return Math.min(this.#streamsMax, this.#session.remoteSettings.maxConcurrentStreams ?? Infinity);
  }

  #follow(exchange: Exchange, stream: ClientHttp2Stream): void {
    const body = new AnswerBody();
    body.begin(undefined);
    let head: IncomingHttpHeaders | undefined;
    let complete = false;
    stream.once('response', (headers) => {
      head = headers;
      if (exchange.streamed) this.#stream(exchange, stream, headers);
    });
    stream.on('data', (chunk: Buffer) => {
      if (exchange.pieces) exchange.pieces.push(chunk, this.#owner.clock.monotonicNs());
      else if (!body.add(chunk, 0, chunk.length)) {
        exchange.fail('malformed', `an answer of more than ${BODY_BYTES_MAX} bytes`);
        stream.close(NGHTTP2_CANCEL);
      }
    });
    stream.once('end', () => {
      // The end of an answer that was cut off by a reset comes as an end too.
      if (!head || stream.rstCode !== NGHTTP2_NO_ERROR || stream.aborted || stream.destroyed) return;
      complete = true;
      if (exchange.pieces) exchange.pieces.end({ kind: 'end', receivedNs: this.#owner.clock.monotonicNs() });
      else exchange.answer(statusOf(head), typeOf(head), body.take(), this.#owner.clock.monotonicNs());
    });
    let trouble: Error | undefined;
    stream.once('error', (error) => (trouble = error));
    stream.once('close', () => {
      if (!complete) this.#broken(exchange, stream, trouble);
      this.#remove(exchange);
      if (!this.#gone) this.#owner.onRoom(this);
    });
  }

  #remove(exchange: Exchange): void {
    const last = this.#exchanges.pop()!;
    if (last === exchange) return;
    last.slot = exchange.slot;
    this.#exchanges[last.slot] = last;
  }

  #stream(exchange: Exchange, stream: ClientHttp2Stream, headers: IncomingHttpHeaders): void {
    const pieces = new PieceQueue({
      pause: () => void stream.pause(),
      resume: () => void stream.resume(),
      cancel: () => stream.close(NGHTTP2_CANCEL),
    });
    exchange.stream(statusOf(headers), typeOf(headers), pieces);
  }

  #broken(exchange: Exchange, stream: ClientHttp2Stream, trouble = this.#trouble): void {
    const { rstCode } = stream;
    const id = stream.id ?? 0;
    const goaway = this.#goaway;
    if (goaway) {
      const maybe = id !== 0 && id <= goaway.lastStreamId && rstCode !== NGHTTP2_REFUSED_STREAM;
      exchange.fail('goaway', `GOAWAY with code ${goaway.code} after stream ${goaway.lastStreamId}`, maybe);
    } else if (rstCode === NGHTTP2_REFUSED_STREAM) exchange.fail('refused-stream', 'the stream was refused', false);
    else if (!this.#session.destroyed && !this.#session.closed)
      exchange.fail('reset-stream', `the stream was reset with code ${rstCode}`);
    else
      exchange.fail(isOfHttp2(trouble) ? 'session' : 'cut', trouble ? describe(trouble) : 'the connection was closed');
  }

  /** Takes no more requests; streams under way go on as long as the session does. */
  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    const unmade = this.#connected ? undefined : describe(this.#trouble ?? new Error('the connection was closed'));
    this.#owner.onGone(this, unmade);
  }
}

/** Whether the protocol was broken, not the connection. */
function isOfHttp2(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && String(error.code).startsWith('ERR_HTTP2');
}

function statusOf(headers: IncomingHttpHeaders): number {
  return Number(headers[':status'] ?? 0);
}

function typeOf(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').toLowerCase();
}
