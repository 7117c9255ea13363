import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

async function endpointWithStream(options: Parameters<typeof virtualEndpoint>[0] = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream(StreamName, 1);
  return endpoint;
}

const register = ({ must }: VirtualEndpoint, ConsumerName: string) =>
  must('RegisterStreamConsumer', { StreamARN, ConsumerName });

test('a consumer is CREATING, ACTIVE, DELETING and gone', async () => {
  const endpoint = await endpointWithStream();
  const { must, call, clock } = endpoint;
  const { Consumer } = await register(endpoint, 'c');
  const createdS = Math.floor(clock.now() / 1000);
  const shown = { ConsumerName: 'c', ConsumerARN: `${StreamARN}/consumer/c:${createdS}` };
  expect(Consumer).toEqual({ ...shown, ConsumerStatus: 'CREATING', ConsumerCreationTimestamp: createdS });
  const status = async () => {
    const outcome = await call('DescribeStreamConsumer', { StreamARN, ConsumerName: 'c' });
    return outcome.ok ? outcome.value.ConsumerDescription.ConsumerStatus : outcome.name;
  };
  const steps = [];
  await clock.advance(499 * NS_PER_MS);
  steps.push(await status());
  await clock.advance(NS_PER_MS);
  steps.push(await status());
  await must('DeregisterStreamConsumer', { ConsumerARN: shown.ConsumerARN });
  steps.push(await status());
  await clock.advance(499 * NS_PER_MS);
  steps.push(await status());
  await clock.advance(NS_PER_MS);
  steps.push(await status());
  expect(steps).toEqual(['CREATING', 'ACTIVE', 'DELETING', 'DELETING', 'ResourceNotFoundException']);
});

