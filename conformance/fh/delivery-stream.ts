/**
 * Delivery streams of checks: made for one check, with objects under a root of their own, and removed with them. What a check
 * waits for it polls, to a deadline: when an object comes is a hint at AWS and no promise.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type {
  CreateDeliveryStreamInput,
  ExtendedS3Configuration,
  FirehoseOutput,
} from '../../src/protocol/firehose/operations.ts';
import {
  CONFORM_LIFE_MS,
  conformRootOf,
  removeDeliveryStreams,
  removeObjects,
} from '../../src/target/delivery-leftovers.ts';
import { CONFORM_PREFIX, EXPIRES_TAG, RUN_TAG } from '../../src/target/marks.ts';
import type { CallInput, FirehoseCall } from '../../src/wire/firehose-client.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import { isRate } from '../attempt.ts';
import { type Context, Unobservable } from '../context.ts';
import type { DeliveryWorld } from '../delivery-world.ts';
import type { Finding } from '../statement.ts';

/** Pause between two looks, in ns. */
const LOOK_NS = NS_PER_S / 2;
/** How long a delivery stream may take to be there, and to be gone. */
const LIFE_NS = 60 * NS_PER_S;
/** How long an object is waited for. AWS keeps to hints of seconds within this nearly always. */
const PATIENCE_NS = 40 * NS_PER_S;

/** What a check says of the destination; the prefixes stand under the root. */
export type Destination = Omit<Partial<ExtendedS3Configuration>, 'RoleARN' | 'BucketARN'>;

/** A delivery stream that is ACTIVE. */
export interface DeliveryStream {
  readonly world: DeliveryWorld;
  readonly name: string;
  /** What the keys of its objects begin with. */
  readonly root: string;
}

/** An object that was delivered. */
export interface Delivered {
  /** Without the root. */
  readonly key: string;
  readonly body: Buffer;
}

/** Opens what Data Firehose is judged with, for as long as a check lasts. */
export async function withWorld(
  { world }: Context,
  check: (world: DeliveryWorld) => Promise<Finding>,
): Promise<Finding> {
  if (!world.delivery) throw new Unobservable('the target names no bucket that may be delivered into');
  const opened = await world.delivery();
  try {
    return await check(opened);
  } finally {
    opened.close();
  }
}

/** Makes a delivery stream to S3 for a check, and removes it with its objects. */
export function withDelivery(
  context: Context,
  destination: Destination | ((world: DeliveryWorld) => Destination),
  check: (stream: DeliveryStream) => Promise<Finding>,
): Promise<Finding> {
  const made = (world: DeliveryWorld, name: string) =>
    creation(context, world, name, typeof destination === 'function' ? destination(world) : destination);
  return withMade(context, made, check);
}

/** The same of one that is made with anything. */
export function withMade(
  context: Context,
  made: (world: DeliveryWorld, name: string) => CreateDeliveryStreamInput,
  check: (stream: DeliveryStream) => Promise<Finding>,
): Promise<Finding> {
  return withWorld(context, async (world) => {
    const name = newName(context);
    const root = conformRootOf(name);
    try {
      await ask(context, world, 'CreateDeliveryStream', made(world, name));
      await untilActive(context, world, name);
      return await check({ world, name, root });
    } finally {
      await remove(context, world, name);
      await removeObjects(world.objects, world.place.bucket, root);
    }
  });
}

/** A name that no other delivery stream has, and by which it is known whose it is. */
export function newName(context: Context): string {
  const [id = '', , count] = Buffer.from(context.data(), 'base64').toString().toLowerCase().split(' ');
  return `${CONFORM_PREFIX}-${context.run}-${id.replace('kin-', '')}-${count}`.slice(0, 64);
}

/** What a delivery stream is made with. */
export function creation({ clock, run }: Context, { place }: DeliveryWorld, name: string, said: Destination) {
  const root = conformRootOf(name);
  const left = Math.ceil((clock.now() + CONFORM_LIFE_MS) / 1000);
  return {
    DeliveryStreamName: name,
    ExtendedS3DestinationConfiguration: {
      ...said,
      RoleARN: place.roleArn,
      BucketARN: `arn:aws:s3:::${place.bucket}`,
      Prefix: `${root}${said.Prefix ?? ''}`,
      ...(said.ErrorOutputPrefix !== undefined && { ErrorOutputPrefix: `${root}${said.ErrorOutputPrefix}` }),
    },
    Tags: [
      { Key: EXPIRES_TAG, Value: String(left) },
      { Key: RUN_TAG, Value: run },
    ],
  };
}

/** A call that waits out throttles until the deadline; anything else but an answer makes the check indeterminate. */
export async function ask<O extends FirehoseCall>(
  context: Context,
  { firehose }: DeliveryWorld,
  operation: O,
  input: CallInput<O>,
): Promise<FirehoseOutput<O>> {
  for (;;) {
    const outcome = await firehose.call(operation, input);
    if (outcome.kind === 'ok') return outcome.output;
    if (!isBusy(outcome) || context.clock.monotonicNs() > context.deadlineNs)
      throw new Unobservable(`${operation} was answered with ${wordsOf(outcome)}`);
    await sleepFor(context.clock, LOOK_NS);
  }
}

