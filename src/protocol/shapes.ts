/**
 * The input shapes of the operations as data: members, bounds and patterns, once (source: the service model 2013-12-02;
 * where production was seen to differ the comment says so). An endpoint checks requests against them, a conformance suite
 * derives boundary pairs from them. Typed over `OperationName` and over each input, so the compiler counts both.
 */
import type { Input, OperationName } from './operations.ts';
import { PUT_RECORDS_MAX, RECORD_BYTES_MAX } from './limits.ts';

/** A regular expression as AWS prints it and as it is applied (to the whole value). */
export interface Pattern {
  readonly text: string;
  readonly whole: RegExp;
}

export interface StringShape {
  readonly type: 'string';
  readonly required?: boolean;
  /** Length in characters (code points). */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: Pattern;
  readonly values?: readonly string[];
}
export interface BlobShape {
  readonly type: 'blob';
  readonly required?: boolean;
  /** Length in bytes, decoded. */
  readonly max: number;
}
export interface IntegerShape {
  readonly type: 'integer';
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}
export interface ScalarShape {
  readonly type: 'boolean' | 'timestamp';
  readonly required?: boolean;
}
export interface ListShape {
  readonly type: 'list';
  readonly required?: boolean;
  readonly min: number;
  readonly max: number;
  readonly member: Shape;
}
export interface MapShape {
  readonly type: 'map';
  readonly required?: boolean;
  readonly min: number;
  readonly max: number;
  readonly key: StringShape;
  readonly value: StringShape;
}
export interface StructureShape {
  readonly type: 'structure';
  readonly required?: boolean;
  readonly members: Readonly<Record<string, Shape>>;
}
/** The shape of a value in a request. */
export type Shape = StringShape | BlobShape | IntegerShape | ScalarShape | ListShape | MapShape | StructureShape;

interface InputShape<O extends OperationName> extends StructureShape {
  readonly members: { readonly [M in keyof Required<Input<O>>]: Shape };
}

function pattern(text: string): Pattern {
  return { text, whole: new RegExp(`^(?:${text})$`) };
}

const nameCharacters = pattern('[a-zA-Z0-9_.-]+');
const streamName = { type: 'string', min: 1, max: 128, pattern: nameCharacters } as const;
const streamArn = {
  type: 'string',
  min: 1,
  max: 2048,
  pattern: pattern('arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+'),
} as const;
const stream = { StreamName: streamName, StreamARN: streamArn } as const;
const shardId = { type: 'string', min: 1, max: 128, pattern: nameCharacters } as const;
const sequenceNumber = { type: 'string', pattern: pattern('0|([1-9]\\d{0,128})') } as const;
const hashKey = { type: 'string', pattern: pattern('0|([1-9]\\d{0,38})') } as const;
const tags = {
  type: 'map',
  min: 1,
  max: 200,
  key: { type: 'string', min: 1, max: 128 },
  value: { type: 'string', min: 0, max: 256 },
} as const;
const nextToken = { type: 'string', min: 1, max: 1_048_576 } as const;
/**
 * The model allows 10 MiB; a stream of default size was seen to refuse more than 1 MiB with exactly this constraint,
 * and a stream's own maximum can not be raised yet here.
 */
const data = { type: 'blob', required: true, max: RECORD_BYTES_MAX } as const;
const partitionKey = { type: 'string', required: true, min: 1, max: 256 } as const;

/** What each operation accepts. Members that are not listed are ignored, as AWS ignores them. */
export const inputShapes: { readonly [O in OperationName]: InputShape<O> } = {
  AddTagsToStream: { type: 'structure', members: { ...stream, Tags: { ...tags, required: true } } },
  CreateStream: {
    type: 'structure',
    members: {
      StreamName: { ...streamName, required: true },
      ShardCount: { type: 'integer', min: 1 },
      StreamModeDetails: {
        type: 'structure',
        members: { StreamMode: { type: 'string', required: true, values: ['ON_DEMAND', 'PROVISIONED'] } },
      },
      Tags: { ...tags, min: 0 },
    },
  },
  DeleteStream: { type: 'structure', members: { ...stream, EnforceConsumerDeletion: { type: 'boolean' } } },
  DescribeStream: {
    type: 'structure',
    members: { ...stream, Limit: { type: 'integer', min: 1, max: 10_000 }, ExclusiveStartShardId: shardId },
  },
  DescribeStreamSummary: { type: 'structure', members: stream },
  GetRecords: {
    type: 'structure',
    members: {
      ShardIterator: { type: 'string', required: true, min: 1, max: 512 },
      Limit: { type: 'integer', min: 1, max: 10_000 },
      StreamARN: streamArn,
    },
  },
  GetShardIterator: {
    type: 'structure',
    members: {
      ...stream,
      ShardId: { ...shardId, required: true },
      ShardIteratorType: {
        type: 'string',
        required: true,
        values: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'],
      },
      StartingSequenceNumber: sequenceNumber,
      Timestamp: { type: 'timestamp' },
    },
  },
  ListShards: {
    type: 'structure',
    members: {
      ...stream,
      NextToken: nextToken,
      ExclusiveStartShardId: shardId,
      MaxResults: { type: 'integer', min: 1, max: 10_000 },
      StreamCreationTimestamp: { type: 'timestamp' },
    },
  },
  ListStreams: {
    type: 'structure',
    members: {
      Limit: { type: 'integer', min: 1, max: 10_000 },
      ExclusiveStartStreamName: streamName,
      NextToken: nextToken,
    },
  },
  ListTagsForStream: {
    type: 'structure',
    members: {
      ...stream,
      ExclusiveStartTagKey: { type: 'string', min: 1, max: 128 },
      Limit: { type: 'integer', min: 1, max: 50 },
    },
  },
  PutRecord: {
    type: 'structure',
    members: {
      ...stream,
      Data: data,
      PartitionKey: partitionKey,
      ExplicitHashKey: hashKey,
      SequenceNumberForOrdering: sequenceNumber,
    },
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
        member: {
          type: 'structure',
          required: true,
          members: { Data: data, PartitionKey: partitionKey, ExplicitHashKey: hashKey },
        },
      },
    },
  },
};
