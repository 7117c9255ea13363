/**
 * One HTTP/1.1 connection: requests in turn (a pipelined one waits for the answer before it), answers in one write where
 * they are small. Nothing is read while an answer is under way or unread by its client, so a client holds no more than one
 * request and one answer in memory.
 */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EndpointResponse, RequestHandler, StreamedBody } from '../endpoint.ts';
import { bodyless } from '../guard.ts';
import { Http1Reader, type Http1Request } from './http1-request.ts';
import type { Connection } from './slow-clients.ts';
import { sendStream } from './streamed-body.ts';
import { Share, type Traffic } from './traffic.ts';

/** Answers up to this size are sent in one piece with their head; larger ones are not copied. */
const JOINED_BYTES_MAX = 64 * 1024;
const nothing = new Uint8Array();

/** Serves a connection until one side ends it. `first` are the bytes that were read to recognise the protocol. */
export function serveHttp1(
  endpoint: RequestHandler,
  socket: Duplex,
  first: Buffer,
  bodyBytesMax: number,
  traffic: Traffic,
): Connection {
  const connection = new Http1Connection(endpoint, socket, bodyBytesMax, traffic);
  connection.push(first);
  return connection;
}

class Http1Connection implements Connection {
  readonly #endpoint: RequestHandler;
  readonly #socket: Duplex;
  readonly #traffic: Traffic;
  readonly #reader: Http1Reader;
  #busy = false;
  #ended = false;
  #closing = false;
  #progress = 0;

  constructor(endpoint: RequestHandler, socket: Duplex, bodyBytesMax: number, traffic: Traffic) {
    this.#endpoint = endpoint;
    this.#socket = socket;
    this.#traffic = traffic;
    this.#reader = new Http1Reader(bodyBytesMax, traffic);
    socket.once('close', () => this.#reader.drop());
    socket.on('data', (chunk: Buffer) => this.push(chunk));
    socket.on('end', () => this.#end());
    socket.on('drain', () => {
      this.#progress += 1;
      this.#next();
    });
  }

  get waitsForClient(): boolean {
    return this.#closing || this.#socket.writableLength > 0 || (!this.#busy && this.#reader.midway);
  }

  get progress(): number {
    return this.#progress;
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
    // What comes while an answer is under way stays with the client: the next request can wait.
    if (!this.#busy) this.#next();
    if (this.#busy || this.#socket.writableNeedDrain) this.#socket.pause();
  }

  expire(): void {
    if (!this.#closing && this.#socket.writableLength === 0) this.#refuse(408);
    else this.#socket.destroy();
  }

  #end(): void {
    this.#ended = true;
    this.#next();
  }

  /** Answers every request that is complete, as long as the client takes the answers. */
  #next(): void {
    while (!this.#busy && !this.#socket.destroyed && !this.#socket.writableNeedDrain) {
      const read = this.#reader.read();
      if (read === 'more') break;
      if (read === 'continue') this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
      else if ('refused' in read) this.#refuse(read.refused);
      else this.#answer(read);
    }
    if (this.#busy || this.#socket.destroyed) return;
    if (this.#ended && !this.#socket.writableNeedDrain) this.#socket.end();
    else if (this.#socket.isPaused() && !this.#socket.writableNeedDrain) this.#socket.resume();
  }

  #answer(request: Http1Request): void {
    this.#progress += 1;
    const { method, path, headers, rawHeaders, body } = request;
    if (typeof body === 'number') {
      const refused = bodyless({ method, path, headers }, body);
      this.#write(request, refused, body === 503 && request.keepAlive);
      return;
    }
    const answer = this.#endpoint.handle({ method, path, headers, body, ...(rawHeaders && { rawHeaders }) });
    if (!(answer instanceof Promise)) {
      this.#send(request, answer);
      return;
    }
    this.#busy = true;
    void answer.then((late) => {
      this.#busy = false;
      this.#send(request, late);
      this.#next();
      return undefined;
    });
  }

  #send(request: Http1Request, answer: EndpointResponse): void {
    if (this.#socket.destroyed) return;
    const { body } = answer;
    if (typeof body === 'function') this.#stream(request, answer, body);
    else this.#write(request, { ...answer, body }, request.keepAlive);
  }

  #write(request: Http1Request, answer: EndpointResponse & { body: Uint8Array }, keepAlive: boolean): void {
    const { method, chunksKnown } = request;
    const { status, headers, body } = answer;
    const shown = method === 'HEAD' ? 0 : body.length;
    const share = new Share(this.#traffic);
    if (!share.hold(shown)) {
      this.#write(request, { status: 503, headers: {}, body: nothing }, keepAlive);
      return;
    }
    // A client of HTTP/1.0 that is not told so waits for the end of the connection (RFC 9112, 9.3).
    const framing = !keepAlive ? 'connection: close\r\n' : chunksKnown ? '' : 'connection: keep-alive\r\n';
    // Neither has a body, and a length would be one that nobody means (RFC 9110, 8.6).
    const length = status === 204 || status === 304 ? '' : `content-length: ${body.length}\r\n`;
    const head = headOf(status, headers, this.#endpoint.clock.now(), `${length}${framing}`);
    if (shown <= JOINED_BYTES_MAX) {
      share.release();
      const whole = Buffer.allocUnsafe(head.length + shown);
      whole.write(head, 0, 'latin1');
      if (shown > 0) whole.set(body, head.length);
      this.#socket.write(whole);
    } else {
      this.#socket.write(head, 'latin1');
      this.#socket.write(body, () => share.release());
    }
    if (!keepAlive) this.#close();
  }

  #stream(request: Http1Request, { status, headers }: EndpointResponse, body: StreamedBody): void {
    const { chunksKnown, keepAlive } = request;
    const framing = chunksKnown ? 'transfer-encoding: chunked\r\n' : 'connection: close\r\n';
    this.#busy = true;
    this.#socket.write(headOf(status, headers, this.#endpoint.clock.now(), framing), 'latin1');
    const wrap = chunksKnown ? inChunk : (piece: Uint8Array) => piece;
    void sendStream(body, this.#socket, this.#traffic, wrap).then((whole) => {
      this.#busy = false;
      if (!whole) this.#socket.destroy();
      else if (chunksKnown) this.#socket.write('0\r\n\r\n', 'latin1');
      if (!chunksKnown || !keepAlive) this.#close();
      this.#next();
      return undefined;
    });
  }

  #refuse(status: number): void {
    const framing = 'content-length: 0\r\nconnection: close\r\n';
    this.#socket.write(headOf(status, {}, this.#endpoint.clock.now(), framing), 'latin1');
    this.#close();
  }

  /** No more requests: the answer under way is sent, and the rest of what the client says is not waited for. */
  #close(): void {
    this.#busy = true;
    this.#closing = true;
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('end');
    // A socket destroyed with bytes unread or unsent resets the connection, and the client would lose the answer: it goes by
    // itself when both sides have ended.
    this.#socket.resume();
    this.#socket.end();
  }
}

let dateSecond = -1;
let date = '';

function headOf(status: number, headers: Readonly<Record<string, string>>, nowMs: number, framing: string): string {
  const second = Math.floor(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  return `${head}date: ${date}\r\n${framing}\r\n`;
}

function inChunk(piece: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
}
