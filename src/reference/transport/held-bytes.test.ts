/** What all clients together can make the server hold is bounded, and who takes nothing is let go, whatever it speaks. */
import { once } from 'node:events';
import { connect as http2Connect, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { expect, test } from 'vitest';
import { sleepFor, systemClock, NS_PER_MS } from '../../clock.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { startServer, type ReferenceServer } from '../server.ts';
import { BodyParts } from './body-parts.ts';
import { Share, Traffic } from './traffic.ts';

const MIB = 1024 * 1024;
const small = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}';

/** An endpoint whose answers have so many bytes; it notes the sizes of the bodies it was sent. */
function answering(bytes: number): Endpoint & { readonly asked: number[] } {
  const asked: number[] = [];
  const handle: Endpoint['handle'] = ({ body }) => {
    asked.push(body.length);
    return { status: 200, headers: {}, body: Buffer.alloc(bytes, 'x') };
  };
  return { ...createEndpoint(), asked, handle };
}

async function open({ port }: ReferenceServer): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.monotonicNs() + 20_000 * NS_PER_MS;
  while (!holds() && systemClock.monotonicNs() < deadline) await sleepFor(systemClock, 5 * NS_PER_MS);
  expect(holds()).toBe(true);
}

/** Until the other side has ended it, in whatever way. */
async function over(socket: Socket): Promise<void> {
  socket.resume();
  await Promise.race(['end', 'close', 'error'].map((event) => once(socket, event).catch(() => {})));
  socket.destroy();
}

/** The status line of the next answer. */
async function statusOf(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, 'data');
  return String(chunk).split('\r\n', 1)[0]!;
}

test('an account of bytes: the first of each body are free, a cap holds for all, everything comes back', () => {
  const traffic = new Traffic(MIB);
  const shares = [new Share(traffic), new Share(traffic), new Share(traffic)] as const;
  expect(shares[0].hold(MIB)).toBe(true);
  expect(shares[1].hold(64 * 1024)).toBe(true);
  expect(shares[1].hold(64 * 1024 + 65_537)).toBe(false);
  expect(traffic.bytes).toBe(MIB - 64 * 1024);
  shares[0].release();
  expect(shares[1].hold(MIB)).toBe(true);
  for (const share of shares) share.release();
  expect(traffic.bytes).toBe(0);
});

test('parts of a body: a status in its place where it is too large or there is no room, and nothing is kept', () => {
  const traffic = new Traffic(100_000);
  const parts = new BodyParts(MIB, traffic);
  const piece = Buffer.alloc(10_000, 'x');
  for (let index = 0; index < 20; index += 1) parts.add(piece, false);
  expect(traffic.bytes).toBe(0);
  expect(parts.take()).toBe(503);
  for (let index = 0; index < 10; index += 1) parts.add(piece, false);
  expect(traffic.bytes).toBe(100_000 - 64 * 1024);
  expect(parts.take()).toHaveLength(100_000);
  expect(traffic.bytes).toBe(0);
  for (let index = 0; index < 200; index += 1) parts.add(piece, false);
  expect(parts.take()).toBe(413);
});

