/** Buffers on the clock, what objects hold and are called, and a destination that is down. */
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { uncompressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { HeldObjects, type DestinationObject } from './destination.ts';

const DeliveryStreamName = 'd';
const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });

async function ready(destination: Partial<ExtendedS3Configuration>, options = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await endpoint.firehose.create(DeliveryStreamName, destination);
  return endpoint;
}

const put = ({ firehose }: VirtualEndpoint, data: string | Buffer) =>
  firehose.must('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from(data).toString('base64') } });

/** A destination that is down until it is told otherwise, and counts attempts. */
class Flaky extends HeldObjects {
  down = true;
  attempts = 0;

  constructor() {
    super(Number.POSITIVE_INFINITY);
  }

  override write(object: DestinationObject): Promise<void> {
    this.attempts += 1;
    return this.down ? Promise.reject(new Error('503')) : super.write(object);
  }
}

const text = ({ body }: DestinationObject) => Buffer.from(body).toString();

describe('a buffer', () => {
  test('of 60 s and 5 MB that gets a trickle is flushed by its age, to the nanosecond', async () => {
    const endpoint = await ready(hints(5, 60));
    const { clock, held } = endpoint;
    for (let second = 0; second < 60; second += 1) {
      await put(endpoint, `${second},`);
      await clock.advance(NS_PER_S - (second === 59 ? 1 : 0));
    }
    expect(held.objects).toEqual([]);
    await clock.advance(1);
    expect(held.objects.map(text)).toEqual([Array.from({ length: 60 }, (_, second) => `${second},`).join('')]);
    // The next one counts from its own first record.
    await clock.advance(10 * NS_PER_S);
    await put(endpoint, 'late');
    await clock.advance(60 * NS_PER_S - 1);
    expect(held.objects).toHaveLength(1);
    await clock.advance(1);
    expect(held.objects).toHaveLength(2);
  });

  test('of 60 s and 5 MB that gets 2 MiB a second is flushed by its size', async () => {
    const endpoint = await ready(hints(5, 60));
    const { clock, held } = endpoint;
    const data = Buffer.alloc(524_288);
    for (let index = 0; index < 40; index += 1) {
      await put(endpoint, data);
      await clock.advance(250 * NS_PER_MS);
    }
    expect(held.objects.map(({ body }) => body.length)).toEqual([5_242_880, 5_242_880, 5_242_880, 5_242_880]);
  });

  test('of 15 minutes waits as long', async () => {
    const endpoint = await ready(hints(128, 900));
    await put(endpoint, 'a');
    await endpoint.clock.advance(900 * NS_PER_S - 1);
    expect(endpoint.held.objects).toEqual([]);
    await endpoint.clock.advance(1);
    expect(endpoint.held.objects).toHaveLength(1);
  });

  test('of 0 s is flushed after what the limits file says', async () => {
    const endpoint = await ready(hints(5, 0));
    await put(endpoint, 'a');
    await endpoint.clock.advance(NS_PER_S - 1);
    expect(endpoint.held.objects).toEqual([]);
    await endpoint.clock.advance(1);
    expect(endpoint.held.objects).toHaveLength(1);
  });

  test('that is empty makes no object, and an empty record makes one', async () => {
    const endpoint = await ready(hints(1, 60));
    await endpoint.clock.advance(3600 * NS_PER_S);
    expect(endpoint.held.objects).toEqual([]);
    await put(endpoint, '');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects.map(text)).toEqual(['']);
  });

  test('goes by new hints at once', async () => {
    const endpoint = await ready(hints(5, 900));
    await put(endpoint, 'a');
    await endpoint.clock.advance(100 * NS_PER_S);
    await endpoint.firehose.must('UpdateDestination', {
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: { ...hints(5, 120), Prefix: 'new/' },
    });
    await endpoint.clock.advance(20 * NS_PER_S - 1);
    expect(endpoint.held.objects).toEqual([]);
    await endpoint.clock.advance(1);
    expect(endpoint.held.objects.map(({ key }) => key)).toEqual([expect.stringMatching(/^new\/.*\/d-2-/)]);
  });

  test('is delivered when its stream is deleted', async () => {
    const endpoint = await ready(hints(5, 900));
    await put(endpoint, 'a');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await endpoint.clock.advance(NS_PER_S);
    expect(endpoint.held.objects.map(text)).toEqual(['a']);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

describe('an object', () => {
  const three = async (destination: Partial<ExtendedS3Configuration>) => {
    const endpoint = await ready({ ...hints(1, 60), ...destination });
    for (const data of ['a', 'bb', 'ccc']) await put(endpoint, data);
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects).toHaveLength(1);
    return endpoint.held.objects[0]!;
  };

  test('holds the records one behind the other', async () => {
    const object = await three({});
    expect(object).toMatchObject({
      bucket: 'lake',
      contentType: 'application/octet-stream',
      contentEncoding: undefined,
    });
    expect(text(object)).toBe('abbccc');
    // 1 January 2026, half a second after midnight.
    expect(object.key).toMatch(
      /^2026\/01\/01\/00\/d-1-2026-01-01-00-00-00-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test.each([
    [[], 'a\nbb\nccc\n'],
    [[{ ParameterName: 'Delimiter' as const, ParameterValue: '||' }], 'a||bb||ccc||'],
  ])('holds delimiters where a processor says so: %j', async (Parameters, expected) => {
    const Processors = [{ Type: 'AppendDelimiterToRecord' as const, Parameters }];
    expect(text(await three({ ProcessingConfiguration: { Enabled: true, Processors } }))).toBe(expected);
    expect(text(await three({ ProcessingConfiguration: { Enabled: false, Processors } }))).toBe('abbccc');
  });

  const large = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * index) % 251));
  const compressed = async (CompressionFormat: ExtendedS3Configuration['CompressionFormat'] & string) => {
    const endpoint = await ready({ ...hints(1, 60), CompressionFormat });
    await put(endpoint, large);
    await endpoint.clock.advance(60 * NS_PER_S);
    return endpoint.held.objects[0]!;
  };

  test('as GZIP', async () => {
    const { body, key, contentEncoding } = await compressed('GZIP');
    expect(gunzipSync(body).equals(large)).toBe(true);
    expect([key.slice(-3), contentEncoding]).toEqual(['.gz', 'gzip']);
  });

  test('as ZIP', async () => {
    const { body, key, contentEncoding } = await compressed('ZIP');
    const files = Object.entries(unzipSync(body));
    expect(files.map(([name]) => `${name}.zip`)).toEqual([key.split('/').at(-1)]);
    expect(large.equals(files[0]![1])).toBe(true);
    expect(contentEncoding).toBe('zip');
  });

  /** Blocks of Snappy, each behind so many bytes of lengths, of which the last four count it. */
  function unblocked(body: Buffer, headBytes: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = 0; at < body.length;) {
      const length = body.readUInt32BE(at + headBytes - 4);
      parts.push(Buffer.from(uncompressSync(body.subarray(at + headBytes, at + headBytes + length))));
      at += headBytes + length;
    }
    return Buffer.concat(parts);
  }

  test('as Snappy: the stream of snappy-java', async () => {
    const { body, key, contentEncoding } = await compressed('Snappy');
    const bytes = Buffer.from(body);
    expect(bytes.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
    expect(unblocked(bytes.subarray(16), 4).equals(large)).toBe(true);
    expect([key.slice(-7), contentEncoding]).toEqual(['.snappy', 'snappy-java']);
  });

  test('as HADOOP_SNAPPY: the blocks of Hadoop', async () => {
    const { body, key, contentEncoding } = await compressed('HADOOP_SNAPPY');
    expect(unblocked(Buffer.from(body), 8).equals(large)).toBe(true);
    expect([key.slice(-7), contentEncoding]).toEqual(['.snappy', 'hadoop-snappy']);
  });

  test.each<[Partial<ExtendedS3Configuration>, RegExp]>([
    [{ Prefix: 'logs' }, /^logs2026\/01\/01\/00\/d-1-/],
    [{ Prefix: "y=!{timestamp:yyyy}/m=!{timestamp:MM}/!{timestamp:'day' d}/" }, /^y=2026\/m=01\/day 1\/d-1-/],
    [{ Prefix: '!{firehose:random-string}/' }, /^[0-9a-z]{11}\/d-1-/],
    [{ CustomTimeZone: 'Asia/Tokyo' }, /^2026\/01\/01\/09\/d-1-2026-01-01-00/],
    [{ CustomTimeZone: 'America/New_York' }, /^2025\/12\/31\/19\/d-1-/],
    [{ FileExtension: '.json.gz', CompressionFormat: 'GZIP' }, /-[0-9a-f]{12}\.json\.gz$/],
  ])('is called by %j', async (destination, key) => {
    const ErrorOutputPrefix = '!{firehose:error-output-type}/';
    expect((await three({ ErrorOutputPrefix, ...destination })).key).toMatch(key);
  });

  test('is called by the arrival of its oldest record, also over the edge of an hour', async () => {
    const endpoint = await ready(hints(1, 60));
    await endpoint.clock.advance(3590 * NS_PER_S);
    await put(endpoint, 'before');
    await endpoint.clock.advance(20 * NS_PER_S);
    await put(endpoint, 'after');
    await endpoint.clock.advance(60 * NS_PER_S);
    await put(endpoint, 'next');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects.map((object) => [object.key.slice(0, 14), text(object)])).toEqual([
      ['2026/01/01/00/', 'beforeafter'],
      ['2026/01/01/01/', 'next'],
    ]);
  });
});

describe('a destination that is down', () => {
  test('for two hours: everything arrives, in order, and once', async () => {
    const destination = new Flaky();
    const endpoint = await ready(hints(1, 60), { destination });
    const sent: string[] = [];
    for (let minute = 0; minute < 120; minute += 1) {
      sent.push(`${minute},`);
      await put(endpoint, `${minute},`);
      await endpoint.clock.advance(60 * NS_PER_S);
    }
    expect(destination.objects).toEqual([]);
    destination.down = false;
    await endpoint.clock.advance(140 * NS_PER_S);
    expect(destination.objects.map(text).join('')).toBe(sent.join(''));
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('is tried again after 1, 2, 4 … 120 s, give or take 15 %', async () => {
    const destination = new Flaky();
    const endpoint = await ready(hints(1, 60), { destination });
    await put(endpoint, 'a');
    await endpoint.clock.advance(60 * NS_PER_S);
    const times: number[] = [];
    for (let count = destination.attempts; times.length < 10; count = destination.attempts) {
      const before = endpoint.clock.monotonicNs();
      while (destination.attempts === count) await endpoint.clock.advance(10 * NS_PER_MS);
      times.push((endpoint.clock.monotonicNs() - before) / NS_PER_S);
    }
    const nominal = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120];
    for (const [index, seconds] of times.entries()) {
      expect(seconds).toBeGreaterThan(nominal[index]! * 0.85 - 0.011);
      expect(seconds).toBeLessThan(nominal[index]! * 1.15 + 0.011);
    }
  });

  test('for 25 hours: what is older than a day is lost, from the oldest on, and nothing younger', async () => {
    const destination = new Flaky();
    const endpoint = await ready(hints(1, 900), { destination });
    const sent: number[] = [];
    for (let quarter = 0; quarter < 100; quarter += 1) {
      sent.push(endpoint.clock.now());
      await put(endpoint, `${endpoint.clock.now()},`);
      await endpoint.clock.advance(900 * NS_PER_S);
    }
    const upMs = endpoint.clock.now();
    destination.down = false;
    await endpoint.clock.advance(140 * NS_PER_S);
    const arrived = destination.objects.map(text).join('').split(',').slice(0, -1).map(Number);
    const lost = sent.filter((ms) => !arrived.includes(ms));
    expect(arrived).toEqual(sent.slice(lost.length));
    expect(lost.length).toBeGreaterThan(0);
    expect(Math.max(...lost)).toBeLessThanOrEqual(upMs - 86_400_000);
    // A pause between attempts may have let the oldest of the rest get over its time.
    expect(upMs - arrived[0]!).toBeLessThan(86_400_000 + 140_000);
  });

  test('until its oldest record is over a day old and its newest is not: nothing is lost', async () => {
    const destination = new Flaky();
    const endpoint = await ready(hints(1, 900), { destination });
    await put(endpoint, 'oldest');
    await endpoint.clock.advance(890 * NS_PER_S);
    await put(endpoint, 'newest');
    // 200 s beyond the day of the oldest: an attempt has been made since.
    await endpoint.clock.advance((86_400 - 890 + 200) * NS_PER_S);
    destination.down = false;
    await endpoint.clock.advance(140 * NS_PER_S);
    expect(destination.objects.map(text)).toEqual(['oldestnewest']);
  });

  test('is left alone when its stream is gone', async () => {
    const destination = new Flaky();
    const endpoint = await ready(hints(1, 60), { destination });
    await put(endpoint, 'a');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await endpoint.clock.advance(10 * NS_PER_S);
    const { attempts } = destination;
    await endpoint.clock.advance(3600 * NS_PER_S);
    expect(destination.attempts).toBe(attempts);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

test('objects in memory are given up from the oldest on', async () => {
  const held = new HeldObjects(10);
  const object = (key: string) => ({
    bucket: 'b',
    key,
    body: Buffer.alloc(4),
    contentType: '',
    contentEncoding: undefined,
  });
  for (const key of ['a', 'b', 'c', 'd']) await held.write(object(key));
  expect(held.objects.map(({ key }) => key)).toEqual(['c', 'd']);
});
