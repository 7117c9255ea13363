/**
 * Delivery streams, and objects that they delivered, which a check could not remove itself: it was interrupted, or its process was
 * killed. They are told by their names, by which run they are of, and (in a sweep) by the time after which they were left
 * behind. A bucket is never touched but under the prefix that checks deliver to.
 */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import type { DeliveryWorld } from './delivery-world.ts';

/** What the names of all delivery streams of conformance runs begin with. */
export const DELIVERY_PREFIX = 'kinebench-conform';
/** What the keys of their objects begin with, before the name of the delivery stream. */
const ROOT = 'kinebench/';
/** Of a delivery stream: epoch seconds after which it was left behind. */
export const EXPIRES_TAG = 'kinebench-expires';
/** After this time, in ms, an object that is still there was left behind. */
export const LIFE_MS = 3_600_000;

/** Delivery streams may be listed five times a second (*assumed*), ten at a time. */
const PAGES_MAX = 500;
const LOOK_NS = NS_PER_S / 2;
/** How long a removal is tried, in ns. */
const REMOVE_NS = 120 * NS_PER_S;

/** Where the objects of a delivery stream are. */
export function rootOf(name: string): string {
  return `${ROOT}${name}/`;
}

/** Removes what one run left. Throws with what could not be removed. */
export async function removeDeliveriesOf(run: string, world: DeliveryWorld, clock: Clock): Promise<void> {
  const prefix = `${DELIVERY_PREFIX}-${run}-`;
  for (const name of await namesFrom(world, prefix)) await removeDelivery(name, world, clock);
  await removeObjects(`${ROOT}${prefix}`, world);
}

/** What runs that are over left behind: delivery streams by name, and how many objects besides. */
export interface DeliveryLeftovers {
  readonly names: readonly string[];
  /** Keys. */
  readonly objects: readonly string[];
}

/** Looks for them. */
export async function findDeliveries(world: DeliveryWorld, clock: Clock): Promise<DeliveryLeftovers> {
  const names: string[] = [];
  for (const name of await namesFrom(world, `${DELIVERY_PREFIX}-`)) {
    const outcome = await world.firehose.call('ListTagsForDeliveryStream', { DeliveryStreamName: name });
    const tags = outcome.kind === 'ok' ? outcome.output.Tags : [];
    const expires = tags.find(({ Key }) => Key === EXPIRES_TAG)?.Value;
    if (expires !== undefined && Number(expires) * 1000 < clock.now()) names.push(name);
  }
  const { bucket } = world.place;
  const listed = await world.objects.list(bucket, `${ROOT}${DELIVERY_PREFIX}-`);
  const old = listed.kind === 'ok' ? listed.value.filter(({ lastModifiedMs: ms }) => ms < clock.now() - LIFE_MS) : [];
  return { names, objects: old.map(({ key }) => key) };
}

/** Removes what was found. Throws with what could not be removed. */
export async function removeFound({ names, objects }: DeliveryLeftovers, world: DeliveryWorld, clock: Clock) {
  for (const name of names) {
    await removeDelivery(name, world, clock);
    await removeObjects(rootOf(name), world);
  }
  for (const key of objects) await world.objects.remove(world.place.bucket, key);
}

/** The delivery streams whose names begin so. An endpoint without Data Firehose has none. */
async function namesFrom({ firehose }: DeliveryWorld, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let last = prefix;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const outcome = await firehose.call('ListDeliveryStreams', { ExclusiveStartDeliveryStreamName: last });
    if (outcome.kind !== 'ok') return names;
    const { DeliveryStreamNames: page, HasMoreDeliveryStreams: more } = outcome.output;
    names.push(...page.filter((name) => name.startsWith(prefix)));
    // They come in the order of the alphabet: behind the prefix there are none of ours.
    if (!more || page.length === 0 || !page.at(-1)!.startsWith(prefix)) return names;
    last = page.at(-1)!;
  }
  return names;
}

/** What it buffers is delivered as it goes, so its objects are removed after it is gone. */
async function removeDelivery(name: string, { firehose }: DeliveryWorld, clock: Clock): Promise<void> {
  const overNs = clock.monotonicNs() + REMOVE_NS;
  const stream = { DeliveryStreamName: name };
  while (clock.monotonicNs() < overNs) {
    const outcome = await firehose.call('DeleteDeliveryStream', stream);
    if (outcome.kind === 'error' && outcome.code === 'ResourceNotFoundException') return;
    await sleepFor(clock, LOOK_NS);
  }
  throw new Error(`this delivery stream could not be removed, remove it by hand: ${name}`);
}

async function removeObjects(prefix: string, { objects, place }: DeliveryWorld): Promise<void> {
  const listed = await objects.list(place.bucket, prefix);
  for (const { key } of listed.kind === 'ok' ? listed.value : []) await objects.remove(place.bucket, key);
}
