/**
 * Ordinary requests, made from the declared shapes: what an operation is asked when nothing is wrong with it, and every place
 * in it where something can be. A check spoils one place and leaves the rest as it is, so what comes back is about that place.
 */
import type { Capability } from '../../src/protocol/capabilities.ts';
import type { ChannelOperations, OperationName } from '../../src/protocol/operations.ts';
import { channelShapes } from '../../src/protocol/shapes/channels.ts';
import { inputShapes, type Shape, type StringShape, type StructureShape } from '../../src/protocol/shapes.ts';
import type { Context } from '../context.ts';
import { firstShard, horizon, iteratorAt } from '../records.ts';

/** What requests are about. */
export interface Subject {
  /** A stream, which may be there or not. */
  readonly name: string;
  readonly arn: string;
  /** An iterator that can be used: what is asked of GetRecords would be about the iterator otherwise. */
  readonly iterator: string;
}

/** Streams that requests are about, and the operations that are asked of them. */
export interface Subjects {
  readonly operations: readonly OperationName[];
  readonly present: Subject;
  readonly absent: Subject;
}

/** A request: JSON that may be anything. */
export type Request = Readonly<Record<string, unknown>>;

/** A place in a request. */
export interface Place {
  readonly operation: OperationName;
  /** `Records.1.Data`. */
  readonly path: string;
  /** The last member of the path. */
  readonly member: string;
  readonly shape: Shape;
  /** What stands there in an ordinary request. */
  readonly ordinary: unknown;
  /** Whether it is the key of a map, which is a text in any case. */
  readonly key: boolean;
  /** The request with something else in this place; with undefined, without it. */
  readonly with: (value: unknown) => Request;
}

/** All operations. */
export const operations = Object.keys(inputShapes) as OperationName[];

/** Those that are asked of an endpoint: of Channels only where it claims to have them. */
function operationsOn(capabilities: ReadonlySet<Capability>): OperationName[] {
  return capabilities.has('channels') ? operations : operations.filter((operation) => !isOfChannels(operation));
}

function isOfChannels(operation: OperationName): operation is keyof ChannelOperations {
  return Object.hasOwn(channelShapes, operation);
}

/** The one that binds an account to pay: its ordinary request is never sent. */
export const neverInEarnest: OperationName = 'UpdateAccountSettings';

/** A shared stream that is there, and another that is not: never a name that somebody else may have. */
export async function subjects(context: Context): Promise<Subjects> {
  const stream = await context.stream(1);
  const { StreamDescription } = await context.send('DescribeStream', { StreamName: stream.name });
  // An endpoint without ARNs is asked by name; what needs an ARN is refused by it for this one.
  const arn =
    StreamDescription.StreamARN ??
    `arn:aws:kinesis:${context.world.endpoint.region}:000000000000:stream/${stream.name}`;
  const iterator = await iteratorAt(context, stream, firstShard(stream).ShardId, horizon);
  return {
    operations: operationsOn(context.world.capabilities),
    present: { name: stream.name, arn, iterator },
    absent: { name: `${stream.name}-none`, arn: `${arn}-none`, iterator },
  };
}

/** The request that an operation accepts, or refuses for nothing but that its subject is not there. */
export function ordinaryRequest(operation: OperationName, subject: Subject): Request {
  const { members } = inputShapes[operation];
  // Older endpoints want a number of shards.
  const naming = [
    'StreamName',
    'StreamARN',
    'ConsumerName',
    'PartitionKey',
    'ShardCount',
    // A channel has a destination, and what is updated of it is something.
    'S3DestinationConfiguration',
  ];
  const byName = Object.hasOwn(members, 'StreamName');
  const given = Object.entries(members).filter(([name, shape]) => {
    if (name === 'StreamARN' && (byName || operation === 'GetRecords')) return false;
    return shape.required || naming.includes(name);
  });
  return Object.fromEntries(given.map(([name, shape]) => [name, ordinaryValue(name, shape, subject)]));
}

/**
 * Every place of a request, at any depth. A NextToken of ListShards stands beside a name, though it may not: alone, any token
 * that it did not give ends kinesalite, and with it the run.
 */
export function placesOf(operation: OperationName, subject: Subject): Place[] {
  const request = ordinaryRequest(operation, subject);
  return Object.entries(inputShapes[operation].members).flatMap(([name, shape]) => {
    const place: Place = {
      operation,
      path: name,
      member: name,
      shape,
      ordinary: request[name] ?? ordinaryValue(name, shape, subject),
      key: false,
      with: (value) => ({ ...request, [name]: value }),
    };
    return placesAt(place, subject);
  });
}

