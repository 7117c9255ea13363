/**
 * What the faults of reading do to a page. Apart from the reading itself, because it takes records out of the log's bytes
 * and puts them together again, which a correct read never does.
 */
import type { KinesisRecord } from '../../protocol/operations.ts';
import type { Faults } from '../faults.ts';
import { CopiedPage, copies, type PageRecord, type RecordPage } from '../record-page.ts';
import type { Shard } from '../shard.ts';

/** Records this close in time may be swapped by `ord.swap-adjacent`. */
const SWAP_REACH_MS = 10;
/** Age at which `imm.bit-rot` sets in, and one record of how many it strikes. */
const ROT_AGE_MS = 1000;
const ROT_PERIOD = 16;

const readFaults = ['poll.int-gap', 'ord.swap-adjacent', 'seq.renumber-on-read', 'imm.bit-rot'] as const;

/** Whether a fault is armed that changes what a read shows. */
export function hasReadFault(faults: Faults): boolean {
  return readFaults.some((name) => faults.has(name));
}

/** The page as the armed faults show it. */
export function faultyPage(faults: Faults, shard: Shard, page: RecordPage, nowMs: number): RecordPage {
  const records = copies(page);
  const first = page.next - page.count;
  for (const [place, record] of records.entries()) {
    if (faults.fires('seq.renumber-on-read')) {
      const putS = Math.floor(record.arrivalMs / 1000);
      record.number = Buffer.from(shard.numbers.at(record.index - 1, putS));
    }
    const old = nowMs - record.arrivalMs >= ROT_AGE_MS;
    const strikes = (first + place) % ROT_PERIOD === 0 && old && record.keyAt > record.dataAt;
    if (strikes && faults.fires('imm.bit-rot')) flipLastBit(record);
  }
  const near = records.findIndex(
    ({ arrivalMs }, place) => place > 0 && arrivalMs - records[place - 1]!.arrivalMs <= SWAP_REACH_MS,
  );
  if (near > 0 && faults.fires('ord.swap-adjacent')) {
    const second = records[near]!;
    records[near] = records[near - 1]!;
    records[near - 1] = second;
  }
  if (records.length >= 3 && faults.fires('poll.int-gap')) records.splice(records.length >> 1, 1);
  return new CopiedPage(records, page);
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
export function sampleOf(faults: Faults, shard: Shard, position: number): { Records: KinesisRecord[] } | undefined {
  const { log } = shard;
  if (Math.max(position, log.horizon) >= log.end || !faults.fires('thr.error-with-data')) return undefined;
  const Records = copies(log.page(position, log.end, 1, 0)).map(
    ({ number, arrivalMs, block, dataAt, keyAt, end }): KinesisRecord => ({
      SequenceNumber: Buffer.from(number).toString('latin1'),
      ApproximateArrivalTimestamp: arrivalMs / 1000,
      Data: block.toString('base64', dataAt, keyAt),
      PartitionKey: block.toString('utf8', keyAt, end),
    }),
  );
  return { Records };
}