test('a name is taken until its consumer is gone, and comes back with another ARN', async () => {
  const endpoint = await endpointWithStream({ createConsumerMs: 0, deleteConsumerMs: 100 });
  const { call, must, clock } = endpoint;
  const first = await register(endpoint, 'c');
  const taken = { ok: false, name: 'ResourceInUseException' };
  expect(await call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).toMatchObject(taken);
  await must('DeregisterStreamConsumer', { StreamARN, ConsumerName: 'c' });
  expect(await call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).toMatchObject(taken);
  await clock.advance(100 * NS_PER_MS);
  expect(await must('ListStreamConsumers', { StreamARN })).toEqual({ Consumers: [] });
  const second = await register(endpoint, 'c');
  expect(second.Consumer.ConsumerARN).not.toBe(first.Consumer.ConsumerARN);
  expect(await call('DescribeStreamConsumer', { ConsumerARN: first.Consumer.ConsumerARN })).toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

describe('a consumer is named', () => {
  test.each([
    ['by its ARN', {}, true],
    ['by stream and name', { StreamARN, ConsumerName: 'c' }, true],
    ['by all three', { StreamARN, ConsumerName: 'c' }, true],
    ['by nothing', {}, 'InvalidArgumentException'],
    ['by its name alone', { ConsumerName: 'c' }, 'InvalidArgumentException'],
    ['by ARN and another name', { ConsumerName: 'd' }, 'InvalidArgumentException'],
    ['by ARN and another stream', { StreamARN: `${StreamARN}x` }, 'InvalidArgumentException'],
    ['by a name that is none', { StreamARN, ConsumerName: 'd' }, 'ResourceNotFoundException'],
    ['by a stream that is none', { StreamARN: `${StreamARN}x`, ConsumerName: 'c' }, 'ResourceNotFoundException'],
  ])('%s', async (how, ref, expected) => {
    const endpoint = await endpointWithStream();
    const { Consumer } = await register(endpoint, 'c');
    const byArn = how.includes('ARN') || how.includes('three') ? { ConsumerARN: Consumer.ConsumerARN } : {};
    const outcome = await endpoint.call('DescribeStreamConsumer', { ...ref, ...byArn });
    expect(outcome.ok || outcome.name).toBe(expected);
    if (outcome.ok) expect(outcome.value.ConsumerDescription).toEqual({ ...Consumer, StreamARN });
  });
});

test('a stream has 20 consumers, five of them CREATING, and says how many', async () => {
  const endpoint = await endpointWithStream({ limits: 'aws' });
  const { call, must, clock } = endpoint;
  const outcomes: string[] = [];
  for (let index = 0; index < 22; index += 1) {
    const outcome = await call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` });
    outcomes.push(outcome.ok ? 'ok' : outcome.message);
    await clock.advance(200 * NS_PER_MS);
  }
  const full = 'Limit of 20 registered consumers exceeded for stream s under account 000000000000.';
  expect(outcomes).toEqual([...Array<string>(20).fill('ok'), full, full]);
  const { StreamDescriptionSummary } = await must('DescribeStreamSummary', { StreamName });
  expect(StreamDescriptionSummary.ConsumerCount).toBe(20);
});

test('the sixth consumer that would be CREATING is refused', async () => {
  const endpoint = await endpointWithStream({ limits: 'aws', createConsumerMs: 5000 });
  const { call, clock } = endpoint;
  const names: (string | boolean)[] = [];
  for (let index = 0; index < 7; index += 1) {
    const outcome = await call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` });
    names.push(outcome.ok || outcome.message);
    await clock.advance(NS_PER_S);
  }
  const creating = 'Limit of 5 consumers being created concurrently exceeded for stream s under account 000000000000.';
  expect(names).toEqual([true, true, true, true, true, true, true]);
  await clock.advance(10 * NS_PER_S);
  for (let index = 7; index < 13; index += 1) {
    const outcome = await call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` });
    names.push(outcome.ok || outcome.message);
    await clock.advance(200 * NS_PER_MS);
  }
  expect(names.slice(7)).toEqual([true, true, true, true, true, creating]);
});

describe('lists', () => {
  const all = async (endpoint: VirtualEndpoint, count: number) => {
    for (let index = 0; index < count; index += 1) await register(endpoint, `c${index}`);
  };

  test('come in pages, and each consumer once though others come and go', async () => {
    const endpoint = await endpointWithStream({ deleteConsumerMs: 0 });
    const { must } = endpoint;
    await all(endpoint, 7);
    const first = await must('ListStreamConsumers', { StreamARN, MaxResults: 3 });
    await must('DeregisterStreamConsumer', { StreamARN, ConsumerName: 'c1' });
    await register(endpoint, 'c7');
    const second = await must('ListStreamConsumers', { StreamARN, MaxResults: 3, NextToken: first.NextToken! });
    const third = await must('ListStreamConsumers', { StreamARN, NextToken: second.NextToken! });
    const names = [first, second, third].map(({ Consumers }) => Consumers.map(({ ConsumerName }) => ConsumerName));
    expect(names).toEqual([
      ['c0', 'c1', 'c2'],
      ['c3', 'c4', 'c5'],
      ['c6', 'c7'],
    ]);
    expect(third.NextToken).toBeUndefined();
  });

  test('a token lives 300 seconds, belongs to its stream and goes with nothing else that names it', async () => {
    const endpoint = await endpointWithStream();
    await endpoint.stream('t', 1);
    await all(endpoint, 2);
    const { must, call, clock } = endpoint;
    const NextToken = (await must('ListStreamConsumers', { StreamARN, MaxResults: 1 })).NextToken!;
    const name = async (input: object) => {
      const outcome = await call('ListStreamConsumers', { StreamARN, NextToken, ...input });
      return outcome.ok || outcome.name;
    };
    const createdS = clock.now() / 1000;
    expect(await name({ StreamCreationTimestamp: createdS })).toBe('InvalidArgumentException');
    expect(await name({ StreamARN: StreamARN.replace(/s$/, 't') })).toBe('InvalidArgumentException');
    expect(await name({ NextToken: 'x' })).toBe('InvalidArgumentException');
    await clock.advance(300 * NS_PER_S - 1_000_000);
    expect(await name({})).toBe(true);
    await clock.advance(NS_PER_MS);
    expect(await name({})).toBe('ExpiredNextTokenException');
  });

  test('a creation time tells the stream from another of its name', async () => {
    const endpoint = await endpointWithStream();
    const { must, call } = endpoint;
    const { StreamDescriptionSummary } = await must('DescribeStreamSummary', { StreamName });
    const StreamCreationTimestamp = StreamDescriptionSummary.StreamCreationTimestamp;
    expect(await must('ListStreamConsumers', { StreamARN, StreamCreationTimestamp })).toEqual({ Consumers: [] });
    const other = await call('ListStreamConsumers', { StreamARN, StreamCreationTimestamp: 1 });
    expect(other).toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('tags are checked when they come with a consumer', async () => {
  const { call } = await endpointWithStream();
  const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']));
  expect(await call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c', Tags })).toMatchObject({
    name: 'InvalidArgumentException',
  });
});

test('a stream that is not ready takes no consumer', async () => {
  const { call, must } = virtualEndpoint();
  await must('CreateStream', { StreamName, ShardCount: 1 });
  expect(await call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).toMatchObject({
    name: 'ResourceInUseException',
  });
});
