/** The client against raw servers of this process: every way a call can end is a value with its times. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createClient } from './client.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function clientOf(onConnection: (socket: Socket) => void) {
  const server: Server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  const client = createClient(
    {
      url: `http://127.0.0.1:${address.port}`,
      region: 'us-east-1',
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    },
    systemClock,
  );
  open.push(
    () => client.close(),
    () => server.close(),
  );
  return client;
}

function answer(status: number, body: string): (socket: Socket) => void {
  return (socket) =>
    socket.on('data', () =>
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
    );
}

const put = { StreamName: 's', Data: 'AA==', PartitionKey: 'k' };

test('an answer is ok, with its times in order', async () => {
  const client = await clientOf(answer(200, '{"ShardId":"shardId-000000000000","SequenceNumber":"1"}'));
  const told: number[] = [];
  const outcome = await client.call('PutRecord', put, { onSent: (sentNs) => told.push(sentNs) });
  expect(outcome).toMatchObject({ kind: 'ok', output: { SequenceNumber: '1' } });
  expect(told).toEqual([outcome.sentNs]);
  expect(outcome.answeredNs).toBeGreaterThan(outcome.sentNs);
});

test.each([
  [
    400,
    '{"__type":"ProvisionedThroughputExceededException","message":"slow"}',
    'ProvisionedThroughputExceededException',
    'slow',
  ],
  [400, '{"__type":"com.amazonaws#SerializationException","Message":"what"}', 'SerializationException', 'what'],
  [500, '', 'http-500', ''],
  [403, '<AccessDeniedException/>', 'http-403', '<AccessDeniedException/>'],
  [200, 'not json', 'unreadable-answer', 'not json'],
])('HTTP %i with %s is an error by name', async (status, body, code, message) => {
  const client = await clientOf(answer(status, body));
  expect(await client.call('PutRecord', put)).toMatchObject({ kind: 'error', status, code, message });
});

test('no answer in time is a timeout, and the request may have been done', async () => {
  const client = await clientOf(() => {});
  await client.open(1);
  const outcome = await client.call('PutRecord', put, { timeoutNs: 30_000_000 });
  expect(outcome.kind).toBe('timeout');
  expect(outcome.answeredNs - outcome.sentNs).toBeGreaterThan(25_000_000);
});

test('a connection cut after the request may have done its work; a refused one cannot have', async () => {
  const cut = await clientOf((socket) => socket.once('data', () => socket.destroy()));
  expect(await cut.call('PutRecord', put)).toMatchObject({ kind: 'connection', maybe: true });
  const refused = createClient(
    {
      url: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    },
    systemClock,
  );
  expect(await refused.call('PutRecord', put)).toMatchObject({ kind: 'connection', maybe: false });
});

test('a reused connection does not carry listeners from call to call', async () => {
  const client = await clientOf(answer(200, '{"ShardId":"shardId-000000000000","SequenceNumber":"1"}'));
  for (let i = 0; i < 30; i += 1) expect((await client.call('PutRecord', put)).kind).toBe('ok');
});
