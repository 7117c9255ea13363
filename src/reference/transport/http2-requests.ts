/**
 * HTTP/2, by Node's own server: many requests side by side on one connection. Node and nghttp2 keep floods in bounds (rapid
 * resets, settings, pings, header blocks, frames without data); a body is read as far as its flow-control window allows.
 */
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { EndpointResponse, RequestHandler } from '../endpoint.ts';
import { bodyless } from '../guard.ts';
import { BodyParts, type WholeBody } from './body-parts.ts';
import type { Connection, SlowClients } from './slow-clients.ts';
import { sendStream } from './streamed-body.ts';
import { Share, type Traffic } from './traffic.ts';

/** Streams of one connection at once: enough for every client known, few enough to be held in memory. */
const STREAMS_MAX = 1000;
const HEADER_PAIRS_MAX = 128;
/** What one connection may hold of answers that its client has not read, in MB; a GetRecords answer can have 14. */
const SESSION_MEMORY_MB = 256;

/** Takes the connections that speak HTTP/2. */
export function http2Requests(
  endpoint: RequestHandler,
  slow: SlowClients,
  bodyBytesMax: number,
  traffic: Traffic,
): (socket: Duplex) => void {
  const server = createServer({
    maxHeaderListPairs: HEADER_PAIRS_MAX,
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: { maxConcurrentStreams: STREAMS_MAX, enablePush: false },
  });
  const sessions = new WeakMap<object, SessionWatch>();
  let accepted: Duplex;
  server.on('session', (session: ServerHttp2Session) => {
    session.on('error', () => session.destroy());
    const watch = new SessionWatch(session, accepted);
    sessions.set(session, watch);
    slow.add(watch);
    session.once('close', () => slow.delete(watch));
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers, _flags, rawHeaders: string[]) => {
    stream.on('error', () => stream.destroy());
    const exchange = new Exchange(stream, stream.session && sessions.get(stream.session), slow);
    read(stream, new BodyParts(bodyBytesMax, traffic), (body) => {
      exchange.progress += 1;
      void answer(endpoint, exchange, { headers, rawHeaders, body }, traffic);
    });
  });
  return (socket) => {
    // Its session is told of before `emit` returns.
    accepted = socket;
    server.emit('connection', socket);
  };
}

/** One request with its answer. */
class Exchange implements Connection {
  readonly stream: ServerHttp2Stream;
  progress = 0;
  readonly #session: SessionWatch | undefined;
  readonly #slow: SlowClients;
  #unwritten = 0;

  constructor(stream: ServerHttp2Stream, session: SessionWatch | undefined, slow: SlowClients) {
    this.stream = stream;
    this.#session = session;
    this.#slow = slow;
    slow.add(this);
    stream.on('drain', () => (this.progress += 1));
    stream.once('close', () => this.#over());
  }

  get waitsForClient(): boolean {
    const { stream } = this;
    return this.#unwritten > 0 || (!stream.closed && (!stream.readableEnded || stream.writableLength > 0));
  }

  /** Sends a whole body; `taken` is called when the client has taken it, or is gone. */
  send(body: Uint8Array, taken: () => void): void {
    this.#unwritten += 1;
    // A stream is closed as soon as its windows let everything pass; whether the socket took it is another matter.
    this.stream.write(body, () => {
      this.#unwritten -= 1;
      taken();
      if (this.stream.closed) this.#over();
    });
    this.stream.end();
  }

  expire(): void {
    this.#session?.ask();
    // Without an error code Node would wait for the client to read the answer first.
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  #over(): void {
    if (this.#unwritten === 0) this.#slow.delete(this);
  }
}

/**
 * A session some of whose requests were given up. Its client may take others, or nothing at all off its socket, not even the
 * news of that: it is asked for a sign of life, and has the same time again for it.
 */
class SessionWatch implements Connection {
  readonly progress = 0;
  waitsForClient = false;
  readonly #session: ServerHttp2Session;
  readonly #socket: Duplex;

  constructor(session: ServerHttp2Session, socket: Duplex) {
    this.#session = session;
    this.#socket = socket;
  }

  /** Asks for a sign of life, unless that was done already. */
  ask(): void {
    if (this.waitsForClient || this.#session.destroyed) return;
    this.waitsForClient = this.#session.ping(() => {
      this.waitsForClient = false;
    });
  }

  expire(): void {
    // A session that is destroyed waits until what it has written is read, as long as that takes.
    this.#socket.destroy();
  }
}

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: WholeBody;
}

async function answer(
  endpoint: RequestHandler,
  exchange: Exchange,
  received: Received,
  traffic: Traffic,
): Promise<void> {
  const { stream } = exchange;
  const { headers, rawHeaders, body } = received;
  const { status, headers: fields, body: content } = await answerTo(endpoint, { headers, rawHeaders, body });
  if (stream.destroyed || stream.closed) return;
  const date = new Date(endpoint.clock.now()).toUTCString();
  if (typeof content === 'function') {
    stream.respond({ ':status': status, ...fields, date });
    if (await sendStream(content, stream, traffic)) stream.end();
    else stream.close();
    return;
  }
  // Neither has a body, and a length would be one that nobody means (RFC 9110, 8.6).
  const length = status === 204 || status === 304 ? {} : { 'content-length': content.length };
  // Whoever asks for the head alone is told how long the rest would be.
  if (headers[':method'] === 'HEAD' || content.length === 0) {
    stream.respond({ ':status': status, ...fields, date, ...length }, { endStream: true });
    return;
  }
  const share = new Share(traffic);
  if (!share.hold(content.length)) {
    stream.respond({ ':status': 503, date, 'content-length': 0 }, { endStream: true });
    return;
  }
  stream.respond({ ':status': status, ...fields, date, ...length });
  exchange.send(content, () => share.release());
}

async function answerTo(endpoint: RequestHandler, { headers, rawHeaders, body }: Received): Promise<EndpointResponse> {
  const method = String(headers[':method']);
  const path = String(headers[':path'] ?? '/');
  if (typeof body === 'number') return bodyless({ method, path, headers }, body);
  return endpoint.handle({ method, path, headers, rawHeaders, body });
}

/** The whole body; what cannot be kept is read to its end and thrown away. A stream that breaks off is never done. */
function read(stream: ServerHttp2Stream, parts: BodyParts, done: (body: WholeBody) => void): void {
  let first: Buffer | undefined;
  let chunks = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks += 1;
    // Most bodies are one chunk, which need not be copied.
    if (chunks === 1) {
      first = chunk;
      return;
    }
    if (first) parts.add(first, false);
    first = undefined;
    parts.add(chunk, false);
  });
  stream.once('close', () => parts.drop());
  stream.once('end', () => {
    if (stream.destroyed || stream.aborted) return;
    if (first) parts.add(first, true);
    done(parts.take());
  });
}
