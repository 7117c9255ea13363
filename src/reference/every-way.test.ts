/** The same calls over every operation, by every way there is: the answers are the same, member by member. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import * as sdk from '@aws-sdk/client-kinesis';
import { decode, encode } from 'cborg';
import { describe, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { timestampMembers } from '../protocol/operations.ts';
import { inputShapes } from '../protocol/shapes.ts';
import { Random } from '../random.ts';
import { everyCall, everyRefusal, StreamName, type ListedCall } from './all-operations.test-data.ts';
import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import { startServer, type ReferenceServer } from './server.ts';

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

type Send = (server: ReferenceServer, headers: Record<string, string>, body: Buffer) => Promise<Answer>;

async function whole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const http1: Send = async ({ port }, headers, body) => {
  const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, body: await whole(response) };
};

const https1: Send = async (server, headers, body) => {
  const ca = await server.certificate();
  const sent = httpsRequest({ port: server.port, host: '127.0.0.1', method: 'POST', headers, ca, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, body: await whole(response) };
};

const overHttp2 =
  (secure: boolean): Send =>
  async (server, headers, body) => {
    const session = secure ? http2Connect(server.tlsUrl, { ca: await server.certificate() }) : http2Connect(server.url);
    const stream = session.request({ ':method': 'POST', ...headers });
    stream.end(body);
    const [response] = await once(stream, 'response');
    const answer = { status: Number(response[':status']), body: await whole(stream) };
    // The server cuts what is open when it goes, which would be an error here.
    await new Promise<void>((resolve) => session.close(resolve));
    return answer;
  };

const ways: Readonly<Record<string, Send>> = {
  'HTTP/1.1': http1,
  'HTTP/1.1 by TLS': https1,
  'HTTP/2': overHttp2(false),
  'HTTP/2 by TLS': overHttp2(true),
};

/** A form of bodies: what is written for an input, and what is read, in the terms of JSON. */
interface Form {
  readonly type: string;
  write(input: object): Buffer;
  read(body: Buffer): unknown;
}

const forms: Readonly<Record<string, Form>> = {
  JSON: {
    type: 'application/x-amz-json-1.1',
    write: (input) => Buffer.from(JSON.stringify(input)),
    read: (body) => (body.length === 0 ? undefined : JSON.parse(body.toString())),
  },
  CBOR: {
    type: 'application/x-amz-cbor-1.1',
    write: (input) => Buffer.from(encode(withBytes(input))),
    read: (body) =>
      body.length === 0 ? undefined : asJson(decode(body, { tags: { 1: (inner) => Number(inner()) / 1000 } })),
  },
};

/** Data as bytes, as CBOR has them. */
function withBytes(value: unknown, name = ''): unknown {
  if (name === 'Data' && typeof value === 'string') return Buffer.from(value, 'base64');
  if (Array.isArray(value)) return value.map((each) => withBytes(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withBytes(each, key)]));
}

function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJson(each)]));
}

function freshEndpoint(options: EndpointOptions = {}) {
  const clock = new VirtualClock();
  const endpoint = createEndpoint({ clock, random: new Random(9), incarnation: 1, limits: 'off', ...options });
  return { clock, endpoint };
}