/** What came back, in words. */
export function wordsOf(outcome: Outcome<unknown>): string {
  return outcome.kind === 'error' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
}

/** Whether an endpoint said no, and not that it is busy or broken. */
export function isRefused(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'error' && outcome.status >= 400 && outcome.status <= 499 && !isBusy(outcome);
}

function isBusy(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'error' && (isRate(outcome.code) || outcome.code === 'ServiceUnavailableException');
}

/** Puts texts in one call; what was not taken is put again. */
export async function putTexts(
  context: Context,
  { world, name }: DeliveryStream,
  texts: readonly string[],
): Promise<void> {
  for (let left = texts; left.length > 0;) {
    const Records = left.map((text) => ({ Data: Buffer.from(text) }));
    const { RequestResponses: entries } = await ask(context, world, 'PutRecordBatch', {
      DeliveryStreamName: name,
      Records,
    });
    if (entries.length !== left.length)
      throw new Unobservable(`PutRecordBatch of ${left.length} records was answered with ${entries.length} entries`);
    const refused = left.filter((_, index) => !entries[index]?.RecordId);
    context.count('records put', left.length - refused.length);
    left = refused;
    if (left.length > 0 && context.clock.monotonicNs() > context.deadlineNs)
      throw new Unobservable(`${left.length} records were throttled until the deadline`);
    if (left.length > 0) await sleepFor(context.clock, LOOK_NS);
  }
}

/** The objects under the root, as soon as there are enough, or when patience is over. */
export async function objectsOf(
  context: Context,
  { world, root }: DeliveryStream,
  enough: (objects: readonly Delivered[]) => boolean,
  patienceNs = PATIENCE_NS,
): Promise<Delivered[]> {
  const { objects, place } = world;
  const read = new Map<string, Delivered>();
  const overNs = context.clock.monotonicNs() + patienceNs;
  let blind: string | undefined;
  for (;;) {
    const listed = await objects.list(place.bucket, root);
    const unmade = listed.kind === 'error' && listed.code === 'NoSuchBucket' && place.makesBucket;
    blind = listed.kind === 'ok' || unmade ? undefined : `${listed.code}: ${listed.message}`;
    for (const { key } of listed.kind === 'ok' ? listed.value : []) {
      if (read.has(key)) continue;
      const object = await objects.read(place.bucket, key);
      if (object.kind === 'error') continue;
      context.count('objects read');
      read.set(key, { key: key.slice(root.length), body: object.value.body });
    }
    const all = [...read.values()];
    if (enough(all)) return all;
    if (context.clock.monotonicNs() > overNs) {
      if (blind !== undefined) throw new Unobservable(`the bucket could not be listed: ${blind}`);
      return all;
    }
    await sleepFor(context.clock, LOOK_NS);
  }
}

/** The bytes of objects one behind the other, as text. */
export function textOf(objects: readonly Delivered[]): string {
  return Buffer.concat(objects.map(({ body }) => body)).toString();
}

/** Whether every one of these texts is in the objects. */
export function haveAll(texts: readonly string[]): (objects: readonly Delivered[]) => boolean {
  return (objects) => {
    const whole = textOf(objects);
    return texts.every((text) => whole.includes(text));
  };
}

/** The data of the failed records that error objects hold, as far as they are what AWS writes. */
export function failedIn(objects: readonly Delivered[]): string[] {
  return objects.flatMap(({ body }) =>
    body
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        try {
          const document: { rawData?: unknown } | null = JSON.parse(line);
          return Buffer.from(String(document?.rawData), 'base64').toString();
        } catch {
          return line;
        }
      }),
  );
}

async function untilActive(context: Context, world: DeliveryWorld, name: string): Promise<void> {
  const overNs = context.clock.monotonicNs() + LIFE_NS;
  for (;;) {
    const { DeliveryStreamDescription: stream } = await ask(context, world, 'DescribeDeliveryStream', {
      DeliveryStreamName: name,
    });
    if (stream.DeliveryStreamStatus === 'ACTIVE') return;
    if (context.clock.monotonicNs() > overNs || stream.DeliveryStreamStatus.endsWith('_FAILED'))
      throw new Unobservable(`delivery stream ${name} is ${stream.DeliveryStreamStatus}, not ACTIVE`);
    await sleepFor(context.clock, LOOK_NS);
  }
}

/** Removes a delivery stream, whether or not it is there, and waits until it is gone: what it buffers is delivered as it goes. */
export async function remove({ clock }: Context, { firehose }: DeliveryWorld, name: string): Promise<void> {
  await removeDeliveryStreams([name], firehose, clock, LIFE_NS);
}
