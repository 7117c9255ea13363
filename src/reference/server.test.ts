import { once } from 'node:events';
import { request as secureRequest } from 'node:https';
import { connect, type LookupFunction } from 'node:net';
import { request } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { createEndpoint, type RequestHandler } from './endpoint.ts';
import { startServer } from './server.ts';
import { makeCertificate } from './transport/certificate.ts';

const target = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `Kinesis_20131202.${operation}`,
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
});

const loopback: LookupFunction = (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);

function post(
  port: number,
  headers: Record<string, string>,
  body: string | Buffer,
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('the AWS SDK as it comes does every operation over plain http', async () => {
  await using server = await startServer(createEndpoint({ limits: 'off', createStreamMs: 0, deleteStreamMs: 0 }));
  const client = new KinesisClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'key' },
  });
  const StreamName = 'orders';
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 2, Tags: { team: 'a' } }));
  await waitUntilStreamExists({ client, maxWaitTime: 20 }, { StreamName });
  await client.send(new AddTagsToStreamCommand({ StreamName, Tags: { stage: 'test' } }));
  const tags = await client.send(new ListTagsForStreamCommand({ StreamName }));
  expect(tags.Tags).toEqual([
    { Key: 'stage', Value: 'test' },
    { Key: 'team', Value: 'a' },
  ]);
  const described = await client.send(new DescribeStreamCommand({ StreamName }));
  expect(described.StreamDescription).toMatchObject({ StreamStatus: 'ACTIVE', HasMoreShards: false });
  const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
  expect(summary.StreamDescriptionSummary?.OpenShardCount).toBe(2);
  const listed = await client.send(new ListStreamsCommand({}));
  expect(listed.StreamNames).toEqual([StreamName]);
  const { Shards } = await client.send(new ListShardsCommand({ StreamARN: listed.StreamSummaries![0]!.StreamARN! }));
  expect(Shards).toHaveLength(2);

  const one = new Uint8Array([0, 255, 1]);
  const put = await client.send(
    new PutRecordCommand({ StreamName, Data: one, PartitionKey: 'k', ExplicitHashKey: '0' }),
  );
  const batch = await client.send(
    new PutRecordsCommand({
      StreamName,
      Records: [{ Data: new Uint8Array(), PartitionKey: 'ключ', ExplicitHashKey: '1' }],
    }),
  );
  expect(batch.FailedRecordCount).toBe(0);
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId: put.ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
  expect(Records?.map(({ PartitionKey }) => PartitionKey)).toEqual(['k', 'ключ']);
  expect(Records?.[0]?.Data).toEqual(one);
  expect(Records?.[0]?.SequenceNumber).toBe(put.SequenceNumber);
  await client.send(new DeleteStreamCommand({ StreamName }));
  await expect(client.send(new DescribeStreamCommand({ StreamName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Stream orders under account 000000000000 not found.',
  });
  client.destroy();
});

test('HTTP/1.1 on the same port, with the headers of every answer', async () => {
  await using server = await startServer(createEndpoint());
  const answer = await post(server.port, target('ListStreams'), '{}');
  expect(answer.status).toBe(200);
  expect(answer.headers['x-amzn-requestid']).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(answer.headers['x-amz-id-2']).toHaveLength(96);
  expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
});

