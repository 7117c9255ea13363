/** A consumer that takes its messages slowly slows the sender, over HTTP/1.1 and HTTP/2; and it gets them all. */
import { createServer } from 'node:http2';
import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, systemClock } from '../clock.ts';
import { jsonCodec } from '../reference/codec-json.ts';
import { EventStreamWriter } from '../reference/event-stream.ts';
import { createClient, type Protocol } from './client.ts';
import { endpointAt, rawServer } from './raw-server.test-data.ts';

const EVENTS = 600;
const record = { SequenceNumber: '1', Data: Buffer.alloc(48 * 1024).toString('base64'), PartitionKey: 'k' };
const event = new EventStreamWriter(jsonCodec).event(
  Buffer.from(JSON.stringify({ Records: [record], MillisBehindLatest: 0 })),
);
const input = { ConsumerARN: 'c', ShardId: 's', StartingPosition: { Type: 'LATEST' } } as const;

/** Sends the events as fast as they are taken; counts those handed over. */
async function flood(to: Writable, frame: (bytes: Buffer) => Buffer, sent: { count: number }): Promise<void> {
  for (; sent.count < EVENTS; sent.count += 1) {
    if (!to.write(frame(event))) await new Promise((resolve) => to.once('drain', resolve));
  }
  to.end(frame(Buffer.alloc(0)));
}

async function floodingServer(protocol: Protocol, sent: { count: number }): Promise<AsyncDisposable & { url: string }> {
  if (protocol === 'h1') {
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    return rawServer((socket) =>
      socket.once('data', () => {
        const type = 'content-type: application/vnd.amazon.eventstream';
        socket.write(`HTTP/1.1 200 OK\r\n${type}\r\ntransfer-encoding: chunked\r\n\r\n`);
        void flood(socket, chunk, sent);
      }),
    );
  }
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    void flood(stream, (bytes) => bytes, sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test.each(['h1', 'h2'] as const)('%s', async (protocol) => {
  const sent = { count: 0 };
  await using server = await floodingServer(protocol, sent);
  const transport = { protocol, subscriptions: protocol, encoding: 'json' } as const;
  const client = createClient(endpointAt(server.url, { transport }), systemClock);
  const outcome = await client.subscribe(input);
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  let seen = 0;
  for await (const message of outcome.messages) {
    if (message.kind === 'end') break;
    expect(message.kind).toBe('event');
    if ((seen += 1) !== 3) continue;
    // Nothing is taken for a while: the sender comes to rest long before it is through.
    let before = -1;
    while (before !== sent.count) {
      before = sent.count;
      await sleepFor(systemClock, 100 * NS_PER_MS);
    }
    expect(sent.count).toBeLessThan(EVENTS * 0.8);
  }
  expect(seen).toBe(EVENTS);
  client.close();
});
