/**
 * The shapes that members of several operations share (source: the service model; where production was seen to differ, or
 * to print something else, the comment says so). `timestamp` and `boolean` carry no bounds.
 */
import { pattern, type StringShape } from './shape.ts';

const nameCharacters = pattern('[a-zA-Z0-9_.-]+');

/** Names of streams, consumers and shards have one alphabet. */
export const name = { type: 'string', min: 1, max: 128, pattern: nameCharacters } as const;
export const streamArn = {
  type: 'string',
  min: 1,
  max: 2048,
  pattern: pattern('arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+'),
} as const;
export const consumerArn = {
  type: 'string',
  min: 1,
  max: 2048,
  pattern: pattern('^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+'),
} as const;
export const streamId = { type: 'string', min: 1, max: 24, pattern: pattern('[a-z0-9]{20}-[a-z0-9]{3}') } as const;

/** The members of `StreamRef`. */
export const stream = { StreamName: name, StreamARN: streamArn, StreamId: streamId } as const;
/** The members of `StreamArnRef`. */
export const streamByArn = { StreamARN: required(streamArn), StreamId: streamId } as const;
/** The members of `ResourceRef`. */
export const resource = {
  ResourceARN: {
    type: 'string',
    required: true,
    min: 1,
    max: 2048,
    pattern: pattern('arn:aws.*:kinesis:.*:\\d{12}:.*(stream|channel)/\\S+'),
  },
  StreamId: streamId,
} as const;

/** The model writes `^(…)$` around the next two; production was seen to print them without. */
export const sequenceNumber = { type: 'string', pattern: pattern('0|([1-9]\\d{0,128})') } as const;
export const hashKey = { type: 'string', pattern: pattern('0|([1-9]\\d{0,38})') } as const;

export const tagKey = { type: 'string', min: 1, max: 128 } as const;
/** 200 by the model; that a resource carries 50 at the most is the operations' to say (`TAGS_MAX`). */
export const tags = {
  type: 'map',
  min: 1,
  max: 200,
  key: tagKey,
  value: { type: 'string', min: 0, max: 256 },
} as const;
export const tagKeys = { type: 'list', required: true, min: 1, max: 50, member: tagKey } as const;

/**
 * How many things one answer may name. Fewer are returned where the operation's page is smaller. Texts of GetRecords speak
 * of an InvalidArgumentException above 10,000; production was seen to answer a ValidationException, as for the lists.
 */
export const limit = { type: 'integer', min: 1, max: 10_000 } as const;
export const nextToken = { type: 'string', min: 1, max: 1_048_576 } as const;
export const timestamp = { type: 'timestamp' } as const;
export const flag = { type: 'boolean' } as const;
/** Mebibytes per second. */
export const warmThroughput = { type: 'integer', min: 0 } as const;

/** Enum values are printed in the model's order unless another was seen: the order is not promised. */
export const streamModeDetails = {
  type: 'structure',
  members: { StreamMode: { type: 'string', required: true, values: ['PROVISIONED', 'ON_DEMAND'] } },
} as const;
export const distribution = { type: 'string', values: ['AUTO', 'USER_PARTITION_KEY'] } as const;
/** In the order production printed. */
export const iteratorType = {
  type: 'string',
  required: true,
  values: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'],
} as const;

/** The same shape of a text, and it must be there. */
export function required<S extends StringShape>(shape: S): S & { readonly required: true } {
  return { ...shape, required: true };
}
