/**
 * Fleets of a scenario resolved: defaults, base units, and whether they fit their streams and the service's limits.
 */
import { FIREHOSE_RECORD_BYTES_MAX } from '../protocol/firehose/limits.ts';
import { PUT_RECORDS_MAX, RECORD_BYTES_SETTABLE_MAX } from '../protocol/limits.ts';
import { parseCondition } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isAstray, putsToDelivery, resolveTarget, resolveWatcher } from './delivery.ts';
import { type DeliveryPlan, firehoseOperations } from './delivery-plan.ts';
import { checkFanOut, refuseFanOut, resolveFanOut } from './fan-out.ts';
import { keyBytesMax, keyBytesMean, parseKey } from './key.ts';
import { isWord, suggestion } from '../nearest.ts';
import { clientNames, RECORD_BYTES_MIN } from './plan.ts';
import type { ConsumeFleet, FleetPlan, KeyPlan, Pacing, ProduceFleet, SizePlan, StreamPlan } from './plan.ts';
import type { DataPlan } from './put-plan.ts';
import { resolvePolling } from './polling.ts';
import { callBytesMaxOf, type PutPolicy, resolvePutPolicy } from './put-policy.ts';
import { resolveRate } from './rate.ts';
import { keyFieldOf, resolveData, resolveIdentify } from './record-data.ts';
import { checkName, recordBytesMaxOf } from './streams.ts';
import { parseBytes, parseDurationNs } from './units.ts';

const TIMEOUT_NS_DEFAULT = 10e9;
const IN_FLIGHT_DEFAULT = 64;
const WAITING_DEFAULT = 1000;

const pacings = ['timer', 'precise'] as const;

/** The fleets; needs the time all phases of load take together. */
export function resolveFleets(
  root: Cursor,
  { streams, deliveries }: { readonly streams: readonly StreamPlan[]; readonly deliveries: readonly DeliveryPlan[] },
  loadNs: number,
): FleetPlan[] {
  const fleets = root.at('fleets').entries();
  if (root.at('fleets').present && fleets.length === 0)
    root.at('fleets').faultAtKey('there is no fleet', 'a scenario needs one that produces or consumes');
  const plans = fleets
    .filter((at) => ['produce', 'consume', 'watch'].some((key) => at.at(key).present))
    .map((at) => {
      checkName(at, 'fleet');
      const pacing = at.at('pacing').word(pacings, root.at('pacing').word(pacings, 'timer'));
      const when = at.at('when').parse(parseCondition);
      const plan = resolveFleet(at, { streams, deliveries, pacing, loadNs });
      return when === undefined ? plan : { ...plan, when };
    });
  checkFanOut(root.at('fleets'), plans, streams);
  for (const plan of plans) checkIdentify(root.at('fleets').at(plan.name), plan, plans);
  for (const { alias } of streams) {
    const unused = plans.every((fleet) => fleet.stream !== alias && !isAstray(root.at('fleets').at(fleet.name), fleet));
    if (plans.length === fleets.length && fleets.length > 0 && unused)
      root
        .at('streams')
        .at(alias)
        .faultAtKey(`no fleet uses the stream ${alias}`, 'take it away or name it in a fleet');
  }
  return plans;
}

interface Scope {
  readonly streams: readonly StreamPlan[];
  readonly deliveries: readonly DeliveryPlan[];
  readonly pacing: Pacing;
  readonly loadNs: number;
}

function resolveFleet(at: Cursor, scope: Scope): FleetPlan {
  const { streams, deliveries, pacing } = scope;
  if (at.at('watch').present) return resolveWatcher(at, deliveries);
  if (putsToDelivery(at)) {
    const to = resolveTarget(at, deliveries);
    return { ...resolveProducer(at, undefined, scope), stream: to };
  }
  if (at.at('to').present) at.at('to').faultAtKey(`${at.name} puts into a stream`, 'stream: its alias');
  if (at.at('dropped').present) at.at('dropped').faultAtKey('nothing drops records of a stream', 'take it away');
  const stream = resolveStreamOf(at, streams);
  return at.at('produce').present ? resolveProducer(at, stream, scope) : resolveConsumer(at, stream, pacing);
}

function resolveStreamOf(at: Cursor, streams: readonly StreamPlan[]): StreamPlan | undefined {
  const aliases = streams.map((each) => each.alias);
  const written = at.at('stream').text();
  if (written !== undefined) {
    if (!aliases.includes(written))
      at.at('stream').fault(`there is no stream "${written}"`, suggestion(written, aliases));
    return streams.find((each) => each.alias === written);
  }
  if (streams.length > 1) at.faultAtKey(`${at.name} does not say which stream`, `stream: ${aliases.join(' or ')}`);
  return streams[0];
}

