/** Buffers that grow while delivery lags, and buffers side by side in a stream that scales. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import { awsLimits, type Limits } from '../limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { HeldObjects, type DestinationObject } from './destination.ts';

const DeliveryStreamName = 'd';
const MIB = 1_048_576;
const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });
const lag = (factorMax: number) => ({ lag: { factorMax, afterMs: 1000 } });

/** A destination that is down until it is told otherwise. */
class Flaky extends HeldObjects {
  down = false;

  constructor() {
    super(Number.POSITIVE_INFINITY);
  }

  override write(object: DestinationObject): Promise<void> {
    return this.down ? Promise.reject(new Error('503')) : super.write(object);
  }
}

async function ready(
  destination: Partial<ExtendedS3Configuration>,
  own: Partial<Limits['firehose']>,
): Promise<VirtualEndpoint & { readonly store: Flaky }> {
  const store = new Flaky();
  const limits = { ...awsLimits, firehose: { ...awsLimits.firehose, ...own } };
  const endpoint = virtualEndpoint({ limits, destination: store });
  await endpoint.firehose.create(DeliveryStreamName, destination);
  return { ...endpoint, store };
}

const put = ({ firehose }: VirtualEndpoint, data: string | Buffer) =>
  firehose.must('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from(data).toString('base64') } });

/** Half a MiB a second. */
async function load(endpoint: VirtualEndpoint, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await put(endpoint, Buffer.alloc(MIB / 2, second % 256));
    await endpoint.clock.advance(NS_PER_S);
  }
}

const sizes = ({ store }: { readonly store: Flaky }) => store.objects.map(({ body }) => body.length / MIB);
const whole = ({ store }: { readonly store: Flaky }) => Buffer.concat(store.objects.map(({ body }) => body));

