/**
 * HTTP/2, by Node's own server: many requests side by side on one connection. Node and nghttp2 keep floods in bounds (rapid
 * resets, settings, pings, header blocks, frames without data); a body is read as far as its flow-control window allows.
 */
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Endpoint, EndpointResponse } from '../endpoint.ts';
import type { SlowClients } from './slow-clients.ts';
import { sendStream } from './streamed-body.ts';

/** Streams of one connection at once: enough for every client known, few enough to be held in memory. */
const STREAMS_MAX = 1000;
const HEADER_PAIRS_MAX = 128;
/** What one connection may hold of answers that its client has not read, in MB; a GetRecords answer can have 14. */
const SESSION_MEMORY_MB = 256;

/** A server without a port of its own: connections are emitted on it. */
export function http2Requests(endpoint: Endpoint, slow: SlowClients, bodyBytesMax: number): Http2Server {
  const server = createServer({
    maxHeaderListPairs: HEADER_PAIRS_MAX,
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: { maxConcurrentStreams: STREAMS_MAX, enablePush: false },
  });
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => session.destroy()));
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers, _flags, rawHeaders: string[]) => {
    stream.on('error', () => stream.destroy());
    const watched = {
      get waitsForClient() {
        return !stream.readableEnded || stream.writableLength > 0;
      },
      progress: 0,
      expire: () => stream.close(),
    };
    slow.add(watched);
    stream.on('drain', () => (watched.progress += 1));
    stream.once('close', () => slow.delete(watched));
    read(stream, bodyBytesMax, (body) => {
      watched.progress += 1;
      void answer(endpoint, stream, { headers, rawHeaders, body });
    });
  });
  return server;
}

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer | undefined;
}

async function answer(endpoint: Endpoint, stream: ServerHttp2Stream, received: Received): Promise<void> {
  const { headers, rawHeaders, body } = received;
  const { status, headers: fields, body: content } = await answerTo(endpoint, { headers, rawHeaders, body });
  if (stream.destroyed || stream.closed) return;
  const date = new Date(endpoint.clock.now()).toUTCString();
  if (typeof content === 'function') {
    stream.respond({ ':status': status, ...fields, date });
    if (await sendStream(content, stream)) stream.end();
    else stream.close();
    return;
  }
  stream.respond({ ':status': status, ...fields, date, 'content-length': content.length });
  stream.end(content);
}

async function answerTo(endpoint: Endpoint, { headers, rawHeaders, body }: Received): Promise<EndpointResponse> {
  if (!body) return { status: 413, headers: {}, body: new Uint8Array() };
  const method = String(headers[':method']);
  const path = String(headers[':path'] ?? '/');
  return endpoint.handle({ method, path, headers, rawHeaders, body });
}

/** The whole body; what exceeds the cap is read to its end and thrown away. A stream that breaks off is never done. */
function read(stream: ServerHttp2Stream, bytesMax: number, done: (body: Buffer | undefined) => void): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else chunks = [];
  });
  stream.once('end', () => {
    if (stream.destroyed || stream.aborted) return;
    done(bytes > bytesMax ? undefined : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  });
}
