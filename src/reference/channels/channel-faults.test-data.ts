/** A scenario for each fault of Channels, in which it shows; and how a test makes a channel. */
import { NS_PER_S } from '../../clock.ts';
import type { CreateChannelInput, S3DestinationConfiguration } from '../../protocol/operations.ts';
import type { Scenario } from '../fault-scenario.test-data.ts';
import type { VirtualEndpoint } from '../virtual-endpoint.ts';

export const StreamName = 'orders';
export const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;

/** What is asked for, unless a test says otherwise. */
export function channelInput(
  ChannelName: string,
  given: {
    readonly s3?: Partial<S3DestinationConfiguration>;
    readonly storage?: Partial<S3DestinationConfiguration['StorageConfiguration']>;
    readonly format?: 'JSON' | 'STRING' | 'BYTE_ARRAY';
    readonly arn?: string;
    readonly rest?: Partial<CreateChannelInput>;
  } = {},
): CreateChannelInput {
  const { s3, storage, format = 'BYTE_ARRAY', arn = StreamARN, rest } = given;
  return {
    ChannelName,
    ServiceExecutionRoleARN: 'arn:aws:iam::000000000000:role/channel',
    StreamConfigurationList: [{ StreamARN: arn, RecordConfiguration: { RecordFormatType: format } }],
    S3DestinationConfiguration: {
      StorageConfiguration: {
        BucketARN: 'arn:aws:s3:::lake',
        ExpectedBucketOwner: '000000000000',
        CompressionType: 'NONE',
        ...storage,
      },
      ...s3,
    },
    ...rest,
  };
}

/** An active on-demand stream. */
export async function onDemand({ must, clock }: VirtualEndpoint, name = StreamName): Promise<void> {
  await must('CreateStream', { StreamName: name, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  await clock.advance(NS_PER_S);
}

/** An active channel of it: its ARN. */
export async function active(endpoint: VirtualEndpoint, ...asked: Parameters<typeof channelInput>): Promise<string> {
  const { ChannelDescription } = await endpoint.must('CreateChannel', channelInput(...asked));
  await endpoint.clock.advance(NS_PER_S);
  return ChannelDescription.ChannelARN;
}

/** Puts texts into the first shard. */
export async function put({ must }: VirtualEndpoint, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const Data = Buffer.from(text).toString('base64');
    await must('PutRecord', { StreamName, Data, PartitionKey: 'k', ExplicitHashKey: '0' });
  }
}

/** Splits every shard of an on-demand stream: they cannot be split by hand, and are by warm throughput. */
export async function split({ must, clock }: VirtualEndpoint): Promise<void> {
  await must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
  await must('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 8 });
  await clock.advance(NS_PER_S);
}

/** What each object holds, after six minutes. */
export async function delivered({ clock, held }: VirtualEndpoint): Promise<string[]> {
  await clock.advance(360 * NS_PER_S);
  return held.objects.map(({ body }) => Buffer.from(body).toString());
}

export const channelFaults = {
  'ch.backfills': async (endpoint) => {
    await onDemand(endpoint);
    await put(endpoint, 'before,');
    await active(endpoint, 'c');
    await put(endpoint, 'after');
    return delivered(endpoint);
  },
  'ch.invalid-delivered': async (endpoint) => {
    await onDemand(endpoint);
    await active(endpoint, 'c', { format: 'JSON' });
    await put(endpoint, '{"a":1}', 'no JSON');
    return (await delivered(endpoint)).length;
  },
  'ch.no-children': async (endpoint) => {
    await onDemand(endpoint);
    await active(endpoint, 'c');
    await split(endpoint);
    for (let eighth = 0; eighth < 8; eighth += 1) {
      const ExplicitHashKey = String((2n ** 128n / 8n) * BigInt(eighth));
      await endpoint.must('PutRecord', { StreamName, Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey });
    }
    return delivered(endpoint);
  },
  'ch.takes-quota': async (endpoint) => {
    await onDemand(endpoint);
    await active(endpoint, 'c');
    await put(endpoint, 'a');
    // At that moment the channel reads, once a second from when it was ACTIVE.
    await endpoint.clock.advance(NS_PER_S / 2);
    const from = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await endpoint.must('GetShardIterator', from);
    const reads = Array.from({ length: 5 }, () => endpoint.call('GetRecords', { ShardIterator: ShardIterator! }));
    return (await Promise.all(reads)).map(({ ok }) => ok);
  },
  'life.delete-ignores-channels': async (endpoint) => {
    await onDemand(endpoint);
    await active(endpoint, 'c');
    return (await endpoint.call('DeleteStream', { StreamName })).ok;
  },
} satisfies Record<string, Scenario>;
