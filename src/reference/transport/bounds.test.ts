/** What a client can make the server hold is bounded, and large answers arrive whole. */
import { generateKeyPairSync, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Stream, connect as http2Connect } from 'node:http2';
import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { sleepFor, systemClock, NS_PER_MS } from '../../clock.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { startServer, type ReferenceServer } from '../server.ts';
import { makeCertificate } from './certificate.ts';
import { serveHttp1 } from './http1-connection.ts';
import { Http1Reader } from './http1-request.ts';
import { Traffic } from './traffic.ts';

const MIB = 1024 * 1024;
const whole = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}';

/** An endpoint whose answers are all of one size; counts them. */
function answering(bytes: number): { endpoint: Endpoint; readonly count: number } {
  const body = Buffer.alloc(bytes, 'x');
  const state = { count: 0 };
  const endpoint: Endpoint = {
    ...createEndpoint(),
    handle() {
      state.count += 1;
      return { status: 200, headers: {}, body };
    },
  };
  return {
    endpoint,
    get count() {
      return state.count;
    },
  };
}

async function bytesUntilEnd(socket: Duplex): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) bytes += (chunk as Buffer).length;
  return bytes;
}

function plain({ port }: ReferenceServer) {
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
}

test('a client that sends and never reads is not read from, until it does', async () => {
  const answers = answering(1000);
  let taken: (() => void) | undefined;
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => (taken = done), highWaterMark: 100 });
  serveHttp1(answers.endpoint, socket, Buffer.from(whole.repeat(3)), MIB, new Traffic());
  expect([answers.count, socket.isPaused()]).toEqual([1, true]);
  for (const count of [2, 3, 3]) {
    taken!();
    await sleepFor(systemClock, NS_PER_MS);
    expect(answers.count).toBe(count);
  }
  expect(socket.isPaused()).toBe(false);
});

test.each(['plain', 'TLS'])('a client that ends its side gets the whole of a large answer: %s', async (kind) => {
  const bytes = 64 * MIB;
  await using server = await startServer(answering(bytes).endpoint);
  for (const more of ['', 'connection: close\r\n']) {
    const options = { port: server.port, host: '127.0.0.1', ca: await server.certificate(), allowHalfOpen: true };
    const socket = kind === 'plain' ? plain(server) : tlsConnect(options);
    await once(socket, kind === 'plain' ? 'connect' : 'secureConnect');
    socket.end(whole.replace('\r\n\r\n', `\r\n${more}\r\n`));
    await sleepFor(systemClock, 20 * NS_PER_MS);
    expect(await bytesUntilEnd(socket)).toBeGreaterThan(bytes);
  }
});

test('answers of 14 MiB side by side on one HTTP/2 connection, asked for while others are not read yet', async () => {
  const bytes = 14 * MIB;
  await using server = await startServer(answering(bytes).endpoint);
  const session = http2Connect(server.url);
  const streams: ClientHttp2Stream[] = [];
  for (let wave = 0; wave < 4; wave += 1) {
    const asked = Array.from({ length: 2 }, () => session.request({ ':method': 'POST' }).end('{}'));
    await Promise.all(asked.map((stream) => once(stream, 'response')));
    streams.push(...asked);
  }
  expect(await Promise.all(streams.map(bytesUntilEnd))).toEqual(streams.map(() => bytes));
  session.destroy();
});

test('a body in small pieces takes little more than it holds, and is the same', () => {
  const reader = new Http1Reader(20 * MIB);
  reader.push(Buffer.from(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${MIB}\r\n\r\n`));
  expect(reader.read()).toBe('more');
  const before = process.memoryUsage().arrayBuffers;
  for (let at = 0; at < MIB - 1; at += 1) {
    // A piece of a large block, as a socket brings it.
    reader.push(
      Buffer.allocUnsafeSlow(64)
        .subarray(0, 1)
        .fill(at % 251),
    );
    reader.read();
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * MIB);
  reader.push(Buffer.from([7]));
  const read = reader.read();
  if (typeof read === 'string' || 'refused' in read || typeof read.body === 'number') throw new Error('no body');
  expect(read.body.length).toBe(MIB);
  expect(read.body.every((byte, at) => byte === (at === MIB - 1 ? 7 : at % 251))).toBe(true);
});

test('pieces of all sizes come together in their order, in chunks and without', () => {
  const body = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7) % 256));
  for (const sizes of [[1, 5000, 3], [4096, 4095], [70_000], [17]]) {
    const reader = new Http1Reader(20 * MIB);
    reader.push(Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'));
    for (let at = 0, turn = 0; at < body.length; turn += 1) {
      const piece = body.subarray(at, at + sizes[turn % sizes.length]!);
      at += piece.length;
      reader.push(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
      expect(reader.read()).toBe('more');
    }
    reader.push(Buffer.from('0\r\n\r\n'));
    expect(reader.read()).toMatchObject({ body });
  }
});

test('a body in more chunks than anyone needs is refused', () => {
  const reader = new Http1Reader(20 * MIB);
  reader.push(Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'));
  reader.push(Buffer.from('1\r\nx\r\n'.repeat(200_000)));
  expect(reader.read()).toBe('more');
  reader.push(Buffer.from('1\r\nx\r\n'));
  expect(reader.read()).toEqual({ refused: 400 });
});

test.each([
  ['two hosts', 'host: a\r\nhost: b\r\n'],
  ['the same host twice', 'Host: a\r\nhost: a\r\n'],
  ['no host', ''],
])('%s: refused', (_name, lines) => {
  const reader = new Http1Reader(MIB);
  reader.push(Buffer.from(`POST / HTTP/1.1\r\n${lines}content-length: 0\r\n\r\n`));
  expect(reader.read()).toEqual({ refused: 400 });
});

test('a key that TLS finds too weak, or that is of another certificate, is refused at the start', async () => {
  const { cert } = await makeCertificate('127.0.0.1');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(createPrivateKey(key).asymmetricKeyType).toBe('ec');
  await expect(startServer(createEndpoint(), { certificate: { cert, key } })).rejects.toThrow('does not belong');
  const { generate } = await import('selfsigned');
  const weak = await generate([{ name: 'commonName', value: 'weak' }], { keySize: 1024, algorithm: 'sha256' });
  const certificate = { cert: weak.cert, key: weak.private };
  await expect(startServer(createEndpoint(), { certificate })).rejects.toThrow(/TLS key cannot be used: .*too small/);
});
