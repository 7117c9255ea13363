/** An update of the destination while something waits: the next attempt goes by it, and what belongs together by the old prefix stays together. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { UpdateDestinationInput } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { converted, extraction, partitioned } from './processing-faults.test-data.ts';
import { D, DestinationId, failedIn, hints, json, put, S3Configuration, spokenTo } from './spoken.test-data.ts';

const text = ({ body }: DestinationObject) => Buffer.from(body).toString();
const update = ({ firehose }: VirtualEndpoint, changes: Partial<UpdateDestinationInput>) =>
  firehose.must('UpdateDestination', {
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId: '1',
    DestinationId,
    ...changes,
  });

test('an object that one bucket does not take goes to another one', async () => {
  const endpoint = virtualEndpoint();
  const { clock, held } = endpoint;
  const write = held.write.bind(held);
  held.write = (object) => (object.bucket === 'lake' ? Promise.reject(new Error('AccessDenied')) : write(object));
  await endpoint.firehose.create(D, hints(1, 60));
  await put(endpoint, 'a');
  await clock.advance(70 * NS_PER_S);
  await put(endpoint, 'b');
  await update(endpoint, { ExtendedS3DestinationUpdate: { BucketARN: 'arn:aws:s3:::other', Prefix: 'new/' } });
  await clock.advance(120 * NS_PER_S);
  expect(held.objects.map(text)).toEqual(['a', 'b']);
  for (const { key } of held.objects) expect(key).toMatch(/^new\/.*\/d-2-/);
});

test('a buffer that a smaller hint makes full is closed at once', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, hints(5, 900));
  for (const letter of ['a', 'b', 'c']) await put(endpoint, letter.repeat(500_000));
  await update(endpoint, { ExtendedS3DestinationUpdate: hints(1, 900) });
  await endpoint.clock.advance(0);
  expect(endpoint.held.objects.map(({ body }) => body.length)).toEqual([1_500_000]);
});

test('what waited when a conversion was changed is forgotten by a reset too', async () => {
  const endpoint = virtualEndpoint({ tables: { 'lake.t': { n: 'int' } } });
  endpoint.held.write = () => Promise.reject(new Error('503'));
  await endpoint.firehose.create(D, converted('lake.t'));
  await put(endpoint, '{"n":1}');
  await update(endpoint, { ExtendedS3DestinationUpdate: { DataFormatConversionConfiguration: { Enabled: false } } });
  await endpoint.clock.advance(60 * NS_PER_S);
  endpoint.endpoint.reset();
  expect([endpoint.clock.sleeping, endpoint.endpoint.memory.bytes]).toEqual([0, 0]);
});

const http = (Url: string) => ({
  HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url }, ...hints(1, 60), S3Configuration },
});

test('records that one address does not take go to another one, under the same request id', async () => {
  const asked: (readonly [url: string, id: unknown])[] = [];
  const endpoint = await spokenTo(async ({ url, headers }) => {
    const requestId = headers['x-amz-firehose-request-id'];
    asked.push([url, requestId]);
    return url.includes('wrong') ? json(404, {}) : json(200, { requestId, timestamp: 1 });
  }, http('https://wrong.invalid/'));
  await put(endpoint, 'a');
  await endpoint.clock.advance(62 * NS_PER_S);
  await update(endpoint, {
    HttpEndpointDestinationUpdate: { EndpointConfiguration: { Url: 'https://right.invalid/' } },
  });
  await endpoint.clock.advance(600 * NS_PER_S);
  const urls = asked.map(([url]) => url);
  expect(urls.filter((url) => url.includes('right'))).toHaveLength(1);
  expect(urls.at(-1)).toContain('right');
  expect(new Set(asked.map(([, id]) => id)).size).toBe(1);
  expect(endpoint.held.objects).toEqual([]);
});

test('another retry duration holds for what is being tried', async () => {
  const endpoint = await spokenTo(async () => json(503, {}), http('https://receiver.invalid/'));
  await put(endpoint, 'a');
  const beganMs = endpoint.clock.now() + 60_000;
  await endpoint.clock.advance(65 * NS_PER_S);
  await update(endpoint, { HttpEndpointDestinationUpdate: { RetryOptions: { DurationInSeconds: 20 } } });
  await endpoint.clock.advance(600 * NS_PER_S);
  const [line] = endpoint.held.objects.flatMap(failedIn);
  expect(line).toMatchObject({ attemptEndingTimestamp: beganMs + 20_000 });
});

test('records that were together by one partition key stay so when the prefix has another', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, partitioned('!{partitionKeyFromQuery:x}/', extraction('{x: .x, y: .y}')));
  await put(endpoint, '{"x":1,"y":2}');
  await put(endpoint, '{"x":1,"y":3}');
  await endpoint.clock.advance(0);
  await update(endpoint, { ExtendedS3DestinationUpdate: { Prefix: '!{partitionKeyFromQuery:y}/' } });
  await put(endpoint, '{"x":5,"y":1}');
  await endpoint.clock.advance(61 * NS_PER_S);
  expect(endpoint.held.objects.map((object) => [object.key.slice(0, 6), text(object)])).toEqual([
    ['1/d-1-', '{"x":1,"y":2}{"x":1,"y":3}'],
    ['1/d-2-', '{"x":5,"y":1}'],
  ]);
});
