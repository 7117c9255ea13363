import { RECORD_BYTES_MAX } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import { parseSequenceNumber } from '../sequence-number.ts';
import type { Handler } from './operation.ts';
import { checked, put } from './put.ts';

/** Stores one record. SequenceNumberForOrdering needs no work: the numbers of a shard rise in any case. */
export const putRecord: Handler<'PutRecord'> = (service, input, arrival) => {
  const stream = service.findWritable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const record = checked(input, '', RECORD_BYTES_MAX, service.faults);
  if (record instanceof Refusal) return record;
  const ordering = input.SequenceNumberForOrdering;
  if (ordering !== undefined && !isPast(ordering, arrival.nowMs)) {
    return new Refusal(
      'InvalidArgumentException',
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.name} under account ${stream.accountId} is invalid.`,
    );
  }
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  const stored = put(service, stream, record, arrival, atNs);
  return stored instanceof Refusal ? stored : { atNs, value: stored };
};

function isPast(sequenceNumber: string, nowMs: number): boolean {
  const parts = parseSequenceNumber(sequenceNumber);
  return parts !== undefined && parts.putS * 1000 <= nowMs;
}
