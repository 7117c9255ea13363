/**
 * GetRecords: a page of a shard's log. The page is decided on arrival (what is readable then) and answered after the
 * modelled time. MillisBehindLatest counts readable records only: 0 when none is left, else the age of the next one.
 */
import { NS_PER_MS } from '../../clock.ts';
import { shardIdOf } from '../../protocol/hash.ts';
import { GET_RECORDS_BYTES_MAX, GET_RECORDS_MAX } from '../../protocol/limits.ts';
import type { GetRecordsInput } from '../../protocol/operations.ts';
import type { ShardFaults } from '../faults.ts';
import type { Limits } from '../limits.ts';
import type { RecordPage } from '../record-page.ts';
import { Refusal } from '../refusal.ts';
import { invalid } from '../seal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { dryRunSucceeded } from './dry-run.ts';
import { faultyPage, hasReadFault, sampleOf } from '../faulty-read.ts';
import { childShards } from '../child-shards.ts';
import { noteDelivery, passQuota, quotaOf, sharedCursor, type ReadQuota } from '../faulty-sharing.ts';
import { iteratorAt } from './iterator.ts';
import type { Handler } from './operation.ts';
import { noShard } from './starting-position.ts';

interface Place {
  readonly stream: Stream;
  readonly shard: Shard;
  readonly position: number;
}

/** A page of records from the iterator's place on, and the iterator for the next. */
export const getRecords: Handler<'GetRecords'> = (service, input, arrival) => {
  const place = open(service, input, arrival);
  if (place instanceof Refusal) return place;
  const { stream, shard } = place;
  const { faults } = shard;
  const keyless = service.options.keys.refuse(stream.settings.keyId(arrival.nowNs), faults);
  if (keyless) return keyless;
  const position = faults.has('iter.consumes-on-read') ? resumed(faults, place, input) : place.position;
  shard.settle();
  stream.trim(shard, arrival.nowMs);
  const { limits } = service.options;
  if (input.DryRun === true) return dryRunSucceeded();
  const own =
    limits && faults.has('mc.quota-per-client') ? quotaOf(limits, shard, input.ShardIterator, arrival) : undefined;
  const refused = refuseRead(place, own, arrival);
  if (refused) return refused;
  // A call let through by a fault takes nothing, or the fault would leave a debt when it is disarmed.
  const charged = [shard, ...(own ? [own] : [])].filter((quota) => !isSpent(quota, arrival));
  for (const { readCalls } of charged) readCalls?.take(arrival.nowNs, 1);

  const readable = shard.log.firstAbove('visibleAtNs', arrival.nowNs);
  const limit = input.Limit ?? GET_RECORDS_MAX;
  const more = faults.has('poll.limit-plus-one') && Math.max(position, shard.log.horizon) + limit < readable;
  const countMax = more && faults.fires('poll.limit-plus-one') ? limit + 1 : limit;
  let page = shard.log.page(position, readable, countMax, GET_RECORDS_BYTES_MAX);
  if (page.full && faults.fires('poll.no-size-cap')) {
    page = shard.log.page(position, readable, countMax, Number.POSITIVE_INFINITY);
  }
  for (const quota of charged) charge(limits, quota, page, arrival);

  const behindMs =
    page.next < readable && !faults.fires('poll.behind-always-0')
      ? Math.max(1, arrival.nowMs - shard.log.at('arrivalMs', page.next))
      : 0;
  const shown = hasReadFault(faults) ? faultyPage(faults, shard, page, arrival.nowMs) : page;
  const next = nextPosition(faults, shard, page, position, limit, readable, arrival);
  const atNs = service.answerAtNs(arrival);
  const iterator = iteratorAt(service, stream, shard, next, arrival, atNs);
  if (faults.has('iter.consumes-on-read')) consumedOf(shard).set(input.ShardIterator, next);
  if (own) passQuota(shard, input.ShardIterator, iterator);
  const ended = page.count === 0 && faults.fires('iter.null-when-empty');
  const children = next >= shard.log.end && shard.closedMs !== undefined ? childShards(shard) : undefined;
  const rest = { NextShardIterator: ended || children ? null : iterator, MillisBehindLatest: behindMs };
  return { atNs, page: shown, rest: children && children.length > 0 ? { ...rest, ChildShards: children } : rest };
};