test('TLS on the same port, by both protocols, with the certificate that the server shows', async () => {
  await using server = await startServer(createEndpoint({ limits: 'off' }));
  const ca = await server.certificate();
  const session = http2Connect(server.tlsUrl, { ca });
  const stream = session.request({ ':method': 'POST', ...target('ListStreams') });
  stream.end('{}');
  const [headers] = await once(stream, 'response');
  expect(headers[':status']).toBe(200);
  session.destroy();
  const options = { ca, port: server.port, host: 'localhost', lookup: loopback };
  const secured = secureRequest({ ...options, method: 'POST', headers: target('ListStreams') });
  secured.end('{}');
  const [answer] = await once(secured, 'response');
  expect(answer.statusCode).toBe(200);
  expect(answer.socket.getProtocol()).toBe('TLSv1.3');
  answer.destroy();
  const distrusting = secureRequest({ ...options, ca: [], method: 'POST' });
  distrusting.end();
  await expect(once(distrusting, 'response')).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('a certificate of one’s own is shown; one that cannot be used is refused before listening', async () => {
  const own = await makeCertificate('localhost');
  await using server = await startServer(createEndpoint(), { certificate: own });
  expect(await server.certificate()).toBe(own.cert);
  const other = await makeCertificate('localhost');
  for (const certificate of [
    { cert: own.cert, key: other.key },
    { cert: 'x', key: own.key },
    { ...own, key: 'x' },
  ]) {
    await expect(startServer(createEndpoint(), { certificate })).rejects.toMatchObject({ code: 'certificate-invalid' });
  }
});

test('a body beyond the cap is answered with 413, and the server lives', async () => {
  await using server = await startServer(createEndpoint());
  const answer = await post(server.port, target('PutRecord'), Buffer.alloc(21 * 1024 * 1024, 0x20));
  expect(answer.status).toBe(413);
  expect((await post(server.port, target('ListStreams'), '{}')).status).toBe(200);
});

test('half-open and silent connections, and requests in single bytes', async () => {
  await using server = await startServer(createEndpoint());
  const silent = connect(server.port, '127.0.0.1');
  const ended = connect(server.port, '127.0.0.1');
  ended.end();
  await new Promise((resolve) => ended.once('close', resolve));

  const slow = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  const head = Object.entries({ host: 'x', 'content-length': '2', ...target('ListStreams') });
  const text = `POST / HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n{}`;
  slow.setNoDelay(true);
  for (const character of text.slice(0, 10)) {
    slow.write(character);
    await new Promise((resolve) => setImmediate(resolve));
  }
  slow.end(text.slice(10));
  const answer = await new Promise<string>((resolve) => slow.once('data', (chunk) => resolve(chunk.toString())));
  expect(answer).toMatch(/^HTTP\/1.1 200/);
  slow.destroy();
  const closed = new Promise((resolve) => silent.once('close', resolve));
  await server.close();
  await closed;
});

test('clients that leave before the answer do no harm', async () => {
  await using server = await startServer(createEndpoint({ latency: 'aws', limits: 'off' }));
  const session = http2Connect(server.url);
  const stream = session.request({ ':method': 'POST', ...target('ListStreams') });
  stream.on('error', () => {});
  stream.end('{}');
  const left = request({ port: server.port, host: '127.0.0.1', method: 'POST', headers: target('ListStreams') });
  left.on('error', () => {});
  left.end('{}');
  const half = request({ port: server.port, host: '127.0.0.1', method: 'POST', headers: target('ListStreams') });
  half.on('error', () => {});
  half.write('{');
  await new Promise((resolve) => session.once('connect', resolve));
  stream.close();
  session.destroy();
  left.destroy();
  half.destroy();
  expect((await post(server.port, target('ListStreams'), '{}')).status).toBe(200);
});

test('a port in use is the operator’s to mend', async () => {
  await using server = await startServer(createEndpoint());
  const second = startServer(createEndpoint(), { port: server.port });
  await expect(second).rejects.toBeInstanceOf(OperatorError);
  await expect(second).rejects.toMatchObject({ code: 'port-in-use', exitCode: 2 });
});

test('a request that makes the endpoint throw is answered with 500, told, and the others are served on', async () => {
  const endpoint = createEndpoint();
  const told: string[] = [];
  const failing: RequestHandler = {
    clock: systemClock,
    handle: (asked) => {
      if (asked.headers['x-late']) return Promise.reject(new Error('late'));
      if (asked.headers['x-amz-target'] === 'Kinesis_20131202.DescribeLimits') throw new Error('thrown');
      return endpoint.handle(asked);
    },
  };
  const onDefect = (operation: string, error: unknown) => told.push(`${operation} ${(error as Error).message}`);
  await using server = await startServer(failing, { onDefect });
  const { status, text } = await post(server.port, target('DescribeLimits'), '{}');
  expect([status, JSON.parse(text)]).toEqual([500, { __type: 'InternalFailure', message: expect.any(String) }]);
  const cbor = { ...target('DescribeLimits'), 'content-type': 'application/x-amz-cbor-1.1' };
  expect((await post(server.port, cbor, Buffer.from([0xa0]))).headers['content-type']).toBe(cbor['content-type']);
  const late = await post(server.port, { ...target('ListStreams'), 'x-late': '1' }, '{}');
  expect(late.status).toBe(500);
  const other = await post(server.port, target('ListStreams'), '{}');
  expect([other.status, JSON.parse(other.text)]).toEqual([200, expect.objectContaining({ StreamNames: [] })]);
  const thrown = 'Kinesis_20131202.DescribeLimits thrown';
  expect(told).toEqual([thrown, thrown, 'Kinesis_20131202.ListStreams late']);
});

test('a body that breaks off while it is sent is told, and the connection is closed', async () => {
  const told: unknown[] = [];
  const failing: RequestHandler = {
    clock: systemClock,
    handle: () => ({
      status: 200,
      headers: {},
      body: async function* () {
        yield Buffer.from('begun');
        throw new Error('broke off');
      },
    }),
  };
  await using server = await startServer(failing, { onDefect: (_, error) => told.push(error) });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
  let seen = '';
  for await (const piece of socket) seen += String(piece);
  // The chunk that would end the body is missing.
  expect(seen).toContain('begun');
  expect(seen).not.toMatch(/\r\n0\r\n\r\n$/);
  expect(told).toEqual([new Error('broke off')]);
});
