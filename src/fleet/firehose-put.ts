/** Puts of Data Firehose in the words of Kinesis puts: a record that was taken has an id, and neither shard nor place. */
import { isThrottle } from '../protocol/errors.ts';
import type { FirehoseOutput, PutRecordBatchResponseEntry } from '../protocol/firehose/operations.ts';
import { firehoseOperations } from '../scenario/delivery-plan.ts';
import type { ProduceFleet } from '../scenario/plan.ts';
import type { CallOptions } from '../wire/client.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import type { PutOutcome, PutOutput } from './put-answer.ts';

/** Whether a fleet puts into a delivery stream. */
export function putsToDelivery({ operation }: Pick<ProduceFleet, 'operation'>): boolean {
  return firehoseOperations.some((each) => each === operation);
}

/** Whether a code says "too fast": Data Firehose has a name of its own for it ("Slow down."). */
export function isFirehoseThrottle(code: string): boolean {
  return isThrottle(code) || code === 'ServiceUnavailableException' || code === 'ThrottlingException';
}

/** One call. */
export async function putToDelivery(
  client: FirehoseClient,
  { operation }: ProduceFleet,
  DeliveryStreamName: string,
  data: readonly Uint8Array[],
  options: CallOptions,
): Promise<PutOutcome> {
  const records = data.map((Data) => ({ Data }));
  const outcome =
    operation === 'Firehose.PutRecord'
      ? await client.call('PutRecord', { DeliveryStreamName, Record: records[0]! }, options)
      : await client.call('PutRecordBatch', { DeliveryStreamName, Records: records }, options);
  return outcome.kind === 'ok' ? { ...outcome, output: translated(outcome.output) } : outcome;
}

function translated(output: FirehoseOutput<'PutRecord'> | FirehoseOutput<'PutRecordBatch'>): PutOutput {
  if ('RecordId' in output) return { ShardId: '', SequenceNumber: output.RecordId };
  return { FailedRecordCount: output.FailedPutCount, Records: output.RequestResponses.map(entryOf) };
}

function entryOf({ RecordId, ErrorCode, ErrorMessage }: PutRecordBatchResponseEntry) {
  return {
    ...(RecordId !== undefined && { ShardId: '', SequenceNumber: RecordId }),
    ...(ErrorCode !== undefined && { ErrorCode }),
    ...(ErrorMessage !== undefined && { ErrorMessage }),
  };
}