test.each(['HTTP/1.1', 'HTTP/2'])('bodies beyond the cap are answered with 503, small ones pass: %s', async (kind) => {
  const endpoint = answering(2);
  await using server = await startServer(endpoint, { trafficBytesMax: 4 * MIB });
  const body = Buffer.alloc(3 * MIB);
  const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length + 1}\r\n\r\n`;
  const holder = await open(server);
  holder.write(head);
  holder.write(body);
  // The first body lies there and waits for its last byte; how soon it has come is not known.
  await until(() => holder.writableLength === 0);
  await sleepFor(systemClock, 100 * NS_PER_MS);
  const session = http2Connect(server.url);
  const other = await open(server);
  const statusOfBody = async (bytes: Buffer): Promise<number> => {
    if (kind === 'HTTP/2') {
      const stream = session.request({ ':method': 'POST' }).end(bytes);
      const [answer] = await once(stream, 'response');
      return Number(answer[':status']);
    }
    other.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    other.write(bytes);
    return Number((await statusOf(other)).split(' ')[1]);
  };
  expect(await statusOfBody(body)).toBe(503);
  expect(await statusOfBody(Buffer.from('{}'))).toBe(200);
  holder.write('x');
  expect(await statusOf(holder)).toBe('HTTP/1.1 200 OK');
  expect(await statusOfBody(body)).toBe(200);
  expect(endpoint.asked).toEqual([2, body.length + 1, body.length]);
  session.destroy();
  other.destroy();
  holder.destroy();
});

test.each(['HTTP/1.1', 'HTTP/2'])('a body whose client has left is held no longer: %s', async (kind) => {
  await using server = await startServer(answering(2), { trafficBytesMax: 4 * MIB });
  const body = Buffer.alloc(3 * MIB);
  for (let round = 0; round < 4; round += 1) {
    if (kind === 'HTTP/2') {
      const session = http2Connect(server.url);
      const stream = session.request({ ':method': 'POST' });
      stream.on('error', () => {});
      stream.write(body);
      await until(() => stream.writableLength === 0);
      session.destroy();
    } else {
      const socket = await open(server);
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length + 1}\r\n\r\n`);
      socket.write(body);
      await until(() => socket.writableLength === 0);
      socket.destroy();
    }
    await until(() => server.connections === 0);
  }
  const last = await open(server);
  last.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`);
  last.write(body);
  expect(await statusOf(last)).toBe('HTTP/1.1 200 OK');
  last.destroy();
});

test('answers that nobody reads: no more of them than the cap allows, and 503 instead', async () => {
  const endpoint = answering(8 * MIB);
  await using server = await startServer(endpoint, { trafficBytesMax: 20 * MIB });
  const deaf = await Promise.all(Array.from({ length: 3 }, () => open(server)));
  for (const socket of deaf) {
    socket.pause();
    socket.write(small);
  }
  await until(() => endpoint.asked.length === 3);
  const session = http2Connect(server.url, { settings: { initialWindowSize: 0 } });
  session.on('error', () => {});
  const stream = session.request({ ':method': 'POST' }).end('{}');
  const [answer] = await once(stream, 'response');
  expect(answer[':status']).toBe(503);
  for (const socket of deaf) socket.destroy();
  await until(() => server.connections === 1);
  const again = session.request({ ':method': 'POST' }).end('{}');
  again.on('error', () => {});
  const [second] = await once(again, 'response');
  expect(second[':status']).toBe(200);
  session.destroy();
});

/** HTTP/2 clients that ask, and take nothing. */
const takers: readonly [string, (server: ReferenceServer) => Promise<{ readonly leave: () => void }>][] = [
  [
    'with its windows shut',
    async (server) => {
      const session: ClientHttp2Session = http2Connect(server.url, { settings: { initialWindowSize: 0 } });
      session.on('error', () => {});
      session
        .request({ ':method': 'POST' })
        .on('error', () => {})
        .end('{}');
      return { leave: () => session.destroy() };
    },
  ],
  [
    'that reads nothing off its socket',
    async (server) => {
      const socket = await open(server);
      socket.pause();
      // Settings with a large window for each stream, one for the session, and a request.
      socket.write(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
      socket.write(Buffer.from('0000060400000000000004400000000000040800000000003fff0000', 'hex'));
      socket.write(Buffer.from('000006010500000001838684410178', 'hex'));
      return { leave: () => socket.destroy() };
    },
  ],
];

test.each(takers)('an HTTP/2 client %s is let go, and its answers with it', async (name, take) => {
  // More than the buffers of both sockets take, so that it stays where it was made.
  const endpoint = answering(32 * MIB);
  await using server = await startServer(endpoint, { trafficBytesMax: 40 * MIB, patienceS: 0.4 });
  const client = await take(server);
  await until(() => endpoint.asked.length > 0);
  // As long as its answer is held there is no room for another.
  const deadline = systemClock.monotonicNs() + 20_000 * NS_PER_MS;
  for (let status = ''; !status.includes('200');) {
    expect(systemClock.monotonicNs()).toBeLessThan(deadline);
    const other = await open(server);
    other.write(small);
    status = await statusOf(other);
    other.destroy();
    await sleepFor(systemClock, 20 * NS_PER_MS);
  }
  // Who reads nothing at all is gone; whose windows alone are shut still answers to a ping.
  await until(() => server.connections === (name.startsWith('with') ? 1 : 0));
  client.leave();
  await until(() => server.connections === 0);
});

test('a handshake that stops midway is given up, as a request is', async () => {
  await using server = await startServer(answering(2), { patienceS: 0.3 });
  const ca = await server.certificate();
  const halves = await Promise.all(Array.from({ length: 50 }, () => open(server)));
  // The head of a record with a client hello that never comes; and one byte of it.
  for (const [index, socket] of halves.entries())
    socket.write(Buffer.from('160301020001'.slice(0, index % 2 ? 12 : 2), 'hex'));
  await Promise.all(halves.map(over));
  const socket = tlsConnect({ port: server.port, host: '127.0.0.1', ca });
  await once(socket, 'secureConnect');
  socket.write(small);
  expect(await statusOf(socket)).toBe('HTTP/1.1 200 OK');
  socket.destroy();
  await until(() => server.connections === 0);
});

test.each(['renegotiation', 'garbage in the stream of records', 'garbage inside it', 'a hello and then garbage'])(
  'TLS: %s',
  async (kind) => {
    await using server = await startServer(answering(2), { patienceS: 5 });
    const ca = await server.certificate();
    const raw = await open(server);
    if (kind.startsWith('a hello')) {
      raw.write(Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(3000, 0xab)]));
      await over(raw);
    } else {
      const socket = tlsConnect({ socket: raw, ca, host: '127.0.0.1', maxVersion: 'TLSv1.2' });
      socket.on('error', () => {});
      await once(socket, 'secureConnect');
      if (kind === 'renegotiation') {
        for (let round = 0; round < 5; round += 1) socket.renegotiate({ rejectUnauthorized: false }, () => {});
        socket.write(small);
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      } else if (kind === 'garbage inside it') {
        socket.write('nothing of the kind\r\n\r\n');
        expect(await statusOf(socket)).toBe('HTTP/1.1 400 Bad Request');
      } else {
        raw.write(Buffer.alloc(5000, 0x5a));
        await over(socket);
      }
      socket.destroy();
    }
    raw.destroy();
    const other = await open(server);
    other.write(small);
    expect(await statusOf(other)).toBe('HTTP/1.1 200 OK');
    other.destroy();
    await until(() => server.connections === 0);
  },
);
