/** Delivery streams that somebody else made, or that a killed run left: followed and left alone, and found and removed. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { LocalCrew } from '../fleet/crew.ts';
import { createEndpoint, handleWhole } from '../reference/endpoint.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { embeddedDelivery, type RunningTarget } from '../target/target.ts';
import { createClient } from '../wire/client.ts';
import { createFirehoseClient } from '../wire/firehose-client.ts';
import { inProcessObjects } from '../wire/in-process-objects.ts';
import { inProcessReceivers } from '../wire/in-process-receivers.ts';
import { inProcessTransport } from '../wire/in-process.ts';
import { findDeliveryLeftovers, removeDeliveryLeftover } from '../target/delivery-leftovers.ts';
import { mergeResults } from './merge.ts';
import { runPlan } from './run.ts';
import { checkSegment } from './segment.ts';
import { tagsOf } from './streams.ts';

const text = `
name: theirs
question: Is it all there?
expected: Yes.
delivery: { sink: { use: theirs } }
fleets:
  writers: { produce: Firehose.PutRecordBatch, batch: 5, agents: 4, rate: 40 records/s total, record: { size: 1 KiB } }
  watcher: { watch: s3, every: 1s }
phases:
  - { name: steady, for: 30s }
  - { name: drain, until: drained, within: 60s }
verify: [no-loss, no-duplicates, immutability]
expect:
  - throttled.count = 0
  - accepted.count = 1200 records ± 20%
`;
const { plan, planHash } = parseScenario(text, { file: 'theirs.yaml' });
const scenario = { file: null, text, planHash, plan, overrides: [] };

/** An endpoint with clients of everything. */
function surroundings(faults: readonly string[] = []) {
  const clock = new VirtualClock(undefined, { inProcess: true });
  const endpoint = createEndpoint({ clock, faults: new Faults(faults) });
  const handle = (request: Parameters<typeof handleWhole>[1]) => handleWhole(endpoint, request);
  const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });
  const kinesis = { url: 'http://reference.invalid', region: 'us-east-1', credentials };
  const transport = inProcessTransport(handle, clock);
  const firehose = createFirehoseClient(kinesis, clock, transport);
  const objects = inProcessObjects(handle);
  const client = createClient(kinesis, clock, transport);
  const target: RunningTarget = {
    name: 'embedded',
    description: 'in process',
    capabilities: new Set(['throttle', 'firehose']),
    kinesis,
    delivery: embeddedDelivery(kinesis.url),
    modelled: true,
    died: () => null,
    [Symbol.asyncDispose]: async () => {},
  };
  const make = async (DeliveryStreamName: string, more: object = {}, Tags: { Key: string; Value: string }[] = []) => {
    const ExtendedS3DestinationConfiguration = {
      RoleARN: 'arn:aws:iam::000000000000:role/theirs',
      BucketARN: 'arn:aws:s3:::lake',
      Prefix: 'raw/',
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 10 },
      CompressionFormat: 'GZIP' as const,
      ...more,
    };
    const input = { DeliveryStreamName, ExtendedS3DestinationConfiguration, ...(Tags.length > 0 && { Tags }) };
    const made = await clock.runUntilSettled(firehose.call('CreateDeliveryStream', input));
    expect(made.kind).toBe('ok');
    await clock.advance(1e9);
  };
  const put = (DeliveryStreamName: string, data: string) =>
    clock.runUntilSettled(firehose.call('PutRecord', { DeliveryStreamName, Record: { Data: Buffer.from(data) } }));
  return { clock, endpoint, firehose, objects, client, target, make, put };
}

type Surroundings = ReturnType<typeof surroundings>;

