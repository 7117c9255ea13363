/**
 * Outputs as the client gives them. They are those of the protocol, but for one thing: data of records that were read are
 * bytes, whatever form carried them.
 */
import type {
  GetRecordsOutput,
  KinesisRecord,
  OperationName,
  OperationWithoutOutput,
  Output,
  SubscribeToShardEvent,
} from '../protocol/operations.ts';

/** A record that was read. */
export interface ReceivedRecord extends Omit<KinesisRecord, 'Data'> {
  readonly Data: Buffer;
}

export interface ReceivedRecords extends Omit<GetRecordsOutput, 'Records'> {
  readonly Records: ReceivedRecord[];
}

export interface ReceivedEvent extends Omit<SubscribeToShardEvent, 'Records'> {
  readonly Records: ReceivedRecord[];
}

/** What a call of the operation gives. */
export type Received<O extends OperationName> = O extends 'GetRecords' ? ReceivedRecords : Output<O>;

const withoutOutput: Readonly<Record<OperationWithoutOutput, true>> = {
  AddTagsToStream: true,
  CreateStream: true,
  DecreaseStreamRetentionPeriod: true,
  DeleteChannel: true,
  DeleteResourcePolicy: true,
  DeleteStream: true,
  DeregisterStreamConsumer: true,
  IncreaseStreamRetentionPeriod: true,
  MergeShards: true,
  PutResourcePolicy: true,
  RemoveTagsFromStream: true,
  SplitShard: true,
  StartStreamEncryption: true,
  StopStreamEncryption: true,
  TagResource: true,
  UntagResource: true,
  UpdateMaxRecordSize: true,
  UpdateStreamMode: true,
  UpdateStreamRecordDistributionStrategy: true,
};

/** The output, or undefined where it lacks what its readers take for granted: an endpoint may send anything with a 200. */
export function receivedOutput<O extends OperationName>(operation: O, parsed: unknown): Received<O> | undefined {
  return isReadable(operation, parsed) ? (parsed as Received<O>) : undefined;
}

/** An event of a subscription, or undefined as above. */
export function receivedEvent(parsed: unknown): ReceivedEvent | undefined {
  return isStructure(parsed) && areRecords(parsed['Records']) ? (parsed as unknown as ReceivedEvent) : undefined;
}

function isReadable(operation: OperationName, parsed: unknown): boolean {
  if (Object.hasOwn(withoutOutput, operation)) return parsed !== undefined;
  if (!isStructure(parsed)) return false;
  if (operation === 'PutRecord') return areStrings(parsed, ['ShardId', 'SequenceNumber']);
  if (operation === 'PutRecords') return Array.isArray(parsed['Records']) && parsed['Records'].every(isStructure);
  if (operation === 'GetRecords') return areRecords(parsed['Records']);
  if (operation !== 'DescribeStream') return true;
  const description = parsed['StreamDescription'];
  return isStructure(description) && Array.isArray(description['Shards']);
}

/** Whether these are records; their data are bytes from then on. */
function areRecords(value: unknown): boolean {
  return Array.isArray(value) && value.every((record: unknown) => isStructure(record) && makeRecord(record));
}

/** The partition key may be missing: a stream of AUTO distribution needs none. Some send base64 in CBOR too. */
function makeRecord(record: Record<string, unknown>): boolean {
  const data = record['Data'];
  if (typeof data === 'string') record['Data'] = Buffer.from(data, 'base64');
  else if (!(data instanceof Uint8Array)) return false;
  return areStrings(record, ['SequenceNumber']) && typeof (record['PartitionKey'] ?? '') === 'string';
}

function areStrings(fields: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof fields[name] === 'string');
}

function isStructure(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