function resolveProducer(
  at: Cursor,
  stream: StreamPlan | undefined,
  { pacing, loadNs }: Pick<Scope, 'pacing' | 'loadNs'>,
): ProduceFleet {
  const isSingle = !at.at('batch').present;
  const meant = putsToDelivery(at)
    ? (`Firehose.PutRecord${isSingle ? '' : 'Batch'}` as const)
    : (`PutRecord${isSingle ? '' : 's'}` as const);
  const operation = at.at('produce').word(['PutRecord', 'PutRecords', ...firehoseOperations], meant);
  const keyless = isWord(operation, firehoseOperations);
  const policy = resolvePutPolicy(at, operation);
  const { batchRecords } = policy;
  const { data, identify, recordBytes, key, recordBytesMean } = resolveRecord(at, policy, {
    recordBytesMax: keyless ? FIREHOSE_RECORD_BYTES_MAX : recordBytesMaxOf(stream),
    callBytesMax: callBytesMaxOf(operation),
    keyless,
  });
  checkShardKey(at.at('record').at('key'), key, stream);
  const agents = at.at('agents').integer(1);
  const late = at.at('late').word(['queue', 'skip'], 'queue');
  if (late === 'skip' && at.at('waiting').present)
    at.at('waiting').faultAtKey('with late: skip no call waits', 'take it away, or write late: queue');
  return {
    kind: 'produce',
    name: at.name,
    client: at.at('client').word(clientNames, 'wire'),
    operation,
    stream: stream?.alias ?? '',
    agents,
    rate: isTimed(data)
      ? { stages: [] }
      : resolveRate(at.at('rate'), { agents, batchRecords, recordBytesMean, loadNs, gathered: policy.gather !== null }),
    arrivals: resolveArrivals(at),
    pacing,
    ...policy,
    ...(at.at('dropped').flag(false) && { dropped: true as const }),
    data,
    identify,
    recordBytes,
    key,
    late,
    inFlightMax: at.at('in-flight').integer(IN_FLIGHT_DEFAULT),
    connections: at.at('connections').present ? at.at('connections').integer(1) : null,
    waitingMax: late === 'skip' ? 0 : at.at('waiting').integer(WAITING_DEFAULT),
    timeoutNs: positive(at.at('timeout'), TIMEOUT_NS_DEFAULT),
  };
}

/** A schedule names every time itself; where a rate does not, chance does unless told otherwise. */
function resolveArrivals(at: Cursor): ProduceFleet['arrivals'] {
  const written = at.at('arrivals');
  const scheduled = at.at('rate').at('file').present;
  if (scheduled && written.value === 'poisson')
    written.fault('a schedule says itself when calls are due', 'take it away');
  return scheduled ? 'uniform' : written.word(['poisson', 'uniform'], 'poisson');
}

/** Whether rows of a file say themselves when they are due. */
function isTimed(data: DataPlan): boolean {
  return data.kind === 'file' && data.timing !== null;
}

/** On demand nobody knows which shards there are going to be. */
function checkShardKey(at: Cursor, key: KeyPlan, stream: StreamPlan | undefined): void {
  if (key.kind !== 'shard' || !stream || 'use' in stream) return;
  const { shards } = stream.create;
  if (shards !== null && key.index >= shards)
    at.fault(`${stream.alias} has no shard ${key.index}`, `shards are counted from 0, there are ${shards}`);
}

/** What is in the records, how large they are, their keys, and how they are told apart. */
function resolveRecord(at: Cursor, policy: PutPolicy, room: Room) {
  const { recordBytesMax, keyless } = room;
  const record = at.at('record');
  if (record.isMapping && !keyless && !record.at('key').present)
    record.at('key').fault('key is missing', 'add key: to record');
  const keyField = record.at('key').parse(keyFieldOf) ?? null;
  const { data, key: field } = resolveData(record, keyField, recordBytesMax);
  if (keyField !== null && data.kind !== 'file')
    record.at('key').fault('these records have no fields to take keys from', 'data: { file: … }, or uniform(1000)');
  const distribution = keyField === null ? record.at('key').parse(parseKey) : undefined;
  const key: KeyPlan = field ? { kind: 'field', field } : (distribution ?? { kind: 'uniform', keys: 1 });
  const size = record.at('size');
  const filled = data.kind === 'random' || data.kind === 'zeros';
  if (filled && record.present && !size.present)
    record.faultAtKey('the records have no size', 'size: 1 KiB, or data: { json: … } or { file: … }');
  if (!filled && size.present) size.faultAtKey(`records of ${data.kind} have the size they have`, 'take it away');
  const recordBytes = (filled ? size.parse(parseSize) : undefined) ?? { kind: 'fixed', bytes: RECORD_BYTES_MIN };
  const least = recordBytes.kind === 'fixed' ? recordBytes.bytes : recordBytes.minBytes;
  const identify = resolveIdentify(at, data, least, RECORD_BYTES_MIN);
  if (policy.aggregate && identify.by === 'sequence-number')
    at.at('aggregate').faultAtKey(
      'records that are aggregated share a sequence number, and nothing else tells these apart',
      'identify: tag or { field: … }',
    );
  if (filled) checkSizes(at, { size: recordBytes, key, batchRecords: policy.batchRecords, ...room });
  checkTiming(at, data, policy);
  const mean = data.kind === 'file' ? data.bytes / Math.max(1, data.rows) : sizeMean(recordBytes);
  return {
    data,
    identify,
    recordBytes,
    key,
    recordBytesMean: mean + (key.kind === 'field' || keyless ? 0 : keyBytesMean(key)),
  };
}

