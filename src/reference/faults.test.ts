import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { initialRanges } from '../protocol/hash.ts';
import type { ShardIteratorType } from '../protocol/operations.ts';
import { plain, sdkRequest, temporary, withHeaders, type SdkCall } from './auth/sdk-request.test-data.ts';
import { createEndpoint, handleWhole, type EndpointRequest } from './endpoint.ts';
import { fanOutFaults } from './fan-out-faults.test-data.ts';
import { channelFaults } from './channels/channel-faults.test-data.ts';
import { deliveryFaults } from './firehose/delivery-faults.test-data.ts';
import { processingFaults, processingFunctions, processingTables } from './firehose/processing-faults.test-data.ts';
import { RedshiftCluster } from './firehose/redshift-cluster.test-data.ts';
import { fill, HOUR_NS, iteratorOf, read, replay, S, type Scenario } from './fault-scenario.test-data.ts';
import { faultDescriptions, faultNamed, faultPlaces, Faults, type FaultName } from './faults.ts';
import { settingFaults } from './setting-faults.test-data.ts';
import { reshardFaults } from './reshard-faults.test-data.ts';
import { recordFaults } from './record-faults.test-data.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const from =
  (type: ShardIteratorType): Scenario =>
  async (endpoint) => {
    const put = await fill(endpoint, 3);
    const rest = type === 'LATEST' ? {} : { StartingSequenceNumber: put[1] };
    return read(endpoint, await iteratorOf(endpoint, type, rest));
  };

const readAfter =
  (hours: number): Scenario =>
  async (endpoint) => {
    await fill(endpoint, 3);
    await endpoint.clock.advance(hours * HOUR_NS);
    return read(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
  };

const shardsOf =
  (keys: readonly bigint[]): Scenario =>
  async ({ must }) => {
    const ids: string[] = [];
    for (const [index, key] of keys.entries()) {
      const input = { StreamName: S, Data: '', PartitionKey: `k${index}`, ExplicitHashKey: String(key) };
      ids.push((await must('PutRecord', input)).ShardId);
    }
    return ids;
  };

/** Puts of `bytes` in turn to the first and the last shard: how each went, and what the first then holds. */
const flood =
  (bytes: number, perCall: number, calls: number): Scenario =>
  async (endpoint) => {
    const Data = Buffer.alloc(bytes).toString('base64');
    const Records = Array.from({ length: perCall }, (_, index) => ({
      Data,
      PartitionKey: `k${index}`,
      ExplicitHashKey: index % 3 === 2 ? String(2n ** 128n - 1n) : '0',
    }));
    const answers = [];
    for (let call = 0; call < calls; call += 1) {
      answers.push(await endpoint.must('PutRecords', { StreamName: S, Records }));
    }
    const stored = await endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint, 'TRIM_HORIZON') });
    return { answers, stored: stored.Records.map(({ SequenceNumber }) => SequenceNumber) };
  };

const polls: Scenario = async (endpoint) => {
  await fill(endpoint, 2);
  const ShardIterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
  const bodies = [];
  for (let call = 0; call < 6; call += 1) {
    const outcome = await endpoint.call('GetRecords', { ShardIterator });
    bodies.push(outcome.ok ? outcome.value.Records : outcome.body);
  }
  return bodies;
};

const expiredIterator: Scenario = async (endpoint) => {
  const ShardIterator = await iteratorOf(endpoint, 'LATEST');
  await endpoint.clock.advance(301 * NS_PER_S);
  return (await endpoint.call('GetRecords', { ShardIterator })).ok;
};

const starved: Scenario = async (endpoint) => {
  for (let call = 0; call < 4; call += 1) {
    await flood(1_000_000, 1, 1)(endpoint);
    await endpoint.clock.advance(2 * NS_PER_S);
  }
  const ShardIterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
  return [
    (await endpoint.call('GetRecords', { ShardIterator })).ok,
    (await endpoint.call('GetRecords', { ShardIterator })).ok,
  ];
};

const samePutTwice: Scenario = async ({ must }) => {
  const input = { StreamName: S, Data: 'AAAA', PartitionKey: 'same' };
  return [await must('PutRecord', input), await must('PutRecord', input)];
};

const created: Scenario = async ({ must }) => {
  await must('CreateStream', { StreamName: 'new', ShardCount: 3 });
  return must('DescribeStreamSummary', { StreamName: 'new' });
};

