/** Inputs made from the shapes of the operations: mostly such as could succeed, with bounds and wrong values mixed in. */
import {
  inputShapes,
  type IntegerShape,
  type Shape,
  type StringShape,
  type StructureShape,
} from '../src/protocol/shapes.ts';
import type { OperationName } from '../src/protocol/operations.ts';
import type { Random } from '../src/random.ts';
import type { Known } from './known.ts';
import { mutateText } from './mutation.ts';
import { Blob, bytesOf, Members, once, pick, strangeValue, Time } from './value.ts';

const names = [
  's',
  's',
  's',
  't',
  't',
  'u',
  'stream-1',
  'c',
  'shardId-000000000000',
  'shardId-000000000001',
  'shardId-2',
  '0',
  '1',
];
const texts = [
  'a',
  'a',
  'b',
  'c',
  'key-0',
  'key-1',
  'key-2',
  'key-3',
  'b c',
  ' ',
  '',
  'ключ',
  '"\\\n',
  '\u{1f600}',
  'x'.repeat(256),
  'x'.repeat(257),
];
const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kinesis:*', Resource: '*' }] });
const policies = [policy, policy.replace('Allow', 'Deny'), '{}', '[', policy.replaceAll('"*"', `"${'*a'.repeat(30)}"`)];

/** What channels are made of, right more often than not. */
const ofChannels: Readonly<Record<string, readonly string[]>> = {
  ServiceExecutionRoleARN: ['arn:aws:iam::000000000000:role/r'],
  BucketARN: ['arn:aws:s3:::lake', 'arn:aws:s3:::lake', 'arn:aws:s3:::l'],
  ExpectedBucketOwner: ['000000000000'],
  TableBucketARN: ['arn:aws:s3tables:us-east-1:000000000000:bucket/lake'],
  GSRSchemaARN: ['arn:aws:glue:us-east-1:000000000000:schema/a/b'],
  OutputKeyTemplate: [
    '!{channel-name}/!{yyyy}!{extension}',
    '!{stream-name}/!{mm}!{extension:.x}',
    'a/../b',
    '!{a}',
    '!{',
  ],
};

/** Makes inputs; `wrongOnceIn` says how rarely a value is wrong. */
export class Inputs {
  readonly #known: Known;
  readonly #random: Random;
  readonly #wrongOnceIn: number;
  readonly #nowMs: () => number;

  constructor(known: Known, random: Random, wrongOnceIn: number, nowMs: () => number) {
    this.#known = known;
    this.#random = random;
    this.#wrongOnceIn = wrongOnceIn;
    this.#nowMs = nowMs;
  }

