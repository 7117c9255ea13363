/**
 * Clients that do what they should not. Each case ends with another client being served, and with no connection left.
 */
import { once } from 'node:events';
import { connect as http2Connect, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { sleepFor, systemClock, NS_PER_MS } from '../../clock.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { startServer, type ReferenceServer } from '../server.ts';

const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'Kinesis_20131202.ListStreams',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
};
const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
const request = (more: string, body: string) => `POST / HTTP/1.1\r\nhost: x\r\n${lines.join('')}${more}\r\n${body}`;
const whole = request('content-length: 2\r\n', '{}');

async function open(server: ReferenceServer): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Everything a socket says until it ends. */
async function told(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  return text;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.monotonicNs() + 20_000 * NS_PER_MS;
  while (!holds() && systemClock.monotonicNs() < deadline) await sleepFor(systemClock, 5 * NS_PER_MS);
  expect(holds()).toBe(true);
}

/** Another client is served by HTTP/1.1 and by HTTP/2, and nothing is left open. */
async function unharmed(server: ReferenceServer): Promise<void> {
  const socket = await open(server);
  socket.write(request('content-length: 2\r\nconnection: close\r\n', '{}'));
  expect(await told(socket)).toMatch(/^HTTP\/1.1 200 /);
  socket.destroy();
  const session = http2Connect(server.url);
  const stream = session.request({ ':method': 'POST', ...headers });
  stream.end('{}');
  const [answer] = await once(stream, 'response');
  expect(answer[':status']).toBe(200);
  session.destroy();
  await until(() => server.connections === 0);
}

test('a client of HTTP/1.0 that asks to keep its connection is told that it is kept; the next one is not', async () => {
  await using server = await startServer(createEndpoint());
  const socket = await open(server);
  const old = (more: string) => request(`content-length: 2\r\n${more}`, '{}').replace('HTTP/1.1', 'HTTP/1.0');
  socket.write(old('connection: keep-alive\r\n') + old(''));
  const [first, second] = (await told(socket)).split('HTTP/1.1 200').slice(1);
  expect(first).toContain('\r\nconnection: keep-alive\r\n');
  expect(second).toContain('\r\nconnection: close\r\n');
});

test.each<[string, string, RegExp]>([
  ['a request that is none', 'hello there\r\n\r\n', /^HTTP\/1.1 400 /],
  ['two framings', request('content-length: 2\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'), /^HTTP\/1.1 400 /],
  ['a head without end', `POST / HTTP/1.1\r\n${'x'.repeat(50_000)}`, /^HTTP\/1.1 431 /],
  ['a body shorter than it says', request('content-length: 20\r\n', '{}'), /^$/],
  ['JSON of a million brackets', request('content-length: 1000000\r\n', '['.repeat(1_000_000)), /^HTTP\/1.1 400 /],
])('%s: refused or closed', async (_name, text, expected) => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const socket = await open(server);
  const said = told(socket);
  socket.end(text);
  expect(await said).toMatch(expected);
  socket.destroy();
  await unharmed(server);
});

test('pipelined requests are answered in their order, the last one before the connection ends', async () => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const socket = await open(server);
  const said = told(socket);
  const unknown = whole.replace('ListStreams', 'NoSuchThing');
  socket.write(whole.repeat(50) + unknown + whole);
  socket.end();
  const statuses = [...(await said).matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => Number(status));
  expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), 400, 200]);
  await unharmed(server);
});

test('two thousand idle connections', async () => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const sockets = await Promise.all(Array.from({ length: 2000 }, () => open(server)));
  for (const socket of sockets.slice(0, 1000)) socket.write(whole);
  await Promise.all(sockets.slice(0, 1000).map((socket) => once(socket, 'data')));
  await until(() => server.connections === 2000);
  for (const socket of sockets) socket.destroy();
  await unharmed(server);
});

test('who keeps the server waiting is let go: silent, within a head, within a body, before an answer is read', async () => {
  const big: Endpoint = {
    ...createEndpoint(),
    handle: () => ({ status: 200, headers: {}, body: Buffer.alloc(64 * 1024 * 1024) }),
  };
  await using server = await startServer(big, { patienceS: 0.2 });
  const silent = await open(server);
  const head = await open(server);
  head.write('POST / HTTP/1.1\r\n');
  const body = await open(server);
  body.write(request('content-length: 20\r\n', '{}'));
  const deaf = await open(server);
  deaf.pause();
  deaf.write(whole);
  const said = [told(head), told(body)];
  await told(silent);
  for (const text of said) expect(await text).toMatch(/^HTTP\/1.1 408 /);
  for (const socket of [silent, head, body]) socket.destroy();
  await until(() => server.connections === 0);
  deaf.destroy();
});

