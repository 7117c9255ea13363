import { PUT_RECORDS_BYTES_MAX, RECORD_BYTES_MAX } from '../../protocol/limits.ts';
import type { PutRecordsInput, PutRecordsResultEntry } from '../../protocol/operations.ts';
import type { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { checked, put, type CheckedRecord } from './put.ts';

/** Stores up to 500 records; an invalid one fails the call, a throttled one only itself. */
export const putRecords: Handler<'PutRecords'> = (service, input, arrival) => {
  const { faults } = service;
  const stream = service.findWritable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const records = checkedAll(input, faults);
  if (records instanceof Refusal) return records;
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  const entries: PutRecordsResultEntry[] = [];
  let failed = 0;
  let stopped: Refusal | undefined;
  for (const record of records) {
    const stored = stopped ?? put(service, stream, record, arrival, atNs);
    if (stored instanceof Refusal) {
      failed += 1;
      entries.push({ ErrorCode: stored.name, ErrorMessage: stored.message ?? '' });
      if (stopped === undefined && faults.fires('batch.stop-at-first')) stopped = stored;
    } else {
      entries.push(stored);
    }
  }
  if (faults.has('batch.reorder-results') && outOfGroups(entries) && faults.fires('batch.reorder-results')) {
    entries.sort(byShard);
  }
  const counted = failed > 0 && faults.fires('batch.count-wrong') ? failed - 1 : failed;
  return { atNs, value: { FailedRecordCount: counted, Records: entries } };
};

function byShard({ ShardId: a = '' }: PutRecordsResultEntry, { ShardId: b = '' }: PutRecordsResultEntry): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether grouping by shard would change the order of the results. */
function outOfGroups(entries: readonly PutRecordsResultEntry[]): boolean {
  return entries.some((entry, index) => index > 0 && byShard(entries[index - 1]!, entry) > 0);
}

function checkedAll({ Records }: PutRecordsInput, faults: Faults): CheckedRecord[] | Refusal {
  const records: CheckedRecord[] = [];
  let bytes = 0;
  for (const [index, entry] of Records.entries()) {
    const record = checked(entry, `records.${index + 1}.member.`, RECORD_BYTES_MAX, faults);
    if (record instanceof Refusal) return record;
    bytes += record.bytes;
    records.push(record);
  }
  // The text names 5 MB where it was last seen, before the limit rose to 10 MiB; the new one is assumed.
  return bytes > PUT_RECORDS_BYTES_MAX
    ? new Refusal('InvalidArgumentException', 'Records size exceeds 10 MB limit')
    : records;
}
