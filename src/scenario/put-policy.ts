/**
 * How a producing fleet hands its records over, resolved: batches that gather, retry policies, chains, aggregation. Defaults of
 * gathering and of the `kpl` policy are those of the KPL (CollectionMaxCount, CollectionMaxSize, RecordMaxBufferedTime,
 * RateLimit, RecordTtl, AggregationMaxSize), those of `sdk` the AWS SDKs' in standard mode.
 */
import { PUT_RECORD_BATCH_BYTES_MAX } from '../protocol/firehose/limits.ts';
import { PUT_RECORDS_BYTES_MAX, PUT_RECORDS_MAX, RECORD_BYTES_MAX } from '../protocol/limits.ts';
import type { Cursor } from './cursor.ts';
import { isWord, suggestion } from '../nearest.ts';
import { firehoseOperations } from './delivery-plan.ts';
import type { ProduceFleet } from './plan.ts';
import type { AggregatePlan, GatherPlan, RetryPlan } from './put-plan.ts';
import { parseBytes, parseDurationNs, parseShare } from './units.ts';

const BATCH_BYTES_DEFAULT = 5 * 2 ** 20;
const LINGER_NS_DEFAULT = 100e6;
const ATTEMPTS_DEFAULT = 3;
const LIMIT_SHARE_DEFAULT = 1.5;
const TIME_TO_LIVE_NS_DEFAULT = 30e9;
const AGGREGATE_BYTES_DEFAULT = 50 * 2 ** 10;
const AGGREGATE_RECORDS_DEFAULT = 10_000;

type Operation = ProduceFleet['operation'];

/** Whether a call of the operation has one record. */
function isSingle(operation: Operation): boolean {
  return operation === 'PutRecord' || operation === 'Firehose.PutRecord';
}

/** Bytes of a call of many records at the most. */
export function callBytesMaxOf(operation: Operation): number {
  return isWord(operation, firehoseOperations) ? PUT_RECORD_BATCH_BYTES_MAX : PUT_RECORDS_BYTES_MAX;
}

/** Everything of a fleet that says how its records travel. */
export type PutPolicy = Pick<ProduceFleet, 'batchRecords' | 'gather' | 'retry' | 'chain' | 'aggregate'>;

/** Reads it; `recordBytesMax` is the largest record with its key. */
export function resolvePutPolicy(at: Cursor, operation: Operation): PutPolicy {
  const gather = resolveGather(at, operation);
  const aggregate = resolveAggregate(at, gather);
  const retry = resolveRetry(at, gather);
  return {
    batchRecords: resolveBatch(at, operation, gather),
    gather,
    retry,
    chain: resolveChain(at, operation),
    aggregate,
  };
}

function resolveBatch(at: Cursor, operation: Operation, gather: GatherPlan | null): number {
  const batch = at.at('batch');
  if (isSingle(operation)) {
    const other = operation === 'PutRecord' ? 'PutRecords' : 'Firehose.PutRecordBatch';
    if (batch.present) batch.faultAtKey(`${operation} takes one record a call`, `produce: ${other}, or no batch`);
    return 1;
  }
  if (batch.value === undefined)
    at.faultAtKey(
      `${at.name} does not say how many records a call has`,
      `batch: 1 to ${PUT_RECORDS_MAX}, or batch: { linger: 100ms }`,
    );
  return gather ? 1 : batch.integer(1);
}

function resolveGather(at: Cursor, operation: Operation): GatherPlan | null {
  const batch = at.at('batch');
  if (isSingle(operation) || !batch.isMapping) return null;
  const bytes = batch.at('bytes');
  const most = callBytesMaxOf(operation);
  const bytesMax = bytes.parse(parseBytes) ?? Math.min(BATCH_BYTES_DEFAULT, most);
  if (bytesMax > most || bytesMax === 0)
    bytes.fault(`a call of ${bytesMax} B is not possible`, `1 B to ${most} B (${most / 2 ** 20} MiB)`);
  return {
    recordsMax: batch.at('records').integer(PUT_RECORDS_MAX),
    bytesMax,
    lingerNs: batch.at('linger').parse(parseDurationNs) ?? LINGER_NS_DEFAULT,
  };
}

function resolveAggregate(at: Cursor, gather: GatherPlan | null): AggregatePlan | null {
  const aggregate = at.at('aggregate');
  if (!aggregate.present) return null;
  if (!gather)
    aggregate.faultAtKey(
      `${at.name} has nothing to aggregate: its records do not wait for one another`,
      'produce: PutRecords with batch: { linger: 100ms }',
    );
  const bytes = aggregate.at('bytes');
  const bytesMax = bytes.parse(parseBytes) ?? AGGREGATE_BYTES_DEFAULT;
  if (bytesMax > RECORD_BYTES_MAX)
    bytes.fault(`a record of ${bytesMax} B is too large`, `the service takes ${RECORD_BYTES_MAX} B (1 MiB)`);
  return { recordsMax: aggregate.at('records').integer(AGGREGATE_RECORDS_DEFAULT), bytesMax };
}

/** Keys of the mapping that belong to one policy alone. */
const keysOf = { none: [], sdk: ['attempts'], kpl: ['rate-limit', 'time-to-live'] } as const;

function resolveRetry(at: Cursor, gather: GatherPlan | null): RetryPlan {
  const retry = at.at('retry');
  const said = retry.isMapping ? retry.at('policy') : retry;
  const policy = said.word(['none', 'sdk', 'kpl'], 'none');
  const own: readonly string[] = keysOf[policy];
  for (const key of ['attempts', 'rate-limit', 'time-to-live']) {
    if (retry.at(key).present && !own.includes(key))
      retry.at(key).faultAtKey(`${key} is not a key of the policy ${policy}`, suggestion(key, own));
  }
  if (policy === 'none') return { policy };
  if (policy === 'sdk') return { policy, attemptsMax: retry.at('attempts').integer(ATTEMPTS_DEFAULT) };
  if (!gather)
    retry.fault(
      'kpl puts failed records back into a buffer, and this fleet has none',
      'produce: PutRecords with batch: { linger: 100ms }',
    );
  const share = retry.at('rate-limit').parse(parseShare) ?? LIMIT_SHARE_DEFAULT;
  if (share === 0) retry.at('rate-limit').fault('nothing would ever be sent', 'a share above 0%');
  const life = retry.at('time-to-live');
  const timeToLiveNs = life.parse(parseDurationNs) ?? TIME_TO_LIVE_NS_DEFAULT;
  if (gather && timeToLiveNs <= gather.lingerNs)
    life.fault('records would expire before they have lingered', 'longer than linger');
  return { policy, limitShare: share, timeToLiveNs };
}

function resolveChain(at: Cursor, operation: Operation): boolean {
  const chain = at.at('chain');
  if (chain.flag(false) && operation !== 'PutRecord')
    chain.faultAtKey(`${operation} knows no SequenceNumberForOrdering`, 'produce: PutRecord');
  return chain.flag(false) && operation === 'PutRecord';
}