test('who reads no answers and asks on holds one answer, not a thousand', async () => {
  let asked = 0;
  const counting: Endpoint = {
    ...createEndpoint(),
    handle: () => ({ status: 200, headers: { n: String((asked += 1)) }, body: Buffer.alloc(8 * 1024 * 1024) }),
  };
  await using server = await startServer(counting);
  const socket = await open(server);
  socket.pause();
  socket.write(whole.repeat(1000));
  await until(() => asked >= 1);
  await sleepFor(systemClock, 100 * NS_PER_MS);
  expect(asked).toBeLessThan(10);
  socket.destroy();
  await until(() => server.connections === 0);
});

test('a stream is made as fast as it is read, and not after its reader has left', async () => {
  let pieces = 0;
  let ended = 0;
  const endless: Endpoint = {
    ...createEndpoint(),
    handle: () => ({
      status: 200,
      headers: {},
      body: async function* (signal) {
        try {
          while (!signal.aborted) {
            pieces += 1;
            yield Buffer.alloc(64 * 1024, pieces % 256);
          }
        } finally {
          ended += 1;
        }
      },
    }),
  };
  await using server = await startServer(endless);
  const socket = await open(server);
  socket.pause();
  socket.write(whole);
  await until(() => pieces > 0);
  await sleepFor(systemClock, 100 * NS_PER_MS);
  const before = pieces;
  await sleepFor(systemClock, 100 * NS_PER_MS);
  expect(pieces).toBe(before);
  socket.resume();
  await until(() => pieces > before + 10);
  socket.destroy();
  await until(() => ended === 1);
  const session = http2Connect(server.url);
  session.on('error', () => {});
  const stream = session.request({ ':method': 'POST', ...headers });
  stream.on('error', () => {});
  stream.end('{}');
  await once(stream, 'data');
  stream.destroy();
  await until(() => ended === 2);
  session.destroy();
  await until(() => server.connections === 0);
});

/** A frame of HTTP/2 (RFC 9113, 4.1). */
function frame(type: number, flags: number, streamId: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
const code = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
/** `:method POST`, `:scheme http`, `:path /` and an `:authority`, without which there is no request (RFC 7541, appendix A). */
const begun = Buffer.from([0x83, 0x86, 0x84, 0x41, 0x01, 0x78]);

/** Until the socket takes more, or nothing more will ever do. */
async function writable(socket: Socket): Promise<void> {
  await Promise.race(['drain', 'close', 'end'].map((event) => once(socket, event).catch(() => {})));
}

test.each<[string, (index: number) => Buffer]>([
  ['rapid reset', (index) => Buffer.concat([frame(1, 4, 2 * index + 1, begun), frame(3, 0, 2 * index + 1, code)])],
  ['settings', () => frame(4, 0, 0)],
  ['pings', () => frame(6, 0, 0, Buffer.alloc(8))],
  [
    'header blocks without end',
    (index) => frame(index === 0 ? 1 : 9, 0, 1, index === 0 ? begun : Buffer.alloc(16_000, 0x82)),
  ],
  ['data without bytes', (index) => (index === 0 ? frame(1, 4, 1, begun) : frame(0, 0, 1))],
  ['frames of no kind', (index) => frame(200, 0, index)],
  ['a frame larger than allowed', () => frame(0, 0, 1, Buffer.alloc(1_000_000))],
])('HTTP/2 flood of %s', async (_name, flood) => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const socket = await open(server);
  socket.on('error', () => {});
  socket.resume();
  socket.write(preface);
  for (let index = 0; index < 5000 && !socket.destroyed; index += 1) {
    if (!socket.write(flood(index))) await writable(socket);
    if (socket.readableEnded) break;
  }
  socket.destroy();
  await unharmed(server);
});

test('HTTP/2 streams whose window stays shut, and sessions that leave in the middle', async () => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const sessions = Array.from({ length: 20 }, () => http2Connect(server.url, { settings: { initialWindowSize: 0 } }));
  for (const session of sessions) {
    session.on('error', () => {});
    for (let index = 0; index < 50; index += 1) {
      const stream = session.request({ ':method': 'POST', ...headers });
      stream.on('error', () => {});
      if (index % 2 === 0) stream.end('{}');
      else stream.write('{');
    }
  }
  await Promise.all(sessions.map((session) => once(session, 'remoteSettings')));
  for (const session of sessions) session.destroy();
  await unharmed(server);
});
