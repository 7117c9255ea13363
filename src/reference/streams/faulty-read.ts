/**
 * What the faults of reading do to a page. Apart from the reading itself, because it takes records out of the log's bytes
 * and puts them together again, which a correct read never does.
 */
import type { KinesisRecord } from '../../protocol/operations.ts';
import type { Faults } from '../faults.ts';
import type { Page } from '../log.ts';
import type { Arrival } from '../arrival.ts';
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

/** The page as the armed faults show it, each record followed by a comma. */
export function faultyParts(faults: Faults, shard: Shard, page: Page, { nowMs }: Arrival): Uint8Array[] {
  if (page.count === 0) return [];
  const { log } = shard;
  const ordinals = Array.from({ length: page.count }, (_, index) => page.next - page.count + index);
  const arrivals = ordinals.map((ordinal) => log.at('arrivalMs', ordinal));
  const records = ordinals.map((ordinal): KinesisRecord => JSON.parse(log.json(ordinal)));
  for (const [place, record] of records.entries()) {
    const ordinal = ordinals[place]!;
    if (faults.fires('seq.renumber-on-read')) {
      const putS = Math.floor(arrivals[place]! / 1000);
      record.SequenceNumber = shard.numbers.at(log.at('index', ordinal) - 1, putS);
    }
    const old = nowMs - arrivals[place]! >= ROT_AGE_MS;
    if (ordinal % ROT_PERIOD === 0 && old && record.Data !== '' && faults.fires('imm.bit-rot')) {
      const bytes = Buffer.from(record.Data, 'base64');
      bytes[bytes.length - 1]! ^= 1;
      record.Data = bytes.toString('base64');
    }
  }
  const near = arrivals.findIndex((ms, place) => place > 0 && ms - arrivals[place - 1]! <= SWAP_REACH_MS);
  if (near > 0 && faults.fires('ord.swap-adjacent')) {
    const second = records[near]!;
    records[near] = records[near - 1]!;
    records[near - 1] = second;
  }
  if (records.length >= 3 && faults.fires('poll.int-gap')) records.splice(records.length >> 1, 1);
  return [Buffer.from(`${records.map((record) => JSON.stringify(record)).join(',')},`)];
}

/** The record that `thr.error-with-data` puts into an error, if there is one at the iterator's place. */
export function sampleOf(faults: Faults, shard: Shard, position: number): { Records: KinesisRecord[] } | undefined {
  const at = Math.max(position, shard.log.horizon);
  if (at >= shard.log.end || !faults.fires('thr.error-with-data')) return undefined;
  const record: KinesisRecord = JSON.parse(shard.log.json(at));
  return { Records: [record] };
}
