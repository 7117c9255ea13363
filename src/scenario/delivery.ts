/**
 * What a scenario says of Data Firehose, resolved: delivery streams, fleets that put into one, fleets that watch where one
 * delivers. A record that goes this way has no partition key, no shard and no sequence number, so whatever rests on them is
 * refused here; it is followed by its tag alone, through whatever buffers and compresses it.
 */
import { suggestion } from '../nearest.ts';
import type { Cursor } from './cursor.ts';
import {
  checkKeys,
  heldNs,
  longest,
  resolveCompression,
  resolveInterval,
  resolveRetry,
  resolveSize,
} from './delivery-destination.ts';
import { deliveryDestinations, type DeliveryPlan } from './delivery-plan.ts';
import type { FleetPlan, PhasePlan, ProduceFleet, StreamPlan, WatchFleet } from './plan.ts';
import { fedBy, fieldsOf, formOf } from './delivered-form.ts';
import { checkHints, LARGE_MIB_DEFAULT, partitionPaths, prefixOf, resolveProcessing } from './processing.ts';
import { checkDocuments, checkIndices, resolveSearch } from './search-destination.ts';
import { checkName } from './streams.ts';
import { formatDuration, parseDurationNs } from './units.ts';

const EVERY_NS_DEFAULT = 1e9;
const EVERY_NS_MIN = 50e6;
const TIMEOUT_NS = 10e9;
/** Behind `kinebench/<run>/<alias>/`; S3 keys and expressions have their own bounds, which the target checks. */
const PREFIX_BYTES_MAX = 400;

/** The delivery streams; a fault for a bad alias, source or hint. */
export function resolveDeliveries(root: Cursor, streams: readonly StreamPlan[]): DeliveryPlan[] {
  const deliveries = root
    .at('delivery')
    .entries()
    .map((at) => {
      checkName(at, 'delivery stream');
      if (streams.some(({ alias }) => alias === at.name))
        at.faultAtKey(`a stream is called ${at.name} too`, 'give one of them another name');
      return at.at('use').present ? resolveExisting(at) : resolveNew(at, streams);
    });
  checkIndices(root, deliveries);
  return deliveries;
}

function resolveNew(at: Cursor, streams: readonly StreamPlan[]): DeliveryPlan {
  const destination = at.at('destination').word(deliveryDestinations, 's3');
  checkKeys(at, destination);
  const processing = resolveProcessing(at);
  const { partition, parquet } = processing ?? {};
  const large = destination === 's3' && (partition || parquet);
  const buffer = at.at('buffer');
  const bufferBytes = resolveSize(buffer.at('size'), destination, large ? LARGE_MIB_DEFAULT : undefined);
  const intervalNs = resolveInterval(buffer.at('interval'), destination);
  if (large) checkHints(at, processing, bufferBytes, intervalNs);
  const prefix = resolvePrefix(at.at('prefix'));
  return {
    alias: at.name,
    source: resolveSource(at.at('source'), streams),
    destination,
    bufferBytes,
    intervalNs,
    compression: resolveCompression(at.at('compression'), destination),
    prefix: prefix === '' && partition ? prefixOf(partition) : prefix,
    ...resolveRetry(at.at('retry'), destination),
    ...resolveSearch(at, destination),
    ...(processing && { processing }),
    ...originalOf(at),
  };
}

/** What its destination is shows when the run begins: until then it is taken for one that waits as long as any may. */
function resolveExisting(at: Cursor): DeliveryPlan {
  return {
    alias: at.name,
    use: at.at('use').text() ?? '',
    source: null,
    destination: 's3',
    bufferBytes: longest.bufferBytes,
    intervalNs: longest.intervalNs,
    compression: 'none',
    prefix: '',
    ...originalOf(at),
  };
}