const keys: Scenario = async ({ must }) => {
  const Records = Array.from({ length: 20 }, (_, index) => ({ Data: '', PartitionKey: `k${index}` }));
  return must('PutRecords', { StreamName: S, Records });
};

const describeOften: Scenario = async ({ call }) => {
  const names = [];
  for (let index = 0; index < 11; index += 1) {
    const outcome = await call('DescribeStream', { StreamName: S });
    names.push(outcome.ok || outcome.name);
  }
  return names;
};

/** What an endpoint that verifies signatures answers to ListStreams, as the AWS SDK signs it, when something is wrong with it. */
const signed =
  (call: SdkCall, change: (request: EndpointRequest) => EndpointRequest = (request) => request): Scenario =>
  async ({ clock, faults }) => {
    const known = [plain, { ...temporary, expiresMs: clock.now() }];
    const endpoint = createEndpoint({ auth: 'verify', keys: known, clock, faults });
    const headers = { 'x-amz-target': 'Kinesis_20131202.ListStreams' };
    const request = await sdkRequest({ atMs: clock.now(), headers, body: Buffer.from('{}'), ...call });
    const { status, body } = await handleWhole(endpoint, change(request));
    return [status, Buffer.from(body).toString()];
  };

const scenarios: Record<FaultName, Scenario> = {
  ...recordFaults,
  ...fanOutFaults,
  ...reshardFaults,
  ...settingFaults,
  ...channelFaults,
  ...deliveryFaults,
  ...processingFaults,
  'hash.little-endian': keys,
  'hash.ehk-ignored': shardsOf([0n, 0n, 0n, 0n, 0n]),
  'hash.ehk-wraps': async ({ call }) => {
    const ExplicitHashKey = String(2n ** 128n);
    return (await call('PutRecord', { StreamName: S, Data: '', PartitionKey: 'k', ExplicitHashKey })).ok;
  },
  'hash.end-exclusive': shardsOf(initialRanges(4).map(({ end }) => end)),
  'shard.range-gap': ({ must }) => must('ListShards', { StreamName: S }),
  'data.utf8-normalise': replay(),
  'data.key-trimmed': async (endpoint) => {
    const input = { StreamName: S, Data: '', PartitionKey: ' k ', ExplicitHashKey: '0' };
    await endpoint.must('PutRecord', input);
    return read(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
  },
  'ord.swap-adjacent': replay(),
  'poll.skip-on-limit': replay(7),
  'poll.int-gap': replay(7),
  'poll.repeat-last': replay(7),
  'log.ack-then-drop': replay(),
  'log.double-append': replay(),
  'log.store-then-reject': flood(600_000, 3, 1),
  'seq.collide-in-shard': replay(),
  'seq.renumber-on-read': replay(),
  'iter.horizon-skips-first': replay(),
  'iter.latest-includes-last': from('LATEST'),
  'iter.at-is-after': from('AT_SEQUENCE_NUMBER'),
  'iter.after-is-at': from('AFTER_SEQUENCE_NUMBER'),
  'iter.ts-strict': async (endpoint) => {
    const Timestamp = endpoint.clock.now() / 1000;
    await fill(endpoint, 2);
    return read(endpoint, await iteratorOf(endpoint, 'AT_TIMESTAMP', { Timestamp }));
  },
  'iter.future-ok': async ({ call, clock }) => {
    const input = { StreamName: S, ShardId: 'shardId-0', ShardIteratorType: 'AT_TIMESTAMP' } as const;
    return (await call('GetShardIterator', { ...input, Timestamp: clock.now() / 1000 + 60 })).ok;
  },
  'iter.null-when-empty': async (endpoint) =>
    endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint, 'LATEST') }),
  'iter.never-expires': expiredIterator,
  'poll.limit-plus-one': async (endpoint) => {
    await fill(endpoint);
    return endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint, 'TRIM_HORIZON'), Limit: 7 });
  },
  'ret.default-168': created,
  'ret.trim-early': readAfter(23.5),
  'ret.never-trims': readAfter(25),
  'ret.delete-on-read': replay(),
  'imm.upsert-by-key': samePutTwice,
  'imm.bit-rot': replay(),
  'thr.off': flood(1, 500, 5),
  'thr.bytes-ignored': flood(600_000, 4, 1),
  'thr.per-stream': flood(1, 500, 4),
  'thr.read-tps-off': polls,
  'thr.read-bytes-off': starved,
  'thr.error-with-data': polls,
  'thr.control-off': describeOften,
  'batch.count-wrong': flood(600_000, 4, 1),
  'batch.reorder-results': keys,
  'batch.stop-at-first': flood(600_000, 3, 1),
  'poll.behind-always-0': replay(7),
  'life.skip-creating-status': created,
  'sec.anonymous-ok': signed({}, (request) => withHeaders(request, { authorization: undefined })),
  'sec.any-key': signed({ key: { ...plain, accessKeyId: 'AKIDNOBODY' } }),
  'sec.both-ok': signed({ query: { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' } }),
  'sec.lenient-header': signed({}, (request) =>
    withHeaders(request, { authorization: String(request.headers['authorization']).replace(/SignedHeaders=\S*/, '') }),
  ),
  'sec.no-skew-check': signed({ atMs: 0 }),
  'sec.payload-unsigned': signed({}, (request) => ({ ...request, body: Buffer.from('{"Limit":1}') })),
  'sec.scope-ignored': signed({ service: 'firehose' }),
  'sec.shape-only': signed({ key: { ...plain, secretAccessKey: 'wrong' } }),
  'sec.token-immortal': signed({ key: temporary }),
  'sec.leak-canonical': signed({ key: { ...plain, secretAccessKey: 'wrong' } }),
};

/** Without limits where the fault is not one of them, so that scenarios need not pace themselves. */
const limitsOf = (name: FaultName) =>
  /^(thr|batch)\.|reject|quota|efo.no-limit|lr.no-bucket|od.never-scales|fh.count|ch.no-children/.test(name)
    ? 'aws'
    : 'off';

async function observe(name: FaultName, ...armed: string[]) {
  const endpoint = virtualEndpoint({
    limits: limitsOf(name),
    faults: armed,
    kmsKeys: { disabled: 'disabled' },
    tables: processingTables,
    lambda: processingFunctions(),
    sql: new RedshiftCluster().run,
  });
  await endpoint.stream(S, 4);
  const seen = await scenarios[name](endpoint);
  return { seen, activations: endpoint.faults.activations(), log: endpoint.faults.log() };
}

const quiet = (seen: unknown) => ({ seen, activations: {}, log: [] });

describe.each(Object.keys(scenarios).map(faultNamed))('%s', (name) => {
  test('shows when armed and only then, and never where its n-th time does not come', async () => {
    const sound = await observe(name);
    const faulty = await observe(name, name);
    expect(sound).toEqual(quiet(sound.seen));
    expect(Object.keys(faulty.activations)).toEqual([name]);
    expect(faulty.seen).not.toEqual(sound.seen);
    expect(await observe(name, `${name}{nth=1000000000}`)).toEqual(sound);
  });

  const place = faultPlaces[name];

  // An endpoint's own knows no other place.
  if (place === 'endpoint') return;
  test('strikes in the stream that it is armed for and in no other', async () => {
    const { log } = await observe(name, name);
    const sound = await observe(name);
    const { stream, shard } = log.findLast((activation) => activation.stream !== undefined)!;
    const there = place === 'shard' ? `stream=${stream},shard=${shard}` : `stream=${stream}`;
    const faulty = await observe(name, `${name}{${there}}`);
    expect(faulty.seen).not.toEqual(sound.seen);
    for (const activation of faulty.log)
      expect(activation).toMatchObject({ stream, ...(place === 'shard' && { shard }) });
    expect(await observe(name, `${name}{stream=elsewhere}`)).toEqual(sound);
    if (place === 'shard') expect(await observe(name, `${name}{shard=99}`)).toEqual(sound);
  });
});

describe('the table', () => {
  test('and every one has its scenario and its sentence', () => {
    expect(Object.keys(scenarios).toSorted()).toEqual(Object.keys(faultDescriptions).toSorted());
    expect(Object.values(faultDescriptions).every((text) => /^[A-Z].*\.$/.test(text))).toBe(true);
  });
});

test('the page lists every fault as the code describes it', () => {
  const page = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');
  const rows = Object.entries(faultDescriptions).map(
    ([name, text]) => `| \`${name}\` | ${faultPlaces[faultNamed(name)]} | ${text} |`,
  );
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

describe('arming', () => {
  test('an unknown name is the operator’s to mend, and the nearest are named', () => {
    const arm = () => new Faults(['log.ack-then-dorp']);
    expect(arm).toThrow(OperatorError);
    expect(arm).toThrow(expect.objectContaining({ hint: expect.stringContaining('log.ack-then-drop'), exitCode: 2 }));
  });

  test('a disarmed fault is inert again, and its count stays', () => {
    const faults = new Faults(['thr.off']).at({ stream: 's', shard: 'shardId-000000000000' });
    expect(faults.fires('thr.off')).toBe(true);
    faults.disarm('thr.off');
    expect(faults.fires('thr.off')).toBe(false);
    expect(faults.activations()).toEqual({ 'thr.off': 1 });
  });
});

const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const toOnDemand = { StreamARN: ARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;

describe('nothing is logged where nothing changed', () => {
  test.each<[FaultName, string, Scenario]>([
    ['od.switch-truncates', 'of an empty stream', ({ must }) => must('UpdateStreamMode', toOnDemand)],
    [
      'enc.old-unreadable',
      'of an empty stream',
      ({ must }) => must('StartStreamEncryption', { StreamName: S, EncryptionType: 'KMS', KeyId: 'k' }),
    ],
    ['life.create-resets', 'of an empty stream', ({ call }) => call('CreateStream', { StreamName: S })],
    [
      'api.arn-ignored',
      'where there is no stream of the name',
      ({ call }) => call('DescribeStreamSummary', { StreamARN: `${ARN}-not` }),
    ],
    [
      'ret.soft-delete-resurrects',
      'where nothing was trimmed',
      ({ must }) => must('IncreaseStreamRetentionPeriod', { StreamName: S, RetentionPeriodHours: 48 }),
    ],
    [
      'ret.decrease-noop',
      'where the retention stays',
      ({ must }) => must('DecreaseStreamRetentionPeriod', { StreamName: S, RetentionPeriodHours: 24 }),
    ],
    [
      'ret.zombie-shard',
      'where shards are counted and not listed',
      async ({ must, clock }) => {
        await must('MergeShards', { StreamName: S, ShardToMerge: 'shardId-0', AdjacentShardToMerge: 'shardId-1' });
        await clock.advance(25 * HOUR_NS);
        await must('DescribeStreamSummary', { StreamName: S });
      },
    ],
  ])('%s %s', async (name, _where, scenario) => {
    const endpoint = virtualEndpoint({ faults: [name] });
    await endpoint.stream(S, 4);
    await scenario(endpoint);
    expect(endpoint.faults.log()).toEqual([]);
  });

  test('thr.read-bytes-off of reads within the limits', async () => {
    const endpoint = virtualEndpoint({ limits: 'aws', faults: ['thr.read-bytes-off'] });
    await endpoint.stream(S, 1);
    await fill(endpoint, 2);
    const ShardIterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
    for (let call = 0; call < 3; call += 1) await endpoint.must('GetRecords', { ShardIterator });
    expect(endpoint.faults.log()).toEqual([]);
  });
});

test('a fault of starting positions that is narrowed to a stream strikes in fan-out too', async () => {
  const { stream, consumer, subscribe, clock } = virtualEndpoint({ faults: [`iter.future-ok{stream=${S}}`] });
  await stream(S, 1);
  const ConsumerARN = await consumer(S, 'c');
  const StartingPosition = { Type: 'AT_TIMESTAMP', Timestamp: clock.now() / 1000 + 60 } as const;
  expect((await subscribe({ ConsumerARN, ShardId: 'shardId-0', StartingPosition })).ok).toBe(true);
});

test('who watches learns what is asked for, and nothing strikes by it', () => {
  const faults = new Faults();
  const place = faults.at({ stream: 'orders', shard: 'shardId-000000000000' });
  expect(place.fires('log.double-append')).toBe(false);
  const asked = faults.watch();
  expect([...asked]).toEqual([]);
  expect([place.fires('log.ack-then-drop'), faults.has('sec.any-key')]).toEqual([false, false]);
  expect([...asked]).toEqual(['log.ack-then-drop', 'sec.any-key']);
  faults.reset();
  expect(place.fires('tag.append-only')).toBe(false);
  expect([...asked]).toContain('tag.append-only');
  expect(faults.activations()).toEqual({});
});
