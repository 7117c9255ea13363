/** HTTP/1.1 against raw servers: answers cut, slow, late, early and unasked for, and the policy of connections. */
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, systemClock } from '../clock.ts';
import { createClient, type WireClient } from './client.ts';
import { http1Transport } from './http1.ts';
import { endpointAt, put, rawServer, stored } from './raw-server.test-data.ts';
import type { ConnectionPolicy } from './socket.ts';

function clientAt(url: string, policy: Partial<ConnectionPolicy> = {}): WireClient & Disposable {
  const client = createClient(
    endpointAt(url),
    systemClock,
    http1Transport(new URL(url), systemClock, undefined, policy),
  );
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

/** A listener whose work takes its time. */
const slowly = (work: () => Promise<void>) => () => void work();

const pause = (ms: number) => sleepFor(systemClock, ms * NS_PER_MS);

test('an answer that is cut at any byte is no answer, and the next call has a connection of its own', async () => {
  const bytes = Buffer.from(stored());
  await using server = await rawServer((socket, index) =>
    socket.once('data', () => socket.end(bytes.subarray(0, index))),
  );
  using client = clientAt(server.url);
  for (let cut = 0; cut < bytes.length; cut += 1) {
    expect(await client.call('PutRecord', put), `cut at ${cut}`).toMatchObject({
      kind: 'connection',
      reason: 'cut',
      maybe: true,
    });
  }
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok' });
  expect(server.sockets).toHaveLength(bytes.length + 1);
});

test('an answer that comes byte by byte is the same answer, and is answered when its last byte is there', async () => {
  const bytes = Buffer.from(stored('7'));
  await using server = await rawServer((socket) =>
    socket.once(
      'data',
      slowly(async () => {
        for (const byte of bytes.subarray(0, -1)) {
          socket.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await pause(30);
        socket.write(bytes.subarray(-1));
      }),
    ),
  );
  using client = clientAt(server.url);
  const outcome = await client.call('PutRecord', put);
  expect(outcome).toMatchObject({ kind: 'ok', output: { SequenceNumber: '7' } });
  expect(outcome.answeredNs - outcome.sentNs).toBeGreaterThan(25 * NS_PER_MS);
});

test('a request leaves in one piece, signed headers and body', async () => {
  const seen: string[] = [];
  await using server = await rawServer((socket) =>
    socket.on('data', (chunk) => {
      seen.push(chunk.toString('latin1'));
      socket.write(stored());
    }),
  );
  using client = clientAt(server.url);
  await client.call('PutRecord', put);
  await client.call('PutRecord', { ...put, Data: new Uint8Array(3000) });
  expect(seen).toHaveLength(2);
  const [head, body] = seen[0]!.split('\r\n\r\n');
  expect(JSON.parse(body!)).toEqual(put);
  expect(head!.split('\r\n')).toEqual([
    'POST / HTTP/1.1',
    `host: 127.0.0.1:${server.port}`,
    'content-type: application/x-amz-json-1.1',
    expect.stringMatching(/^x-amz-date: \d{8}T\d{6}Z$/),
    'x-amz-target: Kinesis_20131202.PutRecord',
    expect.stringMatching(/^authorization: AWS4-HMAC-SHA256 Credential=a\/\d{8}\/us-east-1\/kinesis\/aws4_request, /),
    `content-length: ${body!.length}`,
  ]);
  expect(server.sockets).toHaveLength(1);
});

test('what follows an answer is not taken for the next one', async () => {
  await using server = await rawServer((socket, index) =>
    socket.on('data', () => socket.write(index === 0 ? `${stored('1')}${stored('2')}` : stored('3'))),
  );
  using client = clientAt(server.url);
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok', output: { SequenceNumber: '1' } });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok', output: { SequenceNumber: '3' } });
});

test('an answer that nobody asked for, or that comes too late, is matched to no request', async () => {
  await using server = await rawServer((socket, index) => {
    if (index === 0) socket.write(stored('unasked'));
    socket.on(
      'data',
      slowly(async () => {
        if (index === 1) await pause(120);
        socket.write(stored(String(index)));
      }),
    );
  });
  using client = clientAt(server.url);
  await client.open(1);
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  await client.open(1);
  expect(await client.call('PutRecord', put, { timeoutNs: 40 * NS_PER_MS })).toMatchObject({ kind: 'timeout' });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok', output: { SequenceNumber: '2' } });
});