function originalOf(at: Cursor): { original?: string } {
  const original = at.at('original').text();
  if (original === undefined) return {};
  if (fieldsOf(original).every((part) => typeof part === 'string'))
    at.at('original').fault(
      'no field stands in this text',
      '{device},{celsius},{at}, by the names of what is delivered',
    );
  return { original };
}

function resolveSource(at: Cursor, streams: readonly StreamPlan[]): string | null {
  const written = at.text() ?? 'direct';
  if (written === 'direct') return null;
  const stream = streams.find(({ alias }) => alias === written);
  const aliases = streams.map(({ alias }) => alias);
  if (!stream) at.fault(`there is no stream "${written}"`, suggestion(written, ['direct', ...aliases]));
  else if ('use' in stream)
    at.fault(`${written} holds the records of others too`, 'let the run make a stream of its own (shards:)');
  return written;
}

function resolvePrefix(at: Cursor): string {
  const prefix = at.text() ?? '';
  if (Buffer.byteLength(prefix) > PREFIX_BYTES_MAX)
    at.fault('the prefix is too long', `${PREFIX_BYTES_MAX} bytes at the most, the run puts its own before it`);
  return prefix;
}

/** The delivery stream that a fleet names, or the only one. */
function deliveryOf(fleet: Cursor, key: 'to' | 'of', deliveries: readonly DeliveryPlan[]): DeliveryPlan | undefined {
  const at = fleet.at(key);
  const aliases = deliveries.map(({ alias }) => alias);
  const written = at.text();
  if (written === undefined) {
    if (deliveries.length !== 1)
      fleet.faultAtKey(
        `${fleet.name} does not say which delivery stream`,
        aliases.length === 0 ? 'declare one under delivery:' : `${key}: ${aliases.join(' or ')}`,
      );
    return deliveries.length === 1 ? deliveries[0] : undefined;
  }
  if (!aliases.includes(written)) at.fault(`there is no delivery stream "${written}"`, suggestion(written, aliases));
  return deliveries.find(({ alias }) => alias === written);
}

/** Whether a fleet puts into a delivery stream, as it is written, or is meant to by a name that the schema refuses. */
export function putsToDelivery(at: Cursor): boolean {
  return /^firehose/i.test(at.at('produce').text() ?? '');
}

/** Whether a fleet names what is not there, which has a fault by now: it may mean any, so none is said to be unused. */
export function isAstray(at: Cursor, { stream }: FleetPlan): boolean {
  return stream === '' && (putsToDelivery(at) || at.at('watch').present || at.at('stream').present);
}

/** The alias that a fleet puts to; faults for what only Kinesis has. */
export function resolveTarget(at: Cursor, deliveries: readonly DeliveryPlan[]): string {
  const delivery = deliveryOf(at, 'to', deliveries);
  if (delivery && delivery.source !== null)
    at.at('produce').fault(
      `${delivery.alias} takes its records from the stream ${delivery.source}`,
      `produce: PutRecord or PutRecords, stream: ${delivery.source}`,
    );
  const refuse = (cursor: Cursor, why: string, wayOut: string) => {
    if (cursor.present) cursor.faultAtKey(why, wayOut);
  };
  refuse(at.at('stream'), `${at.name} puts into a delivery stream`, 'to: its alias');
  refuse(at.at('record').at('key'), 'Data Firehose has no partition keys', 'take it away');
  refuse(at.at('aggregate'), 'Data Firehose takes nothing apart that is put directly', 'take it away');
  const identify = at.at('identify');
  const byField = identify.at('field').present;
  if (at.at('record').at('data').at('file').present && !byField)
    at.at('record')
      .at('data')
      .fault(
        'these records carry no tag by which they are followed',
        'identify: { field: name }, by a field of theirs',
      );
  if (identify.value === 'sequence-number')
    identify.fault('what is delivered has no sequence number', 'tag or { field: name }');
  if (at.at('client').value === 'sdk') at.at('client').fault('calls of Data Firehose are made by wire', 'client: wire');
  const retry = at.at('retry');
  if ((retry.isMapping ? retry.at('policy') : retry).value === 'kpl')
    retry.fault('the KPL puts into streams', 'none or sdk');
  return delivery?.alias ?? '';
}