function open(service: Service, input: GetRecordsInput, arrival: Arrival): Place | Refusal {
  const opened = service.open('iterator', input.ShardIterator, arrival);
  if (opened instanceof Refusal) return opened;
  const { stream, position } = opened;
  if (input.StreamARN !== undefined && input.StreamARN !== stream.arn) return invalid('iterator');
  const shard = stream.topology.at(opened.detail);
  // One that is forgotten has no iterator that has not expired: only a fault comes here.
  return shard ? { stream, shard, position } : noShard(stream, shardIdOf(opened.detail));
}

/** Where the uses of iterators ended, while `iter.consumes-on-read` is armed. */
const consumed = new WeakMap<Shard, Map<string, number>>();

function consumedOf(shard: Shard): Map<string, number> {
  let ends = consumed.get(shard);
  if (!ends) consumed.set(shard, (ends = new Map()));
  return ends;
}

/** The position as a faulty endpoint has it, which keeps it on its own side. */
function resumed(faults: ShardFaults, { shard, position }: Place, { ShardIterator }: GetRecordsInput): number {
  const end = consumedOf(shard).get(ShardIterator) ?? position;
  return end !== position && faults.fires('iter.consumes-on-read') ? end : position;
}

/** The refusal of a read that the shard's budget does not allow. It takes nothing. `own` is what a fault lets the reader have. */
function refuseRead(
  { stream, shard, position }: Place,
  own: ReadQuota | undefined,
  arrival: Arrival,
): Refusal | undefined {
  const { faults } = shard;
  if (!isSpent(shard, arrival)) return undefined;
  if (own && !isSpent(own, arrival) && faults.fires('mc.quota-per-client')) return undefined;
  const calls = !callsSpent(shard, arrival) || faults.has('thr.read-tps-off');
  const bytes = !bytesSpent(shard, arrival) || faults.has('thr.read-bytes-off');
  if (calls && bytes && letThrough(shard, arrival)) return undefined;
  const message = `Rate exceeded for Shard - ${stream.accountId}/${stream.name}/${shard.id}`;
  const extra = faults.has('thr.error-with-data') ? sampleOf(faults, shard, position) : undefined;
  return new Refusal('ProvisionedThroughputExceededException', message, extra && { extra });
}

/** Whether faults strike for all that is spent. */
function letThrough(shard: Shard, arrival: Arrival): boolean {
  const { faults } = shard;
  return (
    (!callsSpent(shard, arrival) || faults.fires('thr.read-tps-off')) &&
    (!bytesSpent(shard, arrival) || faults.fires('thr.read-bytes-off'))
  );
}

function isSpent(quota: ReadQuota, arrival: Arrival): boolean {
  return callsSpent(quota, arrival) || bytesSpent(quota, arrival);
}

function callsSpent({ readCalls }: ReadQuota, { nowNs }: Arrival): boolean {
  return readCalls?.has(nowNs, 1) === false;
}

function bytesSpent({ readShutUntilNs, readBytes }: ReadQuota, { nowNs }: Arrival): boolean {
  return nowNs < readShutUntilNs || readBytes?.inDebt(nowNs) === true;
}

/** Takes the answer's bytes from the budget, and shuts the quota where they left a debt. */
function charge(limits: Limits | undefined, quota: ReadQuota, page: RecordPage, { nowNs }: Arrival): void {
  if (!limits || !quota.readBytes || page.bytes === 0) return;
  quota.readBytes.take(nowNs, page.bytes);
  if (page.full || page.bytes >= GET_RECORDS_BYTES_MAX)
    quota.readShutUntilNs = nowNs + limits.readFullPenaltyMs * NS_PER_MS;
  else if (quota.readBytes.inDebt(nowNs)) quota.readShutUntilNs = nowNs + limits.readStarvedPenaltyMs * NS_PER_MS;
}

/** Where the next iterator points: after the page, unless a fault is armed. */
function nextPosition(
  faults: ShardFaults,
  shard: Shard,
  page: RecordPage,
  position: number,
  limit: number,
  readable: number,
  arrival: Arrival,
): number {
  if (faults.has('mc.checkpoint-ahead')) noteDelivery(shard, page.next);
  if (faults.has('mc.shared-cursor')) return sharedCursor(faults, shard, page.next, arrival);
  if (page.count >= limit && page.next < readable && faults.fires('poll.skip-on-limit')) return page.next + 1;
  if (page.count >= 2 && faults.fires('poll.repeat-last')) return page.next - 1;
  const fromOldest = position <= shard.log.horizon && page.count > 0;
  if (fromOldest && faults.fires('ret.delete-on-read')) shard.log.trimTo(page.next);
  return page.next;
}