function running({ clock, client, firehose, objects, target }: Surroundings, segment?: { index: number; of: number }) {
  return runPlan({
    scenario,
    target,
    seed: 7,
    id: 'existing',
    segment,
    startAtMs: clock.now() + 5000,
    clock,
    threads: 1,
    stop: new AbortController().signal,
    onProgress: () => {},
    inProcess: {
      client,
      delivery: { firehose, objects, receivers: inProcessReceivers() },
      make: async (assignment) => new LocalCrew(assignment, { wire: client, firehose, objects }, clock),
    },
  });
}

function count({ counts }: Result, metric: string): number {
  return counts.find((doc) => doc.metric === metric && doc.phase === null)?.count ?? 0;
}

describe('one that is there already', () => {
  test('is read as it describes itself, beside what others put, and is left as it was', async () => {
    const around = surroundings();
    await around.make('theirs');
    await around.put('theirs', 'something of theirs');
    const result = await around.clock.runUntilSettled(running(around));
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.acknowledged).toBeGreaterThan(900);
    expect(result.ledger.swept).toBe(result.ledger.acknowledged);
    expect(count(result, 'received')).toBe(count(result, 'accepted'));
    expect(result.ledger.counts.ghost).toBe(0);
    const described = await around.clock.runUntilSettled(
      around.firehose.call('DescribeDeliveryStream', { DeliveryStreamName: 'theirs' }),
    );
    expect(described.kind).toBe('ok');
    expect(around.endpoint.objects.bucket('lake').keys.length).toBeGreaterThan(2);
  });

  test('what it loses is found', async () => {
    const around = surroundings(['fh.lose-on-rotate']);
    await around.make('theirs');
    const result = await around.clock.runUntilSettled(running(around));
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts.lost).toBeGreaterThan(0);
  });

  test('whose objects cannot be read again loses nothing for all that is known, and passes nothing', async () => {
    const around = surroundings();
    await around.make('theirs');
    const known = new Set<string>();
    const objects: typeof around.objects = {
      ...around.objects,
      async read(bucket, key) {
        if (known.has(key)) return { kind: 'error', code: 'SlowDown', message: 'later' };
        known.add(key);
        return around.objects.read(bucket, key);
      },
    };
    const result = await around.clock.runUntilSettled(running({ ...around, objects }));
    expect(result.ledger.counts.lost).toBe(0);
    expect(result.ledger.sweep).toMatchObject({ complete: false, reason: expect.stringContaining('SlowDown') });
    expect(result.verdict.exitCode).not.toBe(ExitCode.pass);
  });

  test('has objects from long before the run, which are not looked at', async () => {
    const around = surroundings();
    await around.make('theirs');
    around.endpoint.objects.ensureBucket('lake');
    around.endpoint.objects.put('lake', 'raw/old', { body: Buffer.from('no gzip') });
    await around.clock.advance(601e9);
    around.endpoint.objects.put('lake', 'raw/new', { body: Buffer.from('no gzip') });
    const result = await around.clock.runUntilSettled(running(around));
    expect(result.delivery![0]!.objects.filter(({ unreadable }) => unreadable !== null)).toMatchObject([
      { key: 'raw/new' },
    ]);
  });

  test.each([60, 59])(
    'that buffers %s s and is listed by the second is refused with a drain of 60 s',
    async (seconds) => {
      const around = surroundings();
      await around.make('theirs', { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: seconds } });
      await expect(around.clock.runUntilSettled(running(around))).rejects.toThrow(/drain is over/);
    },
  );

  test('that is not there is told', async () => {
    const around = surroundings();
    await expect(around.clock.runUntilSettled(running(around))).rejects.toThrow(
      /DescribeDeliveryStream on theirs failed/,
    );
  });
});