/** A fleet that watches a destination. */
export function resolveWatcher(at: Cursor, deliveries: readonly DeliveryPlan[]): WatchFleet {
  const delivery = deliveryOf(at, 'of', deliveries);
  const { destination = 's3', alias = '' } = delivery ?? {};
  if (delivery && at.at('watch').value !== destination)
    at.at('watch').fault(`${alias} delivers to ${destination}`, `watch: ${destination}`);
  const every = at.at('every');
  const asks = destination === 's3' || destination === 'opensearch';
  if (!asks && every.present) every.faultAtKey('a receiver is told when something comes', 'take it away');
  return {
    kind: 'consume',
    method: 'watch',
    name: at.name,
    client: 'wire',
    stream: delivery?.source ?? delivery?.alias ?? '',
    delivery: delivery?.alias ?? '',
    agents: 1,
    from: 'TRIM_HORIZON',
    everyNs: asks ? resolveEvery(every) : 0,
    timeoutNs: TIMEOUT_NS,
  };
}

/** Time between two listings or queries; a receiver knows when each request came. */
function resolveEvery(at: Cursor): number {
  const everyNs = at.parse(parseDurationNs) ?? EVERY_NS_DEFAULT;
  if (everyNs < EVERY_NS_MIN) at.fault(`${at.text()} between two listings is too short`, 'at least 50ms');
  return Math.max(everyNs, EVERY_NS_MIN);
}

/** Faults for delivery streams that nobody uses, or that cannot be followed to the end. */
export function checkDeliveries(
  root: Cursor,
  deliveries: readonly DeliveryPlan[],
  fleets: readonly FleetPlan[],
  phases: readonly PhasePlan[],
): void {
  const drain = phases.find((phase) => phase.kind === 'drain');
  const astray = fleets.filter((fleet) => isAstray(root.at('fleets').at(fleet.name), fleet));
  const judged = root
    .at('verify')
    .items()
    .find(({ value }) => value === 'partitions');
  if (judged && !deliveries.some(partitionPaths))
    judged.fault(
      'no record says itself in which partition it must stand',
      'partition: { customer: .customer.id } in delivery:, by paths of members, and no prefix',
    );
  for (const delivery of deliveries) {
    const { alias, use, destination } = delivery;
    const at = root.at('delivery').at(alias);
    const watchers = fleets.filter((fleet) => fleet.kind === 'consume' && fleet.method === 'watch');
    const [watcher, another] = watchers.filter(
      (fleet) => fleet.kind === 'consume' && 'delivery' in fleet && fleet.delivery === alias,
    );
    if (watcher?.everyNs === 0 && another)
      root.at('fleets').at(another.name).faultAtKey(`${watcher.name} receives what ${alias} sends`, 'take one away');
    const fed = fedBy(delivery, fleets);
    if (fed.length === 0 && !astray.some(({ kind }) => kind === 'produce'))
      at.faultAtKey(`no fleet puts what ${alias} delivers`, 'take it away or name it in a fleet');
    if (!watcher) {
      if (!astray.some(({ kind }) => kind === 'consume'))
        at.faultAtKey(
          `no fleet watches where ${alias} delivers`,
          `add one with watch: ${destination} and of: ${alias}`,
        );
      continue;
    }
    const untagged = fed.find(
      ({ identify, aggregate }) => (identify.by !== 'tag' && delivery.source !== null) || aggregate !== null,
    );
    if (untagged)
      root
        .at('fleets')
        .at(untagged.name)
        .faultAtKey(`what ${alias} delivers is followed by the tags of its records`, 'identify: tag, and no aggregate');
    checkForm(root, delivery, fed, fleets);
    // How long an existing one buffers is asked when the run begins.
    if (use !== undefined && drain) continue;
    const needNs = heldNs(delivery) + watcher.everyNs;
    const index = phases.findIndex((phase) => phase.kind === 'drain');
    const within = index < 0 ? root.at('phases') : root.at('phases').items()[index]!.at('within');
    if (!drain)
      within.faultAtKey(
        `nobody waits for what ${alias} still buffers`,
        `end with { name: drain, until: drained, within: ${formatDuration(2 * needNs)} }`,
      );
    else if (drain.withinNs <= needNs)
      within.fault(
        `${formatDuration(drain.withinNs)} is over before ${alias} must have delivered`,
        `longer than its interval and a listing: ${formatDuration(needNs)}`,
      );
  }
}