test('an answer to a request that is not out yet counts, and its connection does not carry another', async () => {
  await using server = await rawServer((socket, index) => {
    socket.once('data', () => {
      if (index === 0) socket.pause();
      socket.write(index === 0 ? 'HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n' : stored());
    });
  });
  using client = clientAt(server.url);
  const large = { ...put, Data: new Uint8Array(10 * 2 ** 20) };
  expect(await client.call('PutRecord', large)).toMatchObject({ kind: 'error', code: 'http-413' });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok' });
  expect(server.sockets).toHaveLength(2);
});

test.each([
  ['\0\0\0', 'it does not begin with HTTP/1'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 'a length beside chunks'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n', 'an answer of 99999999999 bytes'],
])('%j is malformed, and the request may have been done', async (text, message) => {
  await using server = await rawServer((socket) => socket.once('data', () => socket.write(text)));
  using client = clientAt(server.url);
  const outcome = await client.call('PutRecord', put);
  expect(outcome).toMatchObject({ kind: 'connection', reason: 'malformed', message, maybe: true });
});

test('beyond the most connections a call waits in turn, and is sent when it is sent', async () => {
  await using server = await rawServer((socket) =>
    socket.on(
      'data',
      slowly(async () => {
        await pause(20);
        socket.write(stored());
      }),
    ),
  );
  using client = clientAt(server.url, { connectionsMax: 2 });
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => client.call('PutRecord', put)));
  expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
  expect(server.sockets).toHaveLength(2);
  const sent = outcomes.map(({ sentNs }) => sentNs).sort((a, b) => a - b);
  expect(sent[5]! - sent[0]!).toBeGreaterThan(35 * NS_PER_MS);
  expect(outcomes.every(({ sentNs, answeredNs }) => answeredNs - sentNs > 15 * NS_PER_MS)).toBe(true);
});

test('a call that found no connection in time was not sent', async () => {
  await using server = await rawServer(() => {});
  using client = clientAt(server.url, { connectionsMax: 1 });
  await client.open(1);
  const first = client.call('PutRecord', put, { timeoutNs: 200 * NS_PER_MS });
  const second = await client.call('PutRecord', put, { timeoutNs: 40 * NS_PER_MS });
  expect(second).toMatchObject({ kind: 'connection', reason: 'unreachable', maybe: false });
  expect(await first).toMatchObject({ kind: 'timeout' });
});

test('connections are opened ahead, used last in first out, and left before the server leaves them', async () => {
  await using server = await rawServer((socket, index) =>
    socket.on('data', () => socket.write(stored(String(index), 'keep-alive: timeout=1\r\n'))),
  );
  using client = clientAt(server.url);
  await client.open(3);
  await expect.poll(() => server.sockets.length).toBe(3);
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok', output: { SequenceNumber: '2' } });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok', output: { SequenceNumber: '1' } });
  expect(server.sockets).toHaveLength(3);
});

test('a connection that was idle too long, or that the server ended, is not used again', async () => {
  await using server = await rawServer((socket, index) =>
    socket.on('data', () => {
      socket.write(stored(String(index)));
      if (index === 1) socket.end();
    }),
  );
  using client = clientAt(server.url, { idleNs: 60 * NS_PER_MS, addresses: 'once' });
  expect(await client.call('PutRecord', put)).toMatchObject({ output: { SequenceNumber: '0' } });
  await pause(80);
  expect(await client.call('PutRecord', put)).toMatchObject({ output: { SequenceNumber: '1' } });
  await pause(20);
  expect(await client.call('PutRecord', put)).toMatchObject({ output: { SequenceNumber: '2' } });
});

test('closing ends what is under way and what comes after', async () => {
  await using server = await rawServer(() => {});
  using client = clientAt(server.url);
  const open = client.call('PutRecord', put);
  await expect.poll(() => server.sockets.length).toBe(1);
  client.close();
  expect(await open).toMatchObject({ kind: 'connection', reason: 'closed' });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'connection', reason: 'closed', maybe: false });
});

test('by TLS: a handshake that never ends, or fails, is no connection', async () => {
  await using silent = await rawServer(() => {});
  const secure = createClient(endpointAt(silent.url.replace('http:', 'https:')), systemClock);
  const outcome = await secure.call('PutRecord', put, { timeoutNs: 40 * NS_PER_MS });
  expect(outcome).toMatchObject({ kind: 'connection', reason: 'unreachable', maybe: false });
  await using plain = await rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')));
  const wrong = createClient(endpointAt(plain.url.replace('http:', 'https:')), systemClock);
  expect(await wrong.call('PutRecord', put)).toMatchObject({ kind: 'connection', reason: 'unreachable', maybe: false });
  for (const client of [secure, wrong]) client.close();
});
