/**
 * Receivers on ports of 127.0.0.1. Between the reservation of a port and its use somebody else may take it: whoever wants to listen
 * then is told. Bodies are held whole, up to what Data Firehose sends at the most.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { type Ask, jsonAnswer, type Receive, type ReceiverAnswer, type Receivers } from './receiver.ts';

const HOST = '127.0.0.1';
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;
/** Of one request: 64 MiB of records in base64, and what stands around them. */
const BODY_BYTES_MAX = 96 * 2 ** 20;
/** A question has its answer by then, in ms. */
const ANSWER_MS = 10_000;

/** Receivers over HTTP/1.1. */
export function socketReceivers(): Receivers {
  return {
    reachableFrom: (hostname) => LOOPBACK.test(hostname),
    reserve,
    async listen(origin, receive) {
      const server = createHttpServer((request, response) => void answer(request, response, receive));
      const port = Number(new URL(origin).port);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, HOST, resolve);
      });
      return () => close(server);
    },
    ask,
    asksOthers: true,
  };
}

/** Follows no redirect: whoever was named is asked, and nobody else. */
const ask: Ask = async ({ method, url, headers, body }) => {
  const given = body.length === 0 ? {} : { body: new Uint8Array(body) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(url, { method, headers, redirect: 'error', signal, ...given });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
};

function reserve(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(`http://${HOST}:${port}`));
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, receive: Receive): Promise<void> {
  const body = await read(request);
  if (body === 'cut') return;
  const { method = 'GET', url = '/', headers } = request;
  const single = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const given: ReceiverAnswer =
    body === 'too-large' ? jsonAnswer(413, {}) : receive({ method, path: url, headers: single, body });
  response.writeHead(given.status, { ...given.headers, 'content-length': given.body.length });
  response.end(given.body);
}

async function read(request: IncomingMessage): Promise<Buffer | 'cut' | 'too-large'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      const part: Buffer = chunk;
      bytes += part.length;
      if (bytes > BODY_BYTES_MAX) return 'too-large';
      chunks.push(part);
    }
  } catch {
    return 'cut';
  }
  return Buffer.concat(chunks);
}
