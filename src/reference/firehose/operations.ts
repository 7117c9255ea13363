import type { FirehoseOperation } from '../../protocol/firehose/operations.ts';
import { createDeliveryStream } from './create-delivery-stream.ts';
import { deleteDeliveryStream } from './delete-delivery-stream.ts';
import { startDeliveryStreamEncryption, stopDeliveryStreamEncryption } from './delivery-stream-encryption.ts';
import { listTagsForDeliveryStream, tagDeliveryStream, untagDeliveryStream } from './delivery-stream-tags.ts';
import { describeDeliveryStream } from './describe-delivery-stream.ts';
import { listDeliveryStreams } from './list-delivery-streams.ts';
import type { FirehoseHandler } from './operation.ts';
import { putRecordBatch } from './put-record-batch.ts';
import { putRecord } from './put-record.ts';
import { updateDestination } from './update-destination.ts';

/** What does the work of each; the compiler counts. */
export const firehoseOperations: { readonly [O in FirehoseOperation]: FirehoseHandler<O> } = {
  CreateDeliveryStream: createDeliveryStream,
  DeleteDeliveryStream: deleteDeliveryStream,
  DescribeDeliveryStream: describeDeliveryStream,
  ListDeliveryStreams: listDeliveryStreams,
  ListTagsForDeliveryStream: listTagsForDeliveryStream,
  PutRecord: putRecord,
  PutRecordBatch: putRecordBatch,
  StartDeliveryStreamEncryption: startDeliveryStreamEncryption,
  StopDeliveryStreamEncryption: stopDeliveryStreamEncryption,
  TagDeliveryStream: tagDeliveryStream,
  UntagDeliveryStream: untagDeliveryStream,
  UpdateDestination: updateDestination,
};