/** Types whose values are read as they were written, whatever the field holds. */
const TELLING = ['string', 'bigint', 'int'];

/** A fault where the field that tells records apart has no column, or one that writes it in another way. */
function checkColumn(root: Cursor, { alias, processing }: DeliveryPlan, fed: readonly ProduceFleet[]): void {
  const columns = Object.entries(processing?.parquet?.columns ?? {});
  for (const { name, identify } of fed) {
    if (identify.by !== 'field' || columns.length === 0) continue;
    const column = columns.find(([each]) => each.toLowerCase() === identify.field.name.toLowerCase());
    if (!column || !TELLING.includes(column[1].toLowerCase()))
      root
        .at('fleets')
        .at(name)
        .at('identify')
        .fault(
          column
            ? `a column of ${column[1]} may give ${identify.field.name} back in another way`
            : `no column of ${alias} holds ${identify.field.name}`,
          `a column of ${TELLING.join(', ')}`,
        );
  }
}

/** Faults for records that cannot be told apart, or not be judged, as they are delivered. */
function checkForm(
  root: Cursor,
  delivery: DeliveryPlan,
  fed: readonly ProduceFleet[],
  fleets: readonly FleetPlan[],
): void {
  const { alias, source, processing, use, destination } = delivery;
  const at = root.at('delivery').at(alias);
  if (destination === 'opensearch') checkDocuments(root, delivery, fed);
  const texts = fed.filter(({ data }) => data.kind !== 'random' && data.kind !== 'zeros');
  if (texts.length > 0 && texts.length < fed.length)
    at.faultAtKey(
      `${alias} gets texts and bytes, and what it delivers is read as one of them`,
      'one kind of data in all fleets',
    );
  if (texts.length === 0) {
    for (const key of ['lambda', 'partition', 'parquet', 'original'] as const)
      if (at.at(key).present)
        at.at(key).faultAtKey('these records are bytes, and no texts', 'data: { json: … } or { text: … }');
    return;
  }
  const { framing, feeds, original, field } = formOf(delivery, fleets);
  const open = fed.find(
    ({ data }) =>
      (data.kind === 'text' && !data.template.startsWith('{{')) || (data.kind === 'file' && data.format !== 'jsonl'),
  );
  if (framing === 'text' && feeds === 'none' && open && use === undefined)
    root
      .at('fleets')
      .at(open.name)
      .faultAtKey(
        `where a record of ${open.name} ends does not show in ${destination === 's3' ? 'an object' : 'a request'}`,
        'delimiter: true, or a text that ends in \\n',
      );
  for (const fleet of fed)
    if (fleet.dropped && !(source === null && (processing?.lambda || use !== undefined)))
      root
        .at('fleets')
        .at(fleet.name)
        .at('dropped')
        .faultAtKey(
          `nothing drops what ${fleet.name} puts`,
          'lambda: in a delivery stream that is put to directly, or take it away',
        );
  const judged = root
    .at('verify')
    .items()
    .find(({ value }) => value === 'immutability');
  checkColumn(root, delivery, fed);
  if (judged && original.kind === 'unknown' && !field)
    judged.fault(
      `what ${alias} delivers cannot be compared with what was put: ${original.why}`,
      `take it away, or say original: '{field},{field}' in ${alias}`,
    );
}
