/** A delivery stream that is deleted while something is under way: tried at once, in few objects, and never again once it is gone. */
import { expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { HttpReceiver } from './http-receiver.test-data.ts';
import { localLambda, type LambdaHandler } from './lambda.ts';
import { loadedInto, RedshiftCluster } from './redshift-cluster.test-data.ts';
import { extraction, lambdaProcessor, partitioned, processed } from './processing-faults.test-data.ts';
import { D, hints, json, put, rawIn, S3Configuration, spokenTo } from './spoken.test-data.ts';

const text = ({ body }: DestinationObject) => Buffer.from(body).toString();
const remove = ({ firehose }: VirtualEndpoint) => firehose.must('DeleteDeliveryStream', { DeliveryStreamName: D });
const same: LambdaHandler = ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })),
});

/** The S3 of an endpoint, down until it is told otherwise; when each write was tried, in ms from now on. */
function breakS3({ clock, held }: VirtualEndpoint) {
  const write = held.write.bind(held);
  const beganNs = clock.monotonicNs();
  const s3 = { down: true, triedMs: [] as number[] };
  held.write = (object) => {
    s3.triedMs.push((clock.monotonicNs() - beganNs) / NS_PER_MS);
    return s3.down ? Promise.reject(new Error('503')) : write(object);
  };
  return s3;
}

const http = {
  HttpEndpointDestinationConfiguration: {
    EndpointConfiguration: { Url: 'https://receiver.invalid/' },
    ...hints(1, 60),
    S3Configuration,
  },
};

/** That nothing is left to be done, nor held. */
function expectRest({ clock, endpoint }: VirtualEndpoint): void {
  expect([clock.sleeping, endpoint.memory.bytes]).toEqual([0, 0]);
}

test('an object that is not taken is not tried again once its stream is gone', async () => {
  const endpoint = virtualEndpoint({ deleteDeliveryStreamMs: 2000 });
  await endpoint.firehose.create(D, hints(1, 60));
  const s3 = breakS3(endpoint);
  await put(endpoint, 'a');
  await remove(endpoint);
  await endpoint.clock.advance(600 * NS_PER_S);
  const [first, second, ...more] = s3.triedMs;
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(800);
  expect(second).toBeLessThan(1200);
  expect(more).toEqual([]);
  expectRest(endpoint);
});

test('nor is a manifest', async () => {
  const cluster = new RedshiftCluster();
  const endpoint = await loadedInto(cluster, {}, { deleteDeliveryStreamMs: 2000 });
  const s3 = breakS3(endpoint);
  const write = endpoint.held.write.bind(endpoint.held);
  endpoint.held.write = (object) => {
    s3.down = object.key.includes('manifests/');
    return write(object);
  };
  await put(endpoint, 'a');
  await remove(endpoint);
  await endpoint.clock.advance(600 * NS_PER_S);
  // The object itself, its manifest, and that once more.
  expect(s3.triedMs).toHaveLength(3);
  expect(cluster.sent).toEqual([]);
  expectRest(endpoint);
});

test('what waits for another attempt is tried at once, and so is what is behind it', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, hints(1, 60));
  const s3 = breakS3(endpoint);
  await put(endpoint, 'a');
  await endpoint.clock.advance(600 * NS_PER_S);
  await put(endpoint, 'b');
  s3.down = false;
  await remove(endpoint);
  await endpoint.clock.advance(0);
  expect(endpoint.held.objects.map(text)).toEqual(['a', 'b']);
  expectRest(endpoint);
});

test('what a function answers after the deletion is one object', async () => {
  const endpoint = virtualEndpoint({ lambda: localLambda({ f: same }) });
  await endpoint.firehose.create(D, processed(lambdaProcessor('f')));
  for (const each of ['a', 'b', 'c']) await put(endpoint, each);
  await remove(endpoint);
  await endpoint.clock.advance(NS_PER_S);
  expect(endpoint.held.objects.map(text)).toEqual(['abc']);
  expectRest(endpoint);
});

test('a function is not invoked again once its stream is gone: what it has not done is in the error output', async () => {
  let invocations = 0;
  const f: LambdaHandler = () => {
    invocations += 1;
    throw new Error('down');
  };
  const endpoint = virtualEndpoint({ lambda: localLambda({ f }) });
  await endpoint.firehose.create(D, processed(lambdaProcessor('f')));
  for (const each of ['a', 'b']) await put(endpoint, each);
  await remove(endpoint);
  await endpoint.clock.advance(500 * NS_PER_MS);
  expect(endpoint.held.objects.map(({ key }) => key)).toEqual([expect.stringMatching(/^processing-failed\//)]);
  expect(rawIn(endpoint.held.objects)).toEqual(['a', 'b']);
  await endpoint.clock.advance(600 * NS_PER_S);
  expect(invocations).toBe(1);
  expectRest(endpoint);
});

test('what an endpoint has not taken until then is one object of the backup', async () => {
  const receiver = new HttpReceiver();
  receiver.instead = () => json(503, {});
  const endpoint = await spokenTo(receiver.take, http);
  for (const each of ['a', 'b', 'c']) await put(endpoint, each);
  await remove(endpoint);
  await endpoint.clock.advance(NS_PER_S);
  expect(endpoint.held.objects).toHaveLength(1);
  expect(rawIn(endpoint.held.objects)).toEqual(['a', 'b', 'c']);
  expect(receiver.requests).toHaveLength(1);
  expectRest(endpoint);
});

test('an error output that begins with the deletion does not wait for its interval', async () => {
  const endpoint = virtualEndpoint();
  const RetryOptions = { DurationInSeconds: 0 };
  await endpoint.firehose.create(D, {
    ...partitioned('!{partitionKeyFromQuery:k}/', extraction('{k: .k}')),
    DynamicPartitioningConfiguration: { Enabled: true, RetryOptions },
  });
  const s3 = breakS3(endpoint);
  const write = endpoint.held.write.bind(endpoint.held);
  endpoint.held.write = (object) => {
    s3.down = !object.key.includes('s3-failed');
    return write(object);
  };
  await put(endpoint, '{"k":1}');
  await remove(endpoint);
  await endpoint.clock.advance(NS_PER_S);
  expect(rawIn(endpoint.held.objects)).toEqual(['{"k":1}']);
  expectRest(endpoint);
});

test('a reset forgets what a delivery stream that is gone still has under way', async () => {
  const receiver = new HttpReceiver();
  let refuse = () => {};
  receiver.instead = () => new Promise((resolve) => (refuse = () => resolve(json(503, {}))));
  const endpoint = await spokenTo(receiver.take, http);
  await put(endpoint, 'left');
  await remove(endpoint);
  await endpoint.clock.advance(NS_PER_S);
  await endpoint.firehose.create(D);
  endpoint.endpoint.reset();
  refuse();
  await endpoint.clock.advance(600 * NS_PER_S);
  expect(endpoint.held.objects).toEqual([]);
  expectRest(endpoint);
});
