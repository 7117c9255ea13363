import { RECORD_BYTES_MAX } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import { parseSequenceNumber } from '../sequence-number.ts';
import type { Handler } from './operation.ts';
import { checked, put } from './put.ts';

/** Stores one record. SequenceNumberForOrdering needs no work: the numbers of a shard rise in any case. */
export const putRecord: Handler<'PutRecord'> = (service, input, arrival) => {
  const stream = service.findWritable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { faults } = service;
  const record = checked(input, '', RECORD_BYTES_MAX, faults);
  if (record instanceof Refusal) return record;
  const ordering = input.SequenceNumberForOrdering;
  const chained = ordering !== undefined;
  if (chained && !isPast(ordering, arrival.nowMs) && !faults.fires('seq.sfo-unchecked')) {
    return new Refusal(
      'InvalidArgumentException',
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.name} under account ${stream.accountId} is invalid.`,
    );
  }
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  const stored = put(service, stream, chained ? { ...record, chained } : record, arrival, atNs);
  if (stored instanceof Refusal) return stored;
  const repeats = chained && faults.fires('ord.seq-repeats-after-chain');
  return { atNs, value: repeats ? { ...stored, SequenceNumber: ordering } : stored };
};

function isPast(sequenceNumber: string, nowMs: number): boolean {
  const parts = parseSequenceNumber(sequenceNumber);
  return parts !== undefined && parts.putS * 1000 <= nowMs;
}
