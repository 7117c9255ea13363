import { Refusal } from '../refusal.ts';
import { parseSequenceNumber } from '../sequence-number.ts';
import { Violation, violationOf } from '../validation.ts';
import type { Handler } from './operation.ts';
import { dryRunSucceeded } from './dry-run.ts';
import { checked, encryptionOf, encryptionShown, put } from './put.ts';

/** Stores one record. SequenceNumberForOrdering needs no work: the numbers of a shard rise in any case. */
export const putRecord: Handler<'PutRecord'> = (service, input, arrival) => {
  const stream = service.findWritable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { faults } = stream;
  const record = checked(input, '', stream);
  if (record instanceof Violation) return violationOf(record.texts, faults);
  if (record instanceof Refusal) return record;
  const ordering = input.SequenceNumberForOrdering;
  const chained = ordering !== undefined;
  if (chained && !isPast(ordering, arrival.nowMs) && !faults.fires('seq.sfo-unchecked')) {
    return new Refusal(
      'InvalidArgumentException',
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on ${stream.subject} is invalid.`,
    );
  }
  const encrypted = encryptionOf(service, stream, arrival);
  if (encrypted instanceof Refusal) return encrypted;
  if (input.DryRun === true && !faults.fires('api.dryrun-writes')) return dryRunSucceeded();
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  const stored = put(service, stream, chained || encrypted ? { ...record, chained, encrypted } : record, arrival, atNs);
  if (stored instanceof Refusal) return stored;
  const repeats = chained && faults.fires('ord.seq-repeats-after-chain');
  if (input.DryRun === true) return dryRunSucceeded();
  const value = encrypted ? { ...stored, ...encryptionShown(encrypted, faults) } : stored;
  return { atNs, value: repeats ? { ...value, SequenceNumber: ordering } : value };
};

function isPast(sequenceNumber: string, nowMs: number): boolean {
  const parts = parseSequenceNumber(sequenceNumber);
  return parts !== undefined && parts.putS * 1000 <= nowMs;
}