/** Readers look for one thing in records of a stream that carry no tag. */
function checkIdentify(at: Cursor, plan: FleetPlan, plans: readonly FleetPlan[]): void {
  if (plan.kind !== 'produce' || plan.identify.by === 'tag') return;
  const { identify, stream, name } = plan;
  const other = plans.find(
    (each) =>
      each.kind === 'produce' &&
      each.stream === stream &&
      each.identify.by !== 'tag' &&
      JSON.stringify(each.identify) !== JSON.stringify(identify),
  );
  if (other && plans.indexOf(other) < plans.indexOf(plan))
    at.fault(`${name} and ${other.name} tell the records of ${stream} apart in two ways`, 'identify: the same in both');
}

/** A fleet has a rate, or rows that say when they are due. */
function checkTiming(at: Cursor, data: DataPlan, policy: PutPolicy): void {
  const rate = at.at('rate');
  if (at.at('record').at('data').at('time').present) {
    if (rate.present) rate.faultAtKey('the rows say themselves when they are due', 'take away rate:, or time:');
    if (policy.batchRecords > 1)
      at.at('batch').fault('rows fall due one by one', 'batch: { linger: 100ms }, or produce: PutRecord');
  } else if (at.at('produce').present && !rate.present) at.fault('rate is missing', `add rate: to ${at.name}`);
  if ((data.kind === 'json' || data.kind === 'text') && /B\/(s|min)/.test(rate.text() ?? ''))
    rate.fault('the size of a record shows only when it is made', 'write the rate in records/s');
}

/** What takes the records. */
interface Room {
  readonly recordBytesMax: number;
  readonly callBytesMax: number;
  /** Records have no partition key. */
  readonly keyless: boolean;
}

interface Sizes extends Room {
  readonly size: SizePlan;
  readonly key: KeyPlan;
  readonly batchRecords: number;
}

function checkSizes(at: Cursor, { size, key, batchRecords, recordBytesMax, callBytesMax, keyless }: Sizes): void {
  const keyBytes = keyless ? 0 : keyBytesMax(key);
  const most = (size.kind === 'fixed' ? size.bytes : size.maxBytes) + keyBytes;
  const cursor = at.at('record').at('size');
  if (size.kind === 'fixed' && size.bytes === 0) cursor.fault('records of nothing', 'a byte at the least');
  if (most > recordBytesMax)
    cursor.fault(
      `record and key take up to ${most} B, the stream takes ${recordBytesMax}`,
      recordBytesMax < RECORD_BYTES_SETTABLE_MAX && !keyless
        ? `${recordBytesMax - keyBytes} B at the most with these keys, or raise the stream's max-record-size`
        : `${recordBytesMax - keyBytes} B at the most${keyless ? '' : ' with these keys'}`,
    );
  else if (most * batchRecords > callBytesMax && batchRecords <= PUT_RECORDS_MAX)
    at.at('batch').fault(
      `a call of ${batchRecords} such records takes up to ${most * batchRecords} B, the service takes ${callBytesMax}`,
      `batch: ${Math.floor(callBytesMax / most)} at the most`,
    );
}

/** `1 KiB` or `uniform(100 B, 2 KiB)`. Throws TextFault. */
export function parseSize(text: string): SizePlan {
  const range = /^uniform\(([^,]*),([^,]*)\)$/.exec(text.trim());
  if (!range) return { kind: 'fixed', bytes: parseBytes(text) };
  const [low, high] = [parseBytes(range[1]!.trim()), parseBytes(range[2]!.trim())];
  return { kind: 'uniform', minBytes: Math.min(low, high), maxBytes: Math.max(low, high) };
}

function sizeMean(size: SizePlan): number {
  return size.kind === 'fixed' ? size.bytes : (size.minBytes + size.maxBytes) / 2;
}

function resolveConsumer(at: Cursor, stream: StreamPlan | undefined, pacing: Pacing): ConsumeFleet {
  const common = {
    kind: 'consume',
    name: at.name,
    client: at.at('client').word(clientNames, 'wire'),
    stream: stream?.alias ?? '',
    agents: at.at('agents').integer(1),
    timeoutNs: positive(at.at('timeout'), TIMEOUT_NS_DEFAULT),
  } as const;
  if (at.at('consume').word(['polling', 'fan-out'], 'polling') === 'fan-out')
    return { ...common, ...resolveFanOut(at) };
  refuseFanOut(at);
  return { ...common, ...resolvePolling(at, pacing) };
}

/** A duration above zero. */
export function positive(at: Cursor, fallbackNs: number): number {
  const ns = at.parse(parseDurationNs);
  if (ns === 0) at.fault(`${at.name} is zero`, 'it takes some time');
  return ns === undefined || ns === 0 ? fallbackNs : ns;
}
