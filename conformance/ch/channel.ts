/**
 * Channels of checks: each of an on-demand stream of its own, with objects under a root of its own, and removed with both. An object is
 * written when its oldest record is as old as the data freshness says, which is five minutes at the least: who waits for one needs
 * a clock on which minutes pass.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { CreateChannelInput, RecordFormatType } from '../../src/protocol/operations.ts';
import { CHANNEL_LIFE_NS, CHANNEL_LOOK_NS, removeChannel } from '../../src/target/channel-leftovers.ts';
import { conformRootOf, CONFORM_LIFE_MS, removeObjects } from '../../src/target/delivery-leftovers.ts';
import { EXPIRES_TAG, RUN_TAG } from '../../src/target/marks.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type Delivered, type DeliveryStream, newName, objectsOf, withWorld } from '../fh/delivery-stream.ts';
import { active, withOnDemand } from '../od/on-demand-stream.ts';
import { type Acknowledged, put } from '../records.ts';
import { refusable } from '../refusable-call.ts';
import { type Finding, unobserved } from '../statement.ts';

/** The least that may be asked for, in s. */
const FRESHNESS_S = 300;
/** How much longer an object is waited for, in ns. */
const PATIENCE_NS = 600 * NS_PER_S;

/** Where dead letters are, under the root. */
const DEAD_LETTERS = 'errors/';

/** A stream that a channel may have, and where the channel delivers to; `name` is the channel's. */
export interface Source extends DeliveryStream {
  readonly stream: Stream;
  readonly streamArn: string;
}

/** What a channel has written. */
interface Written {
  readonly records: readonly Delivered[];
  readonly deadLetters: readonly Delivered[];
}

/** Makes a stream and a place for a check, and removes them. */
export function withSource(context: Context, check: (source: Source) => Promise<Finding>): Promise<Finding> {
  return withWorld(context, (world) =>
    withOnDemand(
      context,
      async (stream) => {
        const { StreamARN: streamArn } = await active(context, stream.name);
        if (typeof streamArn !== 'string') return unobserved('DescribeStreamSummary gave no StreamARN');
        const name = newName(context);
        const root = conformRootOf(name);
        try {
          return await check({ world, stream, streamArn, name, root });
        } finally {
          await removeObjects(world.objects, world.place.bucket, root);
        }
      },
      (said) => unobserved(`no on-demand stream could be created: ${said}`),
    ),
  );
}

/** Makes a channel for records of a format and waits until it is ACTIVE; after the work it is removed. */
export async function withChannel(
  context: Context,
  source: Source,
  format: RecordFormatType,
  work: (channelArn: string) => Promise<Finding>,
): Promise<Finding> {
  const made = await refusable(context, 'CreateChannel', creation(context, source, format));
  if (made.kind === 'refused') return unobserved(`CreateChannel was refused: ${made.said}`);
  const { ChannelARN: arn } = fieldsOf(fieldsOf(made.output)['ChannelDescription']);
  if (typeof arn !== 'string') return unobserved('CreateChannel gave no ChannelARN');
  try {
    await untilActive(context, arn);
    context.count('channels made');
    return await work(arn);
  } finally {
    await removeChannel(arn, context.client, context.clock);
  }
}

/** Puts each text as a record of its own; its key is the text, unless a hash key is given. */
export async function putTexts(
  context: Context,
  { stream }: Source,
  texts: readonly string[],
  explicitHashKey?: bigint,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (const text of texts) {
    const data = Buffer.from(text).toString('base64');
    const where = explicitHashKey === undefined ? {} : { explicitHashKey };
    acknowledged.push(await put(context, stream, { key: text, data, ...where }));
  }
  return acknowledged;
}

/** What is written once the data freshness is over, as soon as there is enough, or when patience is over. */
export async function writtenOf(
  context: Context,
  source: Source,
  enough: (written: Written) => boolean,
): Promise<Written> {
  await sleepFor(context.clock, FRESHNESS_S * NS_PER_S);
  return parted(await objectsOf(context, source, (objects) => enough(parted(objects)), PATIENCE_NS));
}

/** Texts that no other record has, one inside of no other. */
export function newTexts(context: Context, count: number): string[] {
  return Array.from({ length: count }, () => `<${context.data()}>`);
}

function creation(
  { clock, run }: Context,
  { world, streamArn, name, root }: Source,
  format: RecordFormatType,
): CreateChannelInput {
  const [, account] = /^arn:[^:]*:kinesis:[^:]*:(\d{12}):/.exec(streamArn) ?? [];
  if (account === undefined) throw new Unobservable(`the StreamARN ${streamArn} names no account`);
  const bucket = { BucketARN: `arn:aws:s3:::${world.place.bucket}`, ExpectedBucketOwner: account };
  return {
    ChannelName: name,
    ServiceExecutionRoleARN: world.place.roleArn,
    StreamConfigurationList: [{ StreamARN: streamArn, RecordConfiguration: { RecordFormatType: format } }],
    S3DestinationConfiguration: {
      DataFreshnessInSeconds: FRESHNESS_S,
      DeadLetterQueueS3Configuration: { ...bucket, ErrorOutputPrefix: `${root}${DEAD_LETTERS}` },
      StorageConfiguration: {
        ...bucket,
        OutputKeyTemplate: `${root}data/!{channel-name}!{extension}`,
        CompressionType: 'NONE',
      },
    },
    Tags: { [RUN_TAG]: run, [EXPIRES_TAG]: String(Math.ceil((clock.now() + CONFORM_LIFE_MS) / 1000)) },
  };
}

async function untilActive({ clock, send }: Context, ChannelARN: string): Promise<void> {
  const overNs = clock.monotonicNs() + CHANNEL_LIFE_NS;
  for (;;) {
    const answer = await send('DescribeChannel', { ChannelARN });
    const { ChannelStatus: status } = fieldsOf(fieldsOf(answer)['ChannelDescription']);
    if (status === 'ACTIVE') return;
    if (status === 'FAILED' || clock.monotonicNs() > overNs)
      throw new Unobservable(`channel ${ChannelARN} is ${String(status)}, not ACTIVE`);
    await sleepFor(clock, CHANNEL_LOOK_NS);
  }
}

function parted(objects: readonly Delivered[]): Written {
  const isDead = ({ key }: Delivered) => key.startsWith(DEAD_LETTERS);
  return { records: objects.filter((object) => !isDead(object)), deadLetters: objects.filter(isDead) };
}

/** The members of what should be a structure; none of anything else. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>;
}