  /** An input of an operation. */
  of(operation: OperationName): Members {
    const random = this.#random;
    const shape = inputShapes[operation];
    const entries = once(random, 10) ? this.#members(shape) : this.#completed(shape, this.#members(shape));
    if (once(random, 4 * this.#wrongOnceIn)) entries.push(['NoSuchMember', strangeValue(random)]);
    if (entries.length > 0 && once(random, 4 * this.#wrongOnceIn)) entries.push(pick(random, entries));
    return new Members(entries);
  }

  #value(shape: Shape, name: string): unknown {
    const random = this.#random;
    if (once(random, this.#wrongOnceIn)) return this.#wrong(name);
    switch (shape.type) {
      case 'string':
        return this.#text(shape, name);
      case 'blob':
        return new Blob(this.#data());
      case 'integer':
        return this.#integer(shape, name);
      case 'double':
        return random.uniform();
      case 'timestamp':
        return this.#time(name);
      case 'boolean':
        return random.below(3) === 0;
      case 'list': {
        const many = once(random, 100) ? shape.max + random.below(2) : shape.min + random.below(4);
        return Array.from({ length: Math.min(many, 501) }, () => this.#value(shape.member, ''));
      }
      case 'map': {
        const many = once(random, 100) ? shape.max + random.below(2) : shape.min + random.below(4);
        const key = () => (once(random, 20) ? pick(random, texts) : `k${random.below(60)}`);
        return new Members(Array.from({ length: many }, () => [key(), pick(random, ['', 'v', 'é', 'x'.repeat(256)])]));
      }
      case 'structure':
        return new Members(this.#members(shape));
    }
  }

  #members({ members }: StructureShape): [string, unknown][] {
    const sent = Object.entries(members).filter(([member, { required }]) => required || this.#asks(member));
    return sent.map(([member, part]) => [member, this.#value(part, member)]);
  }

  /** The members with those that go together: some name of the stream, and what the kind of a beginning asks for. */
  #completed({ members }: StructureShape, entries: [string, unknown][]): [string, unknown][] {
    const has = (name: string) => entries.some(([sent]) => sent === name);
    const drop = (name: string) => {
      entries = entries.filter(([sent]) => sent !== name);
    };
    const add = (name: string) => {
      if (!has(name)) entries.push([name, this.#value(members[name]!, name)]);
    };
    const name = ['StreamName', 'StreamARN'].find((each) => each in members);
    if (has('NextToken') && 'StreamName' in members) ['StreamName', 'StreamARN', 'ShardFilter'].forEach(drop);
    else if (name && !has('StreamName') && !has('StreamARN')) add(name);
    if ('ConsumerARN' in members && !('ShardId' in members)) {
      const byArn = once(this.#random, 2);
      (byArn ? ['StreamARN', 'ConsumerName'] : ['ConsumerARN']).forEach(drop);
      (byArn ? ['ConsumerARN'] : ['StreamARN', 'ConsumerName']).forEach(add);
    }
    if ('ShardCount' in members && once(this.#random, 3)) {
      // What channels need.
      ['ShardCount', 'StreamModeDetails'].forEach(drop);
      entries.push(['StreamModeDetails', new Members([['StreamMode', 'ON_DEMAND']])]);
    }
    if ('S3TablesDestinationConfiguration' in members) {
      drop('S3TablesDestinationConfiguration');
      add('S3DestinationConfiguration');
      entries = entries.map(([sent, value]) => [sent, Array.isArray(value) ? value.slice(0, 1) : value]);
    }
    if ('ShardIterator' in members && !once(this.#random, 4)) drop('StreamARN');
    if ('ShardIteratorType' in members) {
      const type = String(entries.find(([sent]) => sent === 'ShardIteratorType')?.[1]);
      if (type.includes('NUMBER')) add('StartingSequenceNumber');
      else drop('StartingSequenceNumber');
      if (type === 'AT_TIMESTAMP') add('Timestamp');
    }
    return entries;
  }

  /** Whether an optional member is sent: what names a stream mostly, what nobody takes hardly ever. */
  #asks(member: string): boolean {
    const often =
      {
        StreamName: 5,
        StreamARN: 1,
        NextToken: 1,
        ExplicitHashKey: 2,
        SequenceNumberForOrdering: 1,
        PartitionKey: 9,
        StreamId: 0,
        DryRun: 1,
        ShardCount: 7,
        GSRSchemaARN: 0,
        EncryptionConfiguration: 1,
      }[member] ?? 3;
    return this.#random.below(10) < often;
  }

  #wrong(name: string): unknown {
    const random = this.#random;
    if (once(random, 2)) return strangeValue(random);
    const known = once(random, 2) ? this.#known.any(random) : this.#known.for(name, random);
    return typeof known === 'string' ? mutateText(known, random) : (known ?? strangeValue(random));
  }

  #text(shape: StringShape, name: string): string {
    const random = this.#random;
    if (shape.values) return pick(random, shape.values);
    if (name === 'Policy') return pick(random, policies);
    const ofChannel = ofChannels[name];
    if (ofChannel) return pick(random, ofChannel);
    const known = this.#known.for(name, random);
    if (typeof known === 'string' && !once(random, 5)) return known;
    if (name === 'NewStartingHashKey' || name === 'ExplicitHashKey') {
      return String((2n ** 128n * BigInt(random.below(1000))) / 1000n);
    }
    if (once(random, 30) && shape.max !== undefined) return 'a'.repeat(Math.min(shape.max + random.below(2), 3000));
    if (!shape.pattern) return pick(random, texts);
    const fitting = names.filter((each) => shape.pattern!.whole.test(each));
    return fitting.length > 0 ? pick(random, fitting) : pick(random, names);
  }

  /** Mostly a few bytes; now and then the most there may be. */
  #data(): Buffer {
    const random = this.#random;
    return once(random, 300) ? Buffer.alloc(1_048_576 - random.below(3), 7) : bytesOf(random);
  }

  #integer({ min = 0, max }: IntegerShape, name: string): unknown {
    const random = this.#random;
    if (name === 'MaxRecordSizeInKiB') return min + random.below(3) * 1024;
    if (name === 'DataFreshnessInSeconds') return pick(random, [300, 301, 900, 299, 901]);
    if (name === 'RetentionPeriodHours') return pick(random, [24, 25, 48, 168, 8760, 23, 8761]);
    if (!once(random, 10)) return min + random.below(6);
    return pick(random, [min - 1, min, max ?? 2 ** 31, (max ?? 2 ** 40) + 1, min + 0.5, -0]);
  }

  #time(name: string): unknown {
    const random = this.#random;
    const known = this.#known.for(name, random);
    if (typeof known === 'number' && once(random, 2)) return new Time(known * 1000);
    return new Time(this.#nowMs() - pick(random, [0, 1, 1000, 60_000, 3_600_000, 86_400_001, -1, -5000]));
  }
}
