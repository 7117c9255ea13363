/** HTTP/2 against servers of Node that refuse, reset, say goodbye, fall silent or are none. */
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, systemClock } from '../clock.ts';
import { createClient, type WireClient } from './client.ts';
import { http2Transport, type SessionPolicy } from './http2.ts';
import { endpointAt, put, rawServer } from './raw-server.test-data.ts';

interface Http2Endpoint extends AsyncDisposable {
  readonly url: string;
  readonly sessions: readonly ServerHttp2Session[];
}

async function http2Server(
  onStream: (stream: ServerHttp2Stream, index: number) => unknown,
  settings: { maxConcurrentStreams?: number } = {},
): Promise<Http2Endpoint> {
  const server: Http2Server = createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];
  let streams = 0;
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', (session) => sessions.push(session));
  server.on('sessionError', () => {});
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    onStream(stream, streams++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    sessions,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientAt(url: string, policy: Partial<SessionPolicy> = {}): WireClient & Disposable {
  const client = createClient(
    endpointAt(url),
    systemClock,
    http2Transport(new URL(url), systemClock, undefined, policy),
  );
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

function answer(stream: ServerHttp2Stream, SequenceNumber = '1'): void {
  stream.respond({ ':status': 200, 'content-type': 'application/x-amz-json-1.1' });
  stream.end(JSON.stringify({ ShardId: 'shardId-000000000000', SequenceNumber }));
}

const timeoutNs = 10_000 * NS_PER_MS;

test('many calls share one session, each with its own answer', async () => {
  await using server = await http2Server((stream, index) => answer(stream, String(index)));
  using client = clientAt(server.url);
  const told: number[] = [];
  const call = () => client.call('PutRecord', put, { onSent: (sentNs) => told.push(sentNs) });
  const outcomes = await Promise.all(Array.from({ length: 50 }, call));
  const numbers = outcomes.map((outcome) => (outcome.kind === 'ok' ? Number(outcome.output.SequenceNumber) : -1));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(new Set(told)).toEqual(new Set(outcomes.map(({ sentNs }) => sentNs)));
  expect(server.sessions).toHaveLength(1);
});

test('a session carries no more streams than the server allows; then there is another, or a wait', async () => {
  const open = { now: 0, most: 0 };
  const slow = async (stream: ServerHttp2Stream) => {
    open.most = Math.max(open.most, (open.now += 1));
    await sleepFor(systemClock, 10 * NS_PER_MS);
    open.now -= 1;
    answer(stream);
  };
  await using server = await http2Server(slow, { maxConcurrentStreams: 2 });
  using client = clientAt(server.url, { connectionsMax: 3, streamsMax: 10 });
  await client.open(30);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => client.call('PutRecord', put)));
  expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(20);
  expect(server.sessions).toHaveLength(3);
  expect(open.most).toBe(6);
});

test.each([
  ['refused', 7, { reason: 'refused-stream', maybe: false }],
  ['cancelled', 8, { reason: 'reset-stream', maybe: true, message: 'the stream was reset with code 8' }],
  ['reset', 2, { reason: 'reset-stream', maybe: true, message: 'the stream was reset with code 2' }],
])('a stream that is %s says whether it may have been done, and the session goes on', async (_, code, expected) => {
  await using server = await http2Server((stream, index) => (index === 0 ? stream.close(code) : answer(stream)));
  using client = clientAt(server.url);
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({ kind: 'connection', ...expected });
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({ kind: 'ok' });
  expect(server.sessions).toHaveLength(1);
});

test('after a GOAWAY what it leaves out was not done, what it takes in is answered, and what comes goes elsewhere', async () => {
  await using server = await http2Server(async (stream, index) => {
    if (index === 0) {
      await sleepFor(systemClock, 20 * NS_PER_MS);
      stream.session!.goaway(0, 1);
      await sleepFor(systemClock, 20 * NS_PER_MS);
      answer(stream);
    } else if (stream.session !== server.sessions[0]) answer(stream, 'elsewhere');
  });
  using client = clientAt(server.url);
  const [first, second] = await Promise.all([
    client.call('PutRecord', put, { timeoutNs }),
    client.call('PutRecord', put, { timeoutNs }),
  ]);
  expect(first).toMatchObject({ kind: 'ok' });
  expect(second).toMatchObject({ kind: 'connection', reason: 'goaway', maybe: false });
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({ output: { SequenceNumber: 'elsewhere' } });
});

test('a GOAWAY with an error ends what is under way, which may have been done', async () => {
  await using server = await http2Server((stream) => stream.session!.goaway(11));
  using client = clientAt(server.url);
  const outcome = await client.call('PutRecord', put, { timeoutNs });
  expect(outcome).toMatchObject({ kind: 'connection', reason: 'goaway', maybe: true });
  expect(outcome.kind === 'connection' && outcome.message).toContain('code 11');
});

test('a connection that is cut, or breaks the protocol, ends its streams', async () => {
  // A server's empty SETTINGS, then (once there is a request) the end, or a frame that may not come.
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const dataOnStreamZero = Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  await using server = await rawServer((socket, index) => {
    socket.write(settings);
    socket.on('data', (bytes) => {
      if (!bytes.includes('Kinesis_20131202.') && bytes.length < 200) return;
      if (index === 0) socket.destroy();
      else socket.write(dataOnStreamZero);
    });
  });
  using client = clientAt(server.url);
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({
    kind: 'connection',
    reason: 'cut',
    maybe: true,
  });
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({
    kind: 'connection',
    reason: 'session',
    maybe: true,
  });
});

test('a timeout gives up its stream and nothing else', async () => {
  const closed: number[] = [];
  await using server = await http2Server((stream, index) => {
    stream.on('close', () => closed.push(index));
    if (index > 0) answer(stream);
  });
  using client = clientAt(server.url);
  await client.open(1);
  const outcome = await client.call('PutRecord', put, { timeoutNs: 40 * NS_PER_MS });
  expect(outcome.kind).toBe('timeout');
  expect(await client.call('PutRecord', put, { timeoutNs })).toMatchObject({ kind: 'ok' });
  await expect.poll(() => closed).toContain(0);
  expect(server.sessions).toHaveLength(1);
});

test('what speaks no HTTP/2, or does not answer, is unreachable by it', async () => {
  await using http1 = await rawServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')),
  );
  await using silent = await rawServer(() => {});
  for (const url of [http1.url, silent.url, 'http://127.0.0.1:1']) {
    using client = clientAt(url);
    const outcome = await client.call('PutRecord', put, { timeoutNs: 100 * NS_PER_MS });
    expect(outcome).toMatchObject({ kind: 'connection', reason: 'unreachable', maybe: false });
  }
});

test('closing ends what is under way', async () => {
  await using server = await http2Server(() => {});
  using client = clientAt(server.url);
  const open = client.call('PutRecord', put);
  await expect.poll(() => server.sessions.length).toBe(1);
  client.close();
  expect(await open).toMatchObject({ kind: 'connection', reason: 'closed' });
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'connection', reason: 'closed', maybe: false });
});

test('a session that was idle too long is not used again', async () => {
  await using server = await http2Server((stream) => answer(stream));
  using client = clientAt(server.url, { idleNs: 30 * NS_PER_MS });
  await client.call('PutRecord', put);
  await sleepFor(systemClock, 60 * NS_PER_MS);
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'ok' });
  expect(server.sessions).toHaveLength(2);
});
