/** Input shapes: the data plane. */
import { GET_RECORDS_MAX, PUT_RECORDS_MAX, RECORD_BYTES_SETTABLE_MAX } from '../limits.ts';
import type { RecordOperations } from '../operations.ts';
import {
  flag,
  hashKey,
  iteratorType,
  name,
  required,
  sequenceNumber,
  stream,
  streamArn,
  streamId,
  timestamp,
} from './member.ts';
import type { InputShapes } from './shape.ts';

/**
 * A record's members. Data may have 10 MiB by the model; the stream's own maximum, 1 MiB by default, was seen to be refused
 * in the same words, and is the put's to check. So is the partition key's absence: a stream of AUTO distribution needs none.
 */
const record = {
  Data: { type: 'blob', required: true, max: RECORD_BYTES_SETTABLE_MAX },
  PartitionKey: { type: 'string', min: 1, max: 256 },
  ExplicitHashKey: hashKey,
} as const;

/** What the operations of this group accept. */
export const recordShapes: InputShapes<RecordOperations> = {
  GetRecords: {
    type: 'structure',
    members: {
      ShardIterator: { type: 'string', required: true, min: 1, max: 512 },
      Limit: { type: 'integer', min: 1, max: GET_RECORDS_MAX },
      StreamARN: streamArn,
      StreamId: streamId,
      DryRun: flag,
    },
  },
  GetShardIterator: {
    type: 'structure',
    members: {
      ...stream,
      ShardId: required(name),
      ShardIteratorType: iteratorType,
      StartingSequenceNumber: sequenceNumber,
      Timestamp: timestamp,
      DryRun: flag,
    },
  },
  PutRecord: {
    type: 'structure',
    members: { ...stream, ...record, SequenceNumberForOrdering: sequenceNumber, DryRun: flag },
  },
  PutRecords: {
    type: 'structure',
    members: {
      ...stream,
      Records: {
        type: 'list',
        required: true,
        min: 1,
        max: PUT_RECORDS_MAX,
        member: { type: 'structure', required: true, members: record },
      },
      DryRun: flag,
    },
  },
};