describe('while delivery lags', () => {
  test('a buffer grows to so many times its size, and what waits comes in order and once', async () => {
    const endpoint = await ready(hints(1, 60), lag(4));
    endpoint.store.down = true;
    await load(endpoint, 24);
    endpoint.store.down = false;
    await endpoint.clock.advance(200 * NS_PER_S);
    // The first is closed by its size, since nothing is late yet; the second is not, and fills until it has four times its size.
    expect(sizes(endpoint)).toEqual([1, 4, 4, 3]);
    expect(whole(endpoint)).toEqual(
      Buffer.concat(Array.from({ length: 24 }, (_, index) => Buffer.alloc(MIB / 2, index))),
    );
  });

  test('it is closed as soon as what was before it is delivered, if it is full by then', async () => {
    const endpoint = await ready(hints(1, 900), lag(16));
    endpoint.store.down = true;
    await load(endpoint, 6);
    endpoint.store.down = false;
    await endpoint.clock.advance(130 * NS_PER_S);
    expect(sizes(endpoint)).toEqual([1, 2]);
    await load(endpoint, 2);
    expect(sizes(endpoint)).toEqual([1, 2, 1]);
  });

  test('its age does not close it either, and closes it when delivery is there again', async () => {
    const endpoint = await ready(hints(5, 60), lag(4));
    await put(endpoint, 'a');
    endpoint.store.down = true;
    await endpoint.clock.advance(62 * NS_PER_S);
    await put(endpoint, 'b,');
    await endpoint.clock.advance(300 * NS_PER_S);
    await put(endpoint, 'c');
    endpoint.store.down = false;
    await endpoint.clock.advance(130 * NS_PER_S);
    expect(endpoint.store.objects.map(({ body }) => Buffer.from(body).toString())).toEqual(['a', 'b,c']);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('a deletion does not wait', async () => {
    const endpoint = await ready(hints(1, 60), lag(16));
    endpoint.store.down = true;
    await load(endpoint, 6);
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    endpoint.store.down = false;
    await endpoint.clock.advance(200 * NS_PER_S);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('nothing grows by default, nor where buffers are full at once and taken at once', async () => {
    const plain = await ready(hints(1, 60), {});
    plain.store.down = true;
    await load(plain, 8);
    plain.store.down = false;
    await plain.clock.advance(200 * NS_PER_S);
    expect(sizes(plain)).toEqual([1, 1, 1, 1]);
    const prompt = await ready(hints(1, 60), lag(16));
    const Records = Array.from({ length: 4 }, () => ({ Data: Buffer.alloc(MIB * 0.9).toString('base64') }));
    await prompt.firehose.must('PutRecordBatch', { DeliveryStreamName, Records });
    await prompt.clock.advance(0);
    expect(sizes(prompt)).toEqual([1.8, 1.8].map((size) => expect.closeTo(size, 5) as number));
  });
});

describe('a delivery stream that scales', () => {
  const BYTES = 64;
  const numbers = ({ body }: DestinationObject) => {
    const bytes = Buffer.from(body);
    return Array.from({ length: bytes.length / BYTES }, (_, index) => bytes.readUInt32BE(index * BYTES));
  };
  let sent = 0;

  /** So many records a second, each with its number. */
  async function puts(endpoint: VirtualEndpoint, seconds: number, perS: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      const Records = Array.from({ length: perS }, () => {
        const data = Buffer.alloc(BYTES);
        data.writeUInt32BE(sent);
        sent += 1;
        return { Data: data.toString('base64') };
      });
      await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName, Records });
      await endpoint.clock.advance(NS_PER_S);
    }
  }

  const records = ({ store }: { readonly store: Flaky }) => store.objects.map((object) => numbers(object).length);
  // One buffer is meant for 16 records a second.
  const scaling = (buffersMax: number) => ({ scaling: { buffersMax, bytesPerS: 16 * BYTES, windowS: 60 } });

  test('has one buffer for a window, then two, then four, and no more than it may', async () => {
    const endpoint = await ready(hints(128, 60), scaling(4));
    await puts(endpoint, 60, 50);
    expect(records(endpoint)).toEqual([3000]);
    // After a window with three times as much, two buffers: each gets half of what comes in, and its interval closes it.
    await puts(endpoint, 60, 50);
    expect(records(endpoint).slice(1)).toEqual([1500, 1500]);
    await puts(endpoint, 60, 125);
    expect(records(endpoint).slice(3)).toEqual([1875, 1875, 1875, 1875]);
    await puts(endpoint, 60, 125);
    expect(records(endpoint).slice(7)).toEqual([1875, 1875, 1875, 1875]);
    // Less does not take buffers away.
    await puts(endpoint, 60, 4);
    expect(records(endpoint).slice(11)).toEqual([60, 60, 60, 60]);
  });

  test('counts in windows that follow one another, whenever in one of them something comes', async () => {
    const endpoint = await ready(hints(128, 60), scaling(4));
    await puts(endpoint, 1, 1);
    await endpoint.clock.advance(89 * NS_PER_S);
    // From 60 s to 120 s there are 1,000 records, where one buffer is meant for 960.
    await puts(endpoint, 2, 500);
    await endpoint.clock.advance(59 * NS_PER_S);
    const before = records(endpoint).length;
    await puts(endpoint, 1, 2);
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(records(endpoint).slice(before)).toEqual([1, 1]);
  });

  test('keeps every record once, each buffer in its order', async () => {
    sent = 0;
    const endpoint = await ready(hints(128, 60), scaling(2));
    await puts(endpoint, 150, 25);
    await endpoint.clock.advance(61 * NS_PER_S);
    const held = endpoint.store.objects.map(numbers);
    for (const object of held) expect(object).toEqual(object.toSorted((a, b) => a - b));
    expect(held.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3750 }, (_, index) => index));
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('stays as it is where less comes in than one buffer is meant for, and by default whatever comes in', async () => {
    const light = await ready(hints(128, 60), scaling(8));
    await puts(light, 120, 16);
    expect(records(light)).toEqual([960, 960]);
    const plain = await ready(hints(128, 60), {});
    await puts(plain, 120, 125);
    expect(records(plain)).toEqual([7500, 7500]);
  });

  test('goes by new hints in all its buffers, and is emptied by its deletion', async () => {
    const endpoint = await ready(hints(128, 900), scaling(2));
    await puts(endpoint, 62, 25);
    await endpoint.firehose.must('UpdateDestination', {
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: hints(128, 60),
    });
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.store.objects).toHaveLength(2);
    await put(endpoint, 'a');
    await put(endpoint, 'b');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await endpoint.clock.advance(NS_PER_S);
    expect(endpoint.store.objects).toHaveLength(4);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});
