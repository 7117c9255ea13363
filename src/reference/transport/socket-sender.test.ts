/** What Data Firehose sends, over sockets of this machine. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HttpReceiver } from '../firehose/http-receiver.test-data.ts';
import { ANSWER_BYTES_MAX } from '../firehose/sender.ts';
import { failedIn, hints, json, put, rawIn, RoleARN, S3Configuration, spokenTo } from '../firehose/spoken.test-data.ts';
import { SearchReceiver } from '../firehose/search-receiver.test-data.ts';
import { SplunkReceiver } from '../firehose/splunk-receiver.test-data.ts';
import { drive, served } from './served.test-data.ts';
import { socketSender } from './socket-sender.ts';

test('an HTTP endpoint gets records, compressed, and after a 503 again; where nobody listens the backup has them', async () => {
  const receiver = new HttpReceiver();
  receiver.instead = () => {
    receiver.instead = undefined;
    return json(503, {});
  };
  const server = await served(receiver.take);
  const endpoint = await spokenTo(socketSender(), {
    HttpEndpointDestinationConfiguration: {
      EndpointConfiguration: { Url: `${server.url}/take` },
      ...hints(1, 60),
      RequestConfiguration: { ContentEncoding: 'GZIP' },
      RetryOptions: { DurationInSeconds: 2 },
      S3Configuration,
    },
  });
  const { clock, held } = endpoint;
  await put(endpoint, 'one');
  await drive(clock, () => receiver.records.length > 0);
  expect(receiver.records).toEqual(['one']);
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.requests[0]).toMatchObject({ url: '/take', headers: { 'content-encoding': 'gzip' } });
  await server[Symbol.asyncDispose]();
  await put(endpoint, 'two');
  await drive(clock, () => held.objects.length > 0);
  expect(failedIn(held.objects[0]!)).toMatchObject([{ errorCode: 'HttpEndpoint.ConnectionFailed' }]);
  expect(rawIn(held.objects)).toEqual(['two']);
});

test('Splunk gets events, and is asked for its acknowledgement', async () => {
  const receiver = new SplunkReceiver();
  receiver.indexing = 1;
  await using server = await served(receiver.take);
  const endpoint = await spokenTo(socketSender(), {
    SplunkDestinationConfiguration: {
      HECEndpoint: server.url,
      HECEndpointType: 'Event',
      HECToken: 'token',
      S3Configuration,
    },
  });
  await put(endpoint, '{"event":"one"}');
  await drive(endpoint.clock, () => receiver.questions === 2 && endpoint.clock.sleeping === 0);
  expect(receiver.taken).toEqual(['{"event":"one"}']);
  expect(endpoint.held.objects).toEqual([]);
});

test('a search cluster gets documents', async () => {
  const receiver = new SearchReceiver();
  await using server = await served(receiver.take);
  const endpoint = await spokenTo(socketSender(), {
    AmazonopensearchserviceDestinationConfiguration: {
      RoleARN,
      ClusterEndpoint: server.url,
      IndexName: 'logs',
      ...hints(1, 60),
      S3Configuration,
    },
  });
  await put(endpoint, '{"n":1}');
  await drive(endpoint.clock, () => receiver.indexed.length > 0 && endpoint.clock.sleeping === 0);
  expect(receiver.indexed).toMatchObject([{ index: 'logs-2026-01-01', document: { n: 1 } }]);
  expect(receiver.requests).toHaveLength(1);
});

/** What a sender says of an answer, or of none. */
async function said(url: string): Promise<unknown> {
  const { signal } = new AbortController();
  return socketSender()({ url, headers: {}, body: Buffer.from('x') }, signal).then(
    ({ status }) => status,
    ({ trouble }: { trouble: unknown }) => trouble,
  );
}

test('no TLS, an answer without end, and a redirect', async () => {
  await using server = await served(async ({ url }) => {
    if (url === '/away') return { status: 302, headers: { location: '/' }, body: Buffer.alloc(0) };
    return { status: 200, headers: {}, body: Buffer.alloc(ANSWER_BYTES_MAX + 1) };
  });
  expect(await said(server.url.replace('http:', 'https:'))).toBe('tls');
  expect(await said(server.url)).toBe('answer-too-large');
  expect(await said(`${server.url}/away`)).toBe(302);
});

test('a connection that is cut is told from one that is not made', async () => {
  const server = createServer((socket: Socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  expect(await said(url)).toBe('connection-reset');
  server.close();
  await once(server, 'close');
  expect(await said(url)).toBe('connection-failed');
});