describe('segments', () => {
  test('share one, and merge to the run of one machine', async () => {
    const around = surroundings();
    await around.make('theirs');
    const parts = [1, 2].map((index) => running(around, { index, of: 2 }));
    const results = await around.clock.runUntilSettled(Promise.all(parts));
    for (const { ledger } of results) {
      expect(ledger.counts).toMatchObject({ lost: 0, duplicated: 0, ghost: 0, changed: 0 });
      expect(ledger.elsewhere).toBeGreaterThan(400);
      expect(ledger.swept).toBe(ledger.acknowledged);
    }
    const whole = mergeResults(results.map((result, index) => ({ file: `${index + 1}.json`, result })));
    expect(whole.verdict.reasons).toEqual([]);
    expect(whole.ledger.acknowledged).toBe(count(whole, 'accepted'));
    expect(whole.delivery![0]!.objects.length).toBeGreaterThan(2);
    const alone = surroundings();
    await alone.make('theirs');
    const one = await alone.clock.runUntilSettled(running(alone));
    expect(whole.ledger.acknowledged).toBe(one.ledger.acknowledged);
  });

  test('make none: what is made for the run is refused, with the way out', () => {
    const made = parseScenario(text, {
      file: 'made.yaml',
      set: ['delivery.sink={ destination: s3, buffer: { interval: 10s } }'],
    });
    expect(() => checkSegment(made.plan, { index: 1, of: 2 })).toThrow(/delivery stream sink is made for the run/);
    const received = parseScenario(text, {
      file: 'received.yaml',
      set: ['delivery.sink={ destination: http, buffer: { interval: 10s } }', 'fleets.watcher={ watch: http }'],
    });
    expect(() => checkSegment(received.plan, { index: 1, of: 2 })).toThrow(/sink delivers to a receiver/);
    expect(() => checkSegment(plan, { index: 1, of: 2 })).not.toThrow();
  });
});

test('what a killed run left is found when its time is over, and removed with its objects; what others have is not', async () => {
  const { clock, firehose, objects, endpoint, make, put } = surroundings();
  const clients = { firehose, objects, bucket: 'lake' };
  const done = <T>(promise: Promise<T>) => clock.runUntilSettled(promise);
  const tags = Object.entries(tagsOf({ id: 'killed00', durationNs: 60e9 }, clock)).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  await make('kinebench-sink-killed00', { Prefix: 'kinebench/killed00/sink/' }, tags);
  await make('theirs', {}, tags);
  await make('kinebench-of-theirs');
  await put('kinebench-sink-killed00', 'a');
  await put('theirs', 'b');
  endpoint.objects.createBucket('lake');
  const old = { body: Buffer.from('x') };
  const file = 'kinebench-sink-gone0000-1-2026-01-01-00-00-00-aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
  endpoint.objects.put('lake', `kinebench/gone0000/sink/2026/01/01/00/${file}`, old);
  const own = ['kinebench/baseline/report.html', 'kinebench/notes.txt'];
  for (const key of own) endpoint.objects.put('lake', key, old);
  await clock.advance(20e9);
  const names = async () => (await done(findDeliveryLeftovers(clients, clock))).map(({ name }) => name);
  expect(await names()).toEqual([]);
  await clock.advance(2 * 3600e9);
  expect(await names()).toEqual(['kinebench-sink-killed00', 's3://lake/kinebench/killed00/']);
  await put('kinebench-sink-killed00', 'still buffered');
  for (const leftover of await done(findDeliveryLeftovers(clients, clock)))
    expect(await done(removeDeliveryLeftover(leftover, clients, clock))).toEqual([]);
  expect(await names()).toEqual([]);
  await clock.advance(23 * 3600e9);
  expect(await names()).toEqual(['s3://lake/kinebench/gone0000/']);
  for (const leftover of await done(findDeliveryLeftovers(clients, clock)))
    await done(removeDeliveryLeftover(leftover, clients, clock));
  const keys = endpoint.objects.bucket('lake').keys;
  expect(keys.filter((key) => key.startsWith('kinebench/'))).toEqual(own);
  expect(keys.some((key) => key.startsWith('raw/'))).toBe(true);
  const listed = await done(firehose.call('ListDeliveryStreams', {}));
  expect(listed.kind === 'ok' && listed.output.DeliveryStreamNames).toEqual(['kinebench-of-theirs', 'theirs']);
});
