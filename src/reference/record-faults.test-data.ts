/** A scenario for each fault of codecs, checks, puts, reads and iterators, in which it shows. */
import { decode, encode } from 'cborg';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { initialRanges } from '../protocol/hash.ts';
import type { Input, OperationName, ShardIteratorType } from '../protocol/operations.ts';
import { fill, HOUR_NS, iteratorOf, read, replay, S, type Scenario } from './fault-scenario.test-data.ts';
import { handleWhole } from './endpoint.ts';
import type { VirtualEndpoint } from './virtual-endpoint.ts';

/** Sends any JSON, of the right types or not. */
async function send({ endpoint }: VirtualEndpoint, operation: string, body: Uint8Array, type: string) {
  const headers = {
    'content-type': type,
    'x-amz-target': `Kinesis_20131202.${operation}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  };
  return (await handleWhole(endpoint, { method: 'POST', path: '/', headers, body })).body;
}

const inJson =
  (operation: OperationName, input: object): Scenario =>
  async (virtual) => {
    const body = Buffer.from(JSON.stringify(input));
    return Buffer.from(await send(virtual, operation, body, 'application/x-amz-json-1.1')).toString();
  };

const inCbor: Scenario = async (virtual) => {
  await fill(virtual, 1);
  const body = encode({ ShardIterator: await iteratorOf(virtual, 'TRIM_HORIZON') });
  return decode(await send(virtual, 'GetRecords', body, 'application/x-amz-cbor-1.1'), {
    tags: { 1: (inner) => inner() },
  });
};

const said =
  <O extends OperationName>(operation: O, input: Input<O>): Scenario =>
  ({ call }) =>
    call(operation, input);

const put = (rest: object = {}) => ({ StreamName: S, Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey: '0', ...rest });

async function whole(endpoint: VirtualEndpoint) {
  return read(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
}

/** A batch, what it was answered, and what the first shard then holds. */
const batch =
  (entries: readonly object[]): Scenario =>
  async (endpoint) => {
    const Records = entries.map((entry) => ({ Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey: '0', ...entry }));
    const answer = await endpoint.call('PutRecords', { StreamName: S, Records });
    return { answer, stored: (await whole(endpoint)).map(({ Data }) => Data.length) };
  };

const megabytes = (bytes: number) => ({ Data: Buffer.alloc(bytes).toString('base64') });
/** The second of them is throttled. */
const throttled = batch([megabytes(700_000), megabytes(800_000), megabytes(10)]);

/** Three records of shard 0, read from the second one's time or number on; the arguments replace those of the call. */
const from =
  (type: ShardIteratorType, rest: (numbers: readonly string[], atMs: number) => object, count = 3): Scenario =>
  async (endpoint) => {
    await endpoint.clock.advance(100 * NS_PER_MS);
    const atMs = endpoint.clock.now();
    const numbers = await fill(endpoint, count);
    const input = { StreamName: S, ShardId: 'shardId-0', ShardIteratorType: type, ...rest(numbers, atMs) };
    const outcome = await endpoint.call('GetShardIterator', input);
    return outcome.ok ? read(endpoint, outcome.value.ShardIterator!) : outcome;
  };

/** Puts of several sizes and keys in pairs, each answered before the next, then all that is there. */
const inTurn: Scenario = async (endpoint) => {
  const numbers = [];
  for (let index = 0; index < 40; index += 1) {
    const Data = Buffer.alloc(40 - index, index).toString('base64');
    const { SequenceNumber } = await endpoint.must('PutRecord', put({ Data, PartitionKey: `k${index}` }));
    numbers.push(SequenceNumber);
    await endpoint.clock.advance(NS_PER_MS);
  }
  return { numbers, read: (await whole(endpoint)).map(({ SequenceNumber, Data }) => [SequenceNumber, Data]) };
};

/** Records of three different hours, each read back when the one before has expired. */
const hourly: Scenario = async (endpoint) => {
  const seen = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await fill(endpoint, 1);
    await endpoint.clock.advance(13 * HOUR_NS);
    seen.push((await whole(endpoint)).length);
  }
  return seen;
};

const keysOnceMore: Scenario = async ({ must }) => {
  const shards = new Set<string>();
  for (let index = 0; index < 120; index += 1) {
    shards.add((await must('PutRecord', { StreamName: S, Data: '', PartitionKey: 'same' })).ShardId);
  }
  return shards.size;
};

const spread: Scenario = async ({ must }) => {
  const Records = Array.from({ length: 60 }, (_, index) => ({ Data: '', PartitionKey: `k${index}` }));
  const { Records: results } = await must('PutRecords', { StreamName: S, Records });
  return new Set(results.map(({ ShardId }) => ShardId)).size;
};

/** Whether writes pass `ms` after the shard refused some. */
const afterThrottle =
  (ms: number): Scenario =>
  async (endpoint) => {
    const Records = Array.from({ length: 500 }, () => ({ Data: '', PartitionKey: 'k', ExplicitHashKey: '0' }));
    const failed = [];
    for (let call = 0; call < 3; call += 1) {
      failed.push((await endpoint.must('PutRecords', { StreamName: S, Records })).FailedRecordCount);
    }
    await endpoint.clock.advance(ms * NS_PER_MS);
    return [failed, (await endpoint.call('PutRecord', put())).ok];
  };

const iteratorOfLongName: Scenario = async (endpoint) => {
  const StreamName = 'n'.repeat(120);
  await endpoint.stream(StreamName, 1);
  const input = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'LATEST' } as const;
  return (await endpoint.must('GetShardIterator', input)).ShardIterator!.length;
};

const largePage: Scenario = async (endpoint) => {
  for (let call = 0; call < 12; call += 1) await endpoint.must('PutRecord', put(megabytes(1_000_000)));
  const ShardIterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
  return (await endpoint.must('GetRecords', { ShardIterator })).Records.length;
};

/** The number of a put after 40 others, with another as its predecessor. */
const chained: Scenario = async (endpoint) => {
  const numbers = await fill(endpoint, 2);
  const after = await endpoint.must('PutRecord', put({ SequenceNumberForOrdering: numbers[1] }));
  return [...numbers, after.SequenceNumber];
};

const seconds: Scenario = async (endpoint) => {
  const [first] = await fill(endpoint, 1);
  await endpoint.clock.advance(2 * NS_PER_S);
  const [second] = await fill(endpoint, 1);
  return second! > first!;
};

/** The end of the first shard's range, to which no record of these was sent. */
const lastShard = { ExplicitHashKey: String(initialRanges(4)[3]!.end) };

/** Fault → a scenario in which it shows. */
export const recordFaults = {
  'api.cbor-string-blob': inCbor,
  'api.coerce-types': inJson('DescribeStream', { StreamName: S, Limit: '7' }),
  'api.max-off-by-one': said('PutRecord', put({ PartitionKey: 'k'.repeat(257) })),
  'api.first-error-only': said('PutRecord', put({ PartitionKey: '', ExplicitHashKey: 'x' })),
  'batch.both-fields': throttled,
  'batch.code-other': throttled,
  'batch.failed-but-stored': throttled,
  'batch.former-cap': batch(Array.from({ length: 6 }, () => megabytes(1_000_000))),
  'batch.partial-on-invalid': batch(Array.from({ length: 12 }, () => megabytes(1_000_000))),
  'batch.skip-invalid': batch([{}, { ExplicitHashKey: String(2n ** 128n) }, {}]),
  'hash.low-bits': spread,
  'hash.salted-per-conn': keysOnceMore,
  'imm.compaction-reorders': replay(),
  'imm.timestamp-now': replay(),
  'iter.consumes-on-read': replay(),
  'iter.crash-on-garbage': said('GetRecords', { ShardIterator: 'garbage' }),
  'iter.foreign-seq': async (endpoint: VirtualEndpoint) => {
    const { SequenceNumber } = await endpoint.must('PutRecord', put(lastShard));
    return from('AT_SEQUENCE_NUMBER', () => ({ StartingSequenceNumber: SequenceNumber }))(endpoint);
  },
  'iter.lenient-combo': from('LATEST', ([first]) => ({ StartingSequenceNumber: first })),
  'iter.too-long': iteratorOfLongName,
  'iter.ts-seconds-floor': from('AT_TIMESTAMP', (_, atMs) => ({ Timestamp: atMs / 1000 })),
  'lr.key-not-counted': said('PutRecord', put(megabytes(1024 * 1024))),
  'ord.async-commit': inTurn,
  'ord.batch-shuffle': inTurn,
  'ord.commit-by-size': inTurn,
  'ord.seq-repeats-after-chain': chained,
  'part.length-in-bytes': said('PutRecord', put({ PartitionKey: 'é'.repeat(200) })),
  'poll.no-size-cap': largePage,
  'read.replica-diverges': replay(),
  'replay.from-block-start': from('AT_SEQUENCE_NUMBER', (numbers) => ({ StartingSequenceNumber: numbers[5] }), 8),
  'replay.sampled': replay(),
  'ret.horizon-stuck': hourly,
  'ret.trimmed-seq-error': async (endpoint: VirtualEndpoint) => {
    const [StartingSequenceNumber] = await fill(endpoint, 1);
    await endpoint.clock.advance(25 * HOUR_NS);
    return from('AT_SEQUENCE_NUMBER', () => ({ StartingSequenceNumber }))(endpoint);
  },
  'seq.clock-backwards': seconds,
  'seq.hex': replay(),
  'seq.sfo-unchecked': said('PutRecord', put({ SequenceNumberForOrdering: '17' })),
  'thr.sticky': afterThrottle(1500),
  'thr.too-strict': afterThrottle(1500),
} as const;