function headersOf(operation: string, { type }: Form): Record<string, string> {
  return {
    'content-type': type,
    'x-amz-target': `Kinesis_20131202.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=0',
  };
}

/** What a fresh endpoint answers to all calls, one second apart. */
async function answersBy(send: Send, form: Form): Promise<unknown[]> {
  const { clock, endpoint } = freshEndpoint();
  await using server = await startServer(endpoint);
  const seen: unknown[] = [];
  const known = { consumerArn: '', channelArn: '', iterator: '' };
  for (let index = 0; index < everyCall(known).length; index += 1) {
    const { operation, input } = everyCall(known)[index]!;
    const { status, body } = await send(server, headersOf(operation, form), form.write(input));
    const value = form.read(body);
    expect({ operation, status, value }).toMatchObject({ status: 200 });
    if (has(value, 'ShardIterator')) known.iterator = String(value.ShardIterator);
    if (has(value, 'ChannelDescription') && has(value.ChannelDescription, 'ChannelARN')) {
      known.channelArn = String(value.ChannelDescription.ChannelARN);
    }
    if (has(value, 'Consumer') && has(value.Consumer, 'ConsumerARN')) {
      known.consumerArn = String(value.Consumer.ConsumerARN);
    }
    seen.push({ operation, value });
    await clock.advance(NS_PER_S);
  }
  return seen;
}

/** What an endpoint answers to what it refuses; the last calls find the budget of a shard spent. */
async function refusalsBy(send: Send, form: Form): Promise<readonly Refused[]> {
  const kmsKeys = { off: 'disabled' } as const;
  const { clock, endpoint } = freshEndpoint({ limits: 'aws', kmsKeys });
  await using server = await startServer(endpoint);
  await send(server, headersOf('CreateStream', form), form.write({ StreamName, ShardCount: 1 }));
  await clock.advance(NS_PER_S);
  const seen: Refused[] = [];
  for (const { operation, input } of everyRefusal) {
    const { status, body } = await send(server, headersOf(operation, form), form.write(input));
    seen.push({ operation, status, value: form.read(body) });
  }
  return seen;
}

interface Refused {
  readonly operation: string;
  readonly status: number;
  readonly value: unknown;
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}

const combinations = Object.keys(ways).flatMap((way) => Object.keys(forms).map((form) => [way, form] as const));

describe('the same calls have the same answers', () => {
  const first = answersBy(http1, forms['JSON']!);

  test.each(combinations)('%s, %s', async (way, form) => {
    expect(await answersBy(ways[way]!, forms[form]!)).toEqual(await first);
  });

  const refused = refusalsBy(http1, forms['JSON']!);

  test.each(combinations)('%s, %s: what is refused, with its status and its text', async (way, form) => {
    expect(await refusalsBy(ways[way]!, forms[form]!)).toEqual(await refused);
  });

  test('every operation but three without arguments is refused, with every kind of error that a lone stream can meet', async () => {
    const errors = (await refused).filter(({ status }) => status !== 200);
    const operations = new Set(errors.map(({ operation }) => operation));
    const never = ['DescribeAccountSettings', 'DescribeLimits'];
    expect([...operations, ...never].toSorted()).toEqual(Object.keys(inputShapes).toSorted());
    const names = new Set(errors.map(({ value }) => String(has(value, '__type') ? value.__type : undefined)));
    expect([...names].toSorted()).toEqual([
      'DryRunOperationException',
      'InvalidArgumentException',
      'KMSDisabledException',
      'LimitExceededException',
      'ProvisionedThroughputExceededException',
      'ResourceInUseException',
      'ResourceNotFoundException',
      'SerializationException',
      'ValidationException',
    ]);
  });

  test('they are over every operation', () => {
    const called = new Set(
      everyCall({ consumerArn: '', channelArn: '', iterator: '' }).map(({ operation }) => operation),
    );
    expect([...called, 'SubscribeToShard'].toSorted()).toEqual(Object.keys(inputShapes).toSorted());
  });
});

test('the AWS SDK as it comes makes every call, and reads what the wire says', async () => {
  const expected = await answersBy(http1, forms['JSON']!);
  const { clock, endpoint } = freshEndpoint();
  await using server = await startServer(endpoint);
  const client = new sdk.KinesisClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'key' },
  });
  const known = { consumerArn: '', channelArn: '', iterator: '' };
  const commands = new Map<string, unknown>(Object.entries(sdk));
  for (const [index, { operation }] of everyCall(known).entries()) {
    const { input }: ListedCall = everyCall(known)[index]!;
    const Command = commands.get(`${operation}Command`);
    if (!isCommand(Command)) throw new Error(`the SDK has no ${operation}`);
    const { $metadata, ...value } = await client.send(new Command(withBytes(input)));
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    if (has(value, 'ShardIterator')) known.iterator = String(value.ShardIterator);
    if (has(value, 'ChannelDescription') && has(value.ChannelDescription, 'ChannelARN')) {
      known.channelArn = String(value.ChannelDescription.ChannelARN);
    }
    if (has(value, 'Consumer') && has(value.Consumer, 'ConsumerARN')) {
      known.consumerArn = String(value.Consumer.ConsumerARN);
    }
    expect({ operation, value: plain(value) }).toEqual({
      operation,
      value: plain(Object(expected[index]).value ?? {}),
    });
    await clock.advance(NS_PER_S);
  }
  expect((await client.send(new sdk.ListStreamsCommand({}))).StreamNames).toEqual([]);
  client.destroy();
});

type AnyCommand = new (input: unknown) => sdk.ListStreamsCommand;

function isCommand(value: unknown): value is AnyCommand {
  return typeof value === 'function';
}

/** Values as JSON has them: the SDK gives dates and bytes, and null where a member is absent. */
function plain(value: unknown, name = ''): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (timestampMembers.has(name) && typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, key)]));
}
