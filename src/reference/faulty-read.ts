/**
 * What the faults of reading do to a page. Apart from the reading itself, because it takes records out of the log's bytes
 * and puts them together again, which a correct read never does.
 */
import type { KinesisRecord } from '../protocol/operations.ts';
import type { FaultName, ShardFaults } from './faults.ts';
import { CopiedPage, copies, type PageRecord, type RecordPage } from './record-page.ts';
import type { Shard } from './shard.ts';

/** Records this close in time may be swapped by `ord.swap-adjacent`. */
const SWAP_REACH_MS = 10;
/** Age at which `imm.bit-rot` sets in, and one record of how many it strikes. */
const ROT_AGE_MS = 1000;
const ROT_PERIOD = 16;

/** One record of how many `replay.sampled` and `read.replica-diverges` strike. */
const SAMPLE_PERIOD = 16;

const readFaults = [
  'imm.bit-rot',
  'imm.compaction-reorders',
  'imm.reencrypt-corrupts',
  'imm.timestamp-now',
  'ord.commit-by-size',
  'ord.swap-adjacent',
  'poll.int-gap',
  'read.replica-diverges',
  'replay.sampled',
  'reshard.rewrites-parent',
  'seq.hex',
  'seq.renumber-on-read',
] as const;

/** Whether a fault is armed that changes what a read shows. */
export function hasReadFault(faults: ShardFaults): boolean {
  return faults.some && readFaults.some((name) => faults.has(name));
}

/** What a faulty endpoint remembers of the reads of a shard. */
interface Reads {
  count: number;
  /** Ordinal after the last record that was read. */
  reach: number;
}

const readsOf = new WeakMap<Shard, Reads>();

/** A record and its place in the log. */
interface Shown extends PageRecord {
  readonly ordinal: number;
}

/** The page as the armed faults show it. */
export function faultyPage(faults: ShardFaults, shard: Shard, page: RecordPage, nowMs: number): RecordPage {
  const reads = readsOf.get(shard) ?? { count: 0, reach: 0 };
  readsOf.set(shard, reads);
  reads.count += 1;
  let records = copies(page).map((record, place): Shown => ({ ...record, ordinal: page.next - page.count + place }));
  for (const record of records) change(faults, shard, record, nowMs, reads);
  reorder(faults, records, nowMs);
  const again = (ordinal: number) => ordinal < reads.reach && ordinal % SAMPLE_PERIOD === SAMPLE_PERIOD - 1;
  if (faults.has('replay.sampled') && records.some(({ ordinal }) => again(ordinal)) && faults.fires('replay.sampled')) {
    records = records.filter(({ ordinal }) => !again(ordinal));
  }
  if (records.length >= 3 && faults.fires('poll.int-gap')) records.splice(records.length >> 1, 1);
  reads.reach = Math.max(reads.reach, page.next);
  return new CopiedPage(records, page);
}

function change(faults: ShardFaults, shard: Shard, record: Shown, nowMs: number, reads: Reads): void {
  const { arrivalMs, ordinal } = record;
  const hasData = record.keyAt > record.dataAt;
  if (faults.fires('seq.renumber-on-read')) {
    record.number = Buffer.from(shard.numbers.at(record.index - 1, Math.floor(arrivalMs / 1000)));
  }
  if (faults.fires('seq.hex')) record.number = Buffer.from(BigInt(textOf(record.number)).toString(16));
  const old = nowMs - arrivalMs >= ROT_AGE_MS;
  if (ordinal % ROT_PERIOD === 0 && old && hasData && faults.fires('imm.bit-rot')) flipLastBit(record);
  const stale = reads.count % 2 === 0 && ordinal % SAMPLE_PERIOD === 0 && hasData;
  if (stale && faults.fires('read.replica-diverges')) flipLastBit(record);
  const closed = shard.closedMs !== undefined && ordinal % SAMPLE_PERIOD === 0 && hasData;
  if (closed && faults.fires('reshard.rewrites-parent')) flipLastBit(record);
  const reencrypted = ordinal < shard.reencryptedTo && ordinal % SAMPLE_PERIOD === 0 && hasData;
  if (reencrypted && faults.fires('imm.reencrypt-corrupts')) flipLastBit(record);
  if (arrivalMs !== nowMs && faults.fires('imm.timestamp-now')) record.arrivalMs = nowMs;
}

function reorder(faults: ShardFaults, records: Shown[], nowMs: number): void {
  if (faults.has('ord.commit-by-size')) {
    const sizeOf = ({ dataAt, end }: Shown) => end - dataAt;
    swap(
      records,
      (first, second) => near(first, second) && sizeOf(second) < sizeOf(first),
      faults,
      'ord.commit-by-size',
    );
  }
  if (faults.has('imm.compaction-reorders')) {
    const compacted = ({ ordinal }: Shown, { arrivalMs }: Shown) =>
      ordinal % ROT_PERIOD === 0 && nowMs - arrivalMs >= ROT_AGE_MS;
    swap(records, compacted, faults, 'imm.compaction-reorders');
  }
  const place = records.findIndex((record, at) => at > 0 && near(records[at - 1]!, record));
  if (place > 0 && faults.fires('ord.swap-adjacent')) exchange(records, place);
}

function near(first: Shown, second: Shown): boolean {
  return second.arrivalMs - first.arrivalMs <= SWAP_REACH_MS;
}

/** Lets neighbours of which that holds change places, each record once. */
function swap(records: Shown[], holds: (a: Shown, b: Shown) => boolean, faults: ShardFaults, name: FaultName): void {
  for (let at = 1; at < records.length; at += 1) {
    if (!holds(records[at - 1]!, records[at]!) || !faults.fires(name)) continue;
    exchange(records, at);
    at += 1;
  }
}

function exchange(records: Shown[], at: number): void {
  [records[at - 1], records[at]] = [records[at]!, records[at - 1]!];
}

function textOf(number: Uint8Array): string {
  return Buffer.from(number).toString('latin1');
}

/** Changes a record's data, and not the log's. */
function flipLastBit(record: PageRecord): void {
  const block = Buffer.from(record.block.subarray(record.dataAt, record.end));
  record.keyAt -= record.dataAt;
  record.end -= record.dataAt;
  record.dataAt = 0;
  block[record.keyAt - 1]! ^= 1;
  record.block = block;
}

/** The record that `thr.error-with-data` puts into an error, if there is one at the iterator's place. */
export function sampleOf(
  faults: ShardFaults,
  shard: Shard,
  position: number,
): { Records: KinesisRecord[] } | undefined {
  const { log } = shard;
  if (Math.max(position, log.horizon) >= log.end || !faults.fires('thr.error-with-data')) return undefined;
  const Records = copies(log.page(position, log.end, 1, 0)).map(
    ({ number, arrivalMs, block, dataAt, keyAt, end }): KinesisRecord => ({
      SequenceNumber: textOf(number),
      ApproximateArrivalTimestamp: arrivalMs / 1000,
      Data: block.toString('base64', dataAt, keyAt),
      PartitionKey: block.toString('utf8', keyAt, end),
    }),
  );
  return { Records };
}
