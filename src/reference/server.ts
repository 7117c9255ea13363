/**
 * The sockets of the embedded endpoint, and nothing else: one port that speaks HTTP/1.1 and HTTP/2 without TLS. The first
 * bytes of a connection say which: the AWS SDK for JavaScript speaks HTTP/2 to Kinesis with prior knowledge even on plain
 * http, most other clients HTTP/1.1. The socket is then handed to Node's own server for that protocol.
 */
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createNet, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NS_PER_S, sleepFor } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import type { Endpoint, EndpointRequest, EndpointResponse, StreamedBody } from './endpoint.ts';

/** 10 MiB of records are 13.4 MiB of base64; keys and names come on top. A larger body is answered with 413. */
const BODY_BYTES_MAX = 20 * 1024 * 1024;
/** A connection that has not said a word for so long is closed. */
const FIRST_BYTES_WAIT_NS = 60 * NS_PER_S;
/** How a connection begins that speaks HTTP/2 with prior knowledge (RFC 9113, 3.4); no HTTP/1.1 method begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Where to listen. */
export interface ServerOptions {
  /** 127.0.0.1 by default. Whoever asks for another interface opens an endpoint that accepts any key to others. */
  readonly host?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
}

/** A listening endpoint. */
export interface ReferenceServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Stops listening and ends every connection; resolves when all are closed. */
  close(): Promise<void>;
}

/** Listens. Rejects with an OperatorError when the port is taken or the host is not of this machine. */
export async function startServer(endpoint: Endpoint, options: ServerOptions = {}): Promise<ReferenceServer> {
  const host = options.host ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  const handOver = handlers(endpoint);
  const net = createNet({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    recognise(socket, endpoint, closing.signal, handOver);
  });
  await new Promise<void>((resolve, reject) => {
    net.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, options.port)));
    net.listen(options.port ?? 0, host, resolve);
  });
  const address = net.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    closing.abort();
    const closed = new Promise<void>((resolve) => net.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${port}`, host, port, close, [Symbol.asyncDispose]: close };
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port = 0): unknown {
  if (error.code === 'EADDRINUSE') {
    return new OperatorError(`port ${port} on ${host} is in use`, {
      code: 'port-in-use',
      hint: 'Choose another port, leave the port out for a free one, or stop what listens there.',
      cause: error,
    });
  }
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EACCES' && error.code !== 'ENOTFOUND') return error;
  return new OperatorError(`cannot listen on ${host}:${port}: ${error.message}`, {
    code: 'cannot-listen',
    hint: 'Use a host of this machine (127.0.0.1 by default) and a port that you may open.',
    cause: error,
  });
}

type HandOver = (protocol: 'h1' | 'h2', socket: Socket) => void;

/** Reads until the first bytes tell the protocol, puts them back, and hands the socket over. */
function recognise(socket: Socket, { clock }: Endpoint, closing: AbortSignal, handOver: HandOver): void {
  const decided = new AbortController();
  let seen: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    }
    const compared = Math.min(seen.length, PREFACE.length);
    const asPreface = compared > 0 && seen.subarray(0, compared).equals(PREFACE.subarray(0, compared));
    if (seen.length === 0 || (asPreface && compared < PREFACE.length)) return;
    finish();
    socket.unshift(seen);
    handOver(asPreface ? 'h2' : 'h1', socket);
  };
  // A peer that ends before it has asked anything gets no answer.
  const onEnd = () => {
    finish();
    socket.destroy();
  };
  const finish = () => {
    decided.abort();
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
  };
  socket.on('readable', onReadable);
  socket.on('end', onEnd);
  socket.once('close', () => decided.abort());
  void sleepFor(clock, FIRST_BYTES_WAIT_NS, AbortSignal.any([decided.signal, closing])).then(() => {
    if (!decided.signal.aborted) socket.destroy();
    return undefined;
  });
}

function handlers(endpoint: Endpoint): HandOver {
  const http1 = createHttp1({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void answerHttp1(endpoint, request, response);
  });
  http1.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  const http2 = createHttp2();
  http2.on('session', (session: ServerHttp2Session) => session.on('error', () => session.destroy()));
  http2.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => stream.destroy());
    void answerHttp2(endpoint, stream, headers);
  });
  return (protocol, socket) => (protocol === 'h1' ? http1 : http2).emit('connection', socket);
}

async function answerHttp1(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => response.destroy());
  const body = await read(request);
  if (body === 'aborted') return;
  const answer = await answerTo(endpoint, body, {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
  });
  if (response.destroyed) return;
  if (typeof answer.body === 'function') {
    response.writeHead(answer.status, answer.headers);
    await sendStream(answer.body, response);
    return;
  }
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': answer.body.length,
    ...(body === 'too large' ? { connection: 'close' } : {}),
  });
  response.end(answer.body);
}

async function answerHttp2(
  endpoint: Endpoint,
  http2: ServerHttp2Stream,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<void> {
  const body = await read(http2);
  if (body === 'aborted') return;
  const answer = await answerTo(endpoint, body, {
    method: String(headers[':method']),
    path: String(headers[':path'] ?? '/'),
    headers,
  });
  if (http2.destroyed || http2.closed) return;
  if (typeof answer.body === 'function') {
    http2.respond({ ':status': answer.status, ...answer.headers });
    await sendStream(answer.body, http2);
    return;
  }
  http2.respond({ ':status': answer.status, ...answer.headers, 'content-length': answer.body.length });
  http2.end(answer.body);
}

/** Sends a body while it is made, as fast as the peer takes it, until its end or the peer's. */
async function sendStream(body: StreamedBody, sink: Writable): Promise<void> {
  const gone = new AbortController();
  sink.once('close', () => gone.abort());
  try {
    await pipeline(body(gone.signal), sink);
  } catch {
    // The peer has left, or the body broke off: either way the answer cannot be completed.
    sink.destroy();
  }
}

async function answerTo(
  endpoint: Endpoint,
  body: Uint8Array | 'too large',
  request: Omit<EndpointRequest, 'body'>,
): Promise<EndpointResponse> {
  if (body === 'too large') return { status: 413, headers: {}, body: new Uint8Array() };
  return endpoint.handle({ ...request, body });
}

/** The whole body; what exceeds the cap is read to its end and thrown away, so that the client hears the answer. */
function read(source: Readable): Promise<Uint8Array | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
      else chunks.length = 0;
    });
    source.once('end', () => {
      if (bytes > BODY_BYTES_MAX) resolve('too large');
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    source.once('error', () => resolve('aborted'));
    source.once('close', () => resolve('aborted'));
  });
}
