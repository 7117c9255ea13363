import { PUT_RECORD_BATCH_BYTES_MAX } from '../../protocol/firehose/limits.ts';
import type { PutRecordBatchResponseEntry } from '../../protocol/firehose/operations.ts';
import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';
import { bytesOf, findPuttable, put } from './put.ts';

/** Takes up to 500 records; one that is throttled fails alone, and the answer is 200 all the same. */
export const putRecordBatch: FirehoseHandler<'PutRecordBatch'> = (service, input, arrival) => {
  const records = input.Records.map(({ Data }) => bytesOf(Data));
  const bytes = records.reduce((sum, { length }) => sum + length, 0);
  if (bytes > PUT_RECORD_BATCH_BYTES_MAX) {
    // The text is assumed, after that of Kinesis.
    return new Refusal('InvalidArgumentException', 'Records size exceeds 4 MB limit');
  }
  const found = findPuttable(service, input.DeliveryStreamName, arrival);
  if (found instanceof Refusal) return found;
  const { stream, encrypted } = found;
  const entries = records.map((data): PutRecordBatchResponseEntry => {
    const stored = put(service, stream, data, arrival);
    if (!(stored instanceof Refusal)) return { RecordId: stored };
    return { ErrorCode: stored.name, ErrorMessage: stored.message ?? '' };
  });
  const failed = entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
  const short = failed > 0 && stream.faults.fires('fh.count-wrong') ? 1 : 0;
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  return { atNs, value: { FailedPutCount: failed - short, Encrypted: encrypted, RequestResponses: entries } };
};