function placesAt(place: Place, subject: Subject): Place[] {
  const { shape, ordinary, path } = place;
  const inside = (step: string, part: Partial<Place> & Pick<Place, 'shape' | 'ordinary' | 'with'>) =>
    placesAt({ ...place, key: false, path: `${path}.${step}`, ...part }, subject);
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members);
    const whole = ordinary as Request;
    const parts = members.flatMap(([name, part]) =>
      inside(name, {
        member: name,
        shape: part,
        ordinary: whole[name] ?? ordinaryValue(name, part, subject),
        with: (value) => place.with({ ...whole, [name]: value }),
      }),
    );
    return [place, ...parts];
  }
  if (shape.type === 'list') {
    const [first] = ordinary as readonly unknown[];
    return [place, ...inside('1', { shape: shape.member, ordinary: first, with: (value) => place.with([value]) })];
  }
  if (shape.type !== 'map') return [place];
  return [
    place,
    ...inside('key', { shape: shape.key, ordinary: 'k', key: true, with: (key) => place.with({ [String(key)]: 'v' }) }),
    ...inside('value', { shape: shape.value, ordinary: 'v', with: (value) => place.with({ k: value }) }),
  ];
}

/** Values of enumerations that change the least. */
const mild = ['TRIM_HORIZON', 'AT_LATEST', 'PROVISIONED', 'KMS', 'USER_PARTITION_KEY', 'DISABLED', 'JSON'];
/** Texts of which one suits every other shape. */
const plain = ['shardId-000000000000', '1'];

function ordinaryValue(name: string, shape: Shape, subject: Subject): unknown {
  switch (shape.type) {
    case 'string':
      return ordinaryText(name, shape, subject);
    case 'blob':
      return Buffer.from('data').toString('base64');
    case 'integer':
      // The least that the model allows is less than a stream may have.
      return name === 'RetentionPeriodHours' ? 24 : (shape.min ?? 1);
    case 'double':
      return shape.min;
    case 'timestamp':
      return 1;
    case 'boolean':
      return false;
    case 'list':
      return [ordinaryValue(name, shape.member, subject)];
    case 'map':
      return { k: 'v' };
    case 'structure':
      return ordinaryStructure(shape, subject);
  }
}

function ordinaryStructure({ members }: StructureShape, subject: Subject): Request {
  // The key of a record has to be there, though the shape does not say so.
  const given = Object.entries(members).filter(([name, { required }]) => required || name === 'PartitionKey');
  return Object.fromEntries(given.map(([name, shape]) => [name, ordinaryValue(name, shape, subject)]));
}

function ordinaryText(name: string, shape: StringShape, { name: stream, arn, iterator }: Subject): string {
  const known: Readonly<Record<string, string>> = {
    StreamName: stream,
    StreamARN: arn,
    ResourceARN: arn,
    ConsumerARN: `${arn}/consumer/nobody:1`,
    ConsumerName: 'nobody',
    ChannelARN: `${arn.replace(/:stream\/.*/, '')}:channel/nobody`,
    ChannelName: 'nobody',
    ServiceExecutionRoleARN: 'arn:aws:iam::000000000000:role/nobody',
    BucketARN: 'arn:aws:s3:::kinebench-none',
    ExpectedBucketOwner: '000000000000',
    TableBucketARN: 'arn:aws:s3tables:us-east-1:000000000000:bucket/kinebench-none',
    GSRSchemaARN: 'arn:aws:glue:us-east-1:000000000000:schema/none/none',
    OutputKeyTemplate: '!{channel-id}/!{yyyy}!{extension}',
    StreamId: 'abcdefghijklmnopqrst-abc',
    ShardIterator: iterator,
    AdjacentShardToMerge: 'shardId-000000000001',
    KeyId: 'alias/aws/kinesis',
    Policy: '{"Version":"2012-10-17","Statement":[]}',
  };
  const { values } = shape;
  if (values) return values.find((value) => mild.includes(value)) ?? values[0]!;
  return known[name] ?? plain.find((text) => fits(shape, text))!;
}

/** Whether a text is within the bounds of its shape. */
export function fits({ min = 0, max = Number.POSITIVE_INFINITY, pattern }: StringShape, text: string): boolean {
  return text.length >= min && text.length <= max && (pattern?.whole.test(text) ?? true);
}
