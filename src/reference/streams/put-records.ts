import { PUT_RECORDS_BYTES_MAX } from '../../protocol/limits.ts';
import type { PutRecordsInput, PutRecordsResultEntry } from '../../protocol/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { Violation, violationOf } from '../validation.ts';
import type { Handler } from './operation.ts';
import { dryRunSucceeded } from './dry-run.ts';
import { checked, encryptionOf, encryptionShown, put, type CheckedRecord } from './put.ts';

/** Stores up to 500 records; an invalid one fails the call, a throttled one only itself. */
export const putRecords: Handler<'PutRecords'> = (service, input, arrival) => {
  const stream = service.findWritable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { faults } = stream;
  const batch = checkedAll(input, stream);
  if (batch instanceof Refusal) return batch;
  if (batch.refused && (input.DryRun === true || !faults.fires('batch.partial-on-invalid'))) return batch.refused;
  const encrypted = encryptionOf(service, stream, arrival);
  if (encrypted instanceof Refusal) return encrypted;
  if (input.DryRun === true && !faults.fires('api.dryrun-writes')) return dryRunSucceeded();
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  const entries: PutRecordsResultEntry[] = [];
  let failed = 0;
  let stopped: Refusal | undefined;
  for (const record of batch.records) {
    const stored =
      record instanceof Refusal
        ? record
        : (stopped ?? put(service, stream, encrypted ? { ...record, encrypted } : record, arrival, atNs));
    if (stored instanceof Refusal) {
      failed += 1;
      entries.push(failedEntry(stored, record, stream, faults));
      const throttled = stored.name === 'ProvisionedThroughputExceededException' && !(record instanceof Refusal);
      if (throttled && faults.fires('batch.failed-but-stored')) shardOf(stream, record).append(record, arrival, atNs);
      if (stopped === undefined && faults.fires('batch.stop-at-first')) stopped = stored;
    } else {
      entries.push(stored);
    }
  }
  if (batch.refused) return batch.refused;
  if (faults.has('batch.reorder-results') && outOfGroups(entries) && faults.fires('batch.reorder-results')) {
    entries.sort(byShard);
  }
  const counted = failed > 0 && faults.fires('batch.count-wrong') ? failed - 1 : failed;
  if (input.DryRun === true) return dryRunSucceeded();
  const value = { FailedRecordCount: counted, Records: entries };
  return { atNs, value: encrypted ? { ...value, ...encryptionShown(encrypted, faults) } : value };
};

function byShard({ ShardId: a = '' }: PutRecordsResultEntry, { ShardId: b = '' }: PutRecordsResultEntry): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether grouping by shard would change the order of the results. */
function outOfGroups(entries: readonly PutRecordsResultEntry[]): boolean {
  return entries.some((entry, index) => index > 0 && byShard(entries[index - 1]!, entry) > 0);
}

function shardOf(stream: Stream, { partitionKey = '', explicitHashKey }: CheckedRecord): Shard {
  return stream.shardFor(partitionKey, explicitHashKey);
}

function failedEntry(
  { name, message = '' }: Refusal,
  record: CheckedRecord | Refusal,
  stream: Stream,
  faults: StreamFaults,
): PutRecordsResultEntry {
  const other = name === 'ProvisionedThroughputExceededException' && faults.fires('batch.code-other');
  const entry = { ErrorCode: other ? 'LimitExceededException' : name, ErrorMessage: message };
  if (record instanceof Refusal || !faults.fires('batch.both-fields')) return entry;
  const shard = shardOf(stream, record);
  return { ...entry, ShardId: shard.id, SequenceNumber: shard.numbers.starting() };
}

/** What a call might have in all until October 2025: an endpoint that is older still refuses more. */
const FORMER_BYTES_MAX = PUT_RECORDS_BYTES_MAX / 2;

/** What a call asks to be stored. */
interface Batch {
  /** A refusal among them is one that a fault lets stand beside the records. */
  readonly records: readonly (CheckedRecord | Refusal)[];
  /** The refusal of the whole; the records are then those before the limit. */
  readonly refused: Refusal | undefined;
}

function checkedAll({ Records }: PutRecordsInput, stream: Stream): Batch | Refusal {
  const records: (CheckedRecord | Refusal)[] = [];
  const texts: string[] = [];
  let invalid: Refusal | undefined;
  let bytes = 0;
  let fitting = 0;
  for (let index = 0; index < Records.length; index += 1) {
    const record = checked(Records[index]!, `records.${index + 1}.member.`, stream);
    records.push(record);
    if (!(record instanceof Refusal)) bytes += record.bytes;
    else if (stream.faults.fires('batch.skip-invalid')) continue;
    else if (record instanceof Violation) texts.push(...record.texts);
    else invalid ??= record;
    if (bytes <= PUT_RECORDS_BYTES_MAX) fitting = records.length;
  }
  if (texts.length > 0) return violationOf(texts, stream.faults);
  if (invalid) return invalid;
  if (bytes > FORMER_BYTES_MAX && fitting === records.length && stream.faults.fires('batch.former-cap')) {
    return new Refusal('InvalidArgumentException', 'Records size exceeds 5 MB limit');
  }
  if (fitting === records.length) return { records, refused: undefined };
  // The text names 5 MB where it was last seen, before the limit rose to 10 MiB; the new one is assumed.
  const refused = new Refusal('InvalidArgumentException', 'Records size exceeds 10 MB limit');
  return { records: records.slice(0, fitting), refused };
}
