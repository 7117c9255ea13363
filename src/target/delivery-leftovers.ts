/**
 * Delivery streams and objects that a killed run or a killed conformance run left behind. A delivery stream is told as a stream is: by
 * its name, by its tag of a run, and by the time that its tag gives. Objects have no tags: those of such a delivery stream
 * go with it, and those of one that is no longer there, told by the names of their files, when nothing has been written for so long that
 * nobody can be at work.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { isThrottle } from '../protocol/errors.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import type { ListedObject, ObjectSource } from '../wire/object-source.ts';
import type { Outcome } from '../wire/outcome.ts';
import { must } from './answer.ts';
import { CONFORM_PREFIX, EXPIRES_TAG, OBJECT_ROOT, RUN_TAG, STREAM_PREFIX } from './marks.ts';

/** The longest buffer waits for 15 minutes: a run that has written nothing for so long is over, in ms. */
const RUN_QUIET_MS = 86_400_000;
/** A check lasts for minutes: in a conformance run so much time is enough, in ms. */
export const CONFORM_LIFE_MS = 3_600_000;
/** Lists of delivery streams have ten names a page (*assumed*, as their order is AWS's: by name). */
const PAGES_MAX = 500;
const GONE_WITHIN_NS = 300e9;
const POLL_NS = 500e6;

/** Something of Data Firehose that is left: a delivery stream, or the objects under a root. */
export interface DeliveryLeftover {
  readonly kind: 'delivery-stream' | 'objects';
  readonly name: string;
  /** What the keys of its objects begin with. */
  readonly root: string;
  readonly run: string;
  /** ISO time. */
  readonly expires: string;
}

/** Where there may be leftovers. */
export interface DeliveryHouse {
  readonly firehose: FirehoseClient;
  readonly objects: ObjectSource;
  readonly bucket: string;
}

/** Where the objects of a delivery stream of a conformance run are. */
export function conformRootOf(name: string): string {
  return `${OBJECT_ROOT}${name}/`;
}

/** What is left of runs that are over. Rejects with an OperatorError for a target that does not say. */
export async function findDeliveryLeftovers(house: DeliveryHouse, clock: Clock): Promise<DeliveryLeftover[]> {
  const { firehose, bucket } = house;
  const listed = await deliveryStreamsFrom(STREAM_PREFIX, firehose);
  const names = must('ListDeliveryStreams', 'the account', listed);
  const streams: DeliveryLeftover[] = [];
  for (const name of names) {
    const outcome = await firehose.call('ListTagsForDeliveryStream', { DeliveryStreamName: name });
    const { Tags } = must('ListTagsForDeliveryStream', name, outcome);
    const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    const run = tag(RUN_TAG);
    const expiresMs = Number(tag(EXPIRES_TAG)) * 1000;
    if (run === undefined || !(expiresMs < clock.now())) continue;
    const root = name.startsWith(`${CONFORM_PREFIX}-${run}-`) ? conformRootOf(name) : `${OBJECT_ROOT}${run}/`;
    streams.push({ kind: 'delivery-stream', name, root, run, expires: new Date(expiresMs).toISOString() });
  }
  // What such a delivery stream still buffers is only written when it goes.
  const objects = new Map(streams.map((stream) => [stream.root, objectsOf(stream, bucket)]));
  for (const { owner, conform, newestMs } of await ownersOfObjects(house)) {
    const root = `${OBJECT_ROOT}${owner}/`;
    const alive = names.some((name) => (conform ? name === owner : name.endsWith(`-${owner}`)));
    const overMs = newestMs + (conform ? CONFORM_LIFE_MS : RUN_QUIET_MS);
    if (!alive && overMs < clock.now())
      objects.set(root, objectsOf({ root, run: owner, expires: new Date(overMs).toISOString() }, bucket));
  }
  return [...streams, ...objects.values()];
}

/** Gives what could not be removed. A delivery stream writes what it buffers as it goes, so its objects are to be removed after it. */
export async function removeDeliveryLeftover(
  { kind, name, root }: DeliveryLeftover,
  { firehose, objects, bucket }: DeliveryHouse,
  clock: Clock,
): Promise<string[]> {
  return kind === 'objects' ? removeObjects(objects, bucket, root) : removeDeliveryStreams([name], firehose, clock);
}

/** Removes what one conformance run made, whether or not its time is over. Gives what could not be removed. */
export async function removeConformDeliveries(
  run: string,
  { firehose, objects, bucket }: DeliveryHouse,
  clock: Clock,
): Promise<string[]> {
  const prefix = `${CONFORM_PREFIX}-${run}-`;
  const listed = await deliveryStreamsFrom(prefix, firehose);
  // Where there is no Data Firehose, nothing was delivered.
  if (listed.kind !== 'ok') return [];
  const kept = await removeDeliveryStreams(listed.output, firehose, clock);
  return [...kept, ...(await removeObjects(objects, bucket, `${OBJECT_ROOT}${prefix}`))];
}

/** Waits until they are gone; gives the names of those that are still there. One that is busy or does not answer is asked again. */
export async function removeDeliveryStreams(
  names: readonly string[],
  firehose: FirehoseClient,
  clock: Clock,
  withinNs = GONE_WITHIN_NS,
): Promise<string[]> {
  const deadlineNs = clock.monotonicNs() + withinNs;
  const kept: string[] = [];
  const left = new Map(names.map((name) => [name, false]));
  for (;;) {
    for (const [name, asked] of left) {
      const operation = asked ? 'DescribeDeliveryStream' : 'DeleteDeliveryStream';
      const outcome: Outcome<unknown> = await firehose.call(operation, { DeliveryStreamName: name });
      if (outcome.kind === 'ok') left.set(name, true);
      else if (isGone(outcome)) left.delete(name);
      else if (isRefused(outcome)) {
        left.delete(name);
        kept.push(name);
      }
    }
    if (left.size === 0 || clock.monotonicNs() > deadlineNs) return [...kept, ...left.keys()];
    await sleepFor(clock, POLL_NS);
  }
}

/** Gives where objects are still left. */
export async function removeObjects(objects: ObjectSource, bucket: string, root: string): Promise<string[]> {
  const listed = await objects.list(bucket, root);
  if (listed.kind === 'error') return listed.code === 'NoSuchBucket' ? [] : [`s3://${bucket}/${root}`];
  let failed = false;
  for (const { key } of listed.value) failed = (await objects.remove(bucket, key)).kind === 'error' || failed;
  return failed ? [`s3://${bucket}/${root}`] : [];
}

function objectsOf(owner: Pick<DeliveryLeftover, 'root' | 'run' | 'expires'>, bucket: string): DeliveryLeftover {
  const { root, run, expires } = owner;
  return { kind: 'objects', name: `s3://${bucket}/${root}`, root, run, expires };
}

function isGone(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'error' && outcome.code === 'ResourceNotFoundException';
}

/** Whether asking again is of no use. */
function isRefused(outcome: Outcome<unknown>): boolean {
  if (outcome.kind === 'connection') return !outcome.maybe;
  if (outcome.kind !== 'error' || outcome.status >= 500) return false;
  return !isThrottle(outcome.code) && !['ThrottlingException', 'ResourceInUseException'].includes(outcome.code);
}

/** The delivery streams whose names begin so, or why they are not known. */
async function deliveryStreamsFrom(prefix: string, firehose: FirehoseClient): Promise<Outcome<readonly string[]>> {
  const names: string[] = [];
  for (let last = prefix, pages = 1; ; pages += 1) {
    const outcome = await firehose.call('ListDeliveryStreams', { ExclusiveStartDeliveryStreamName: last });
    if (outcome.kind !== 'ok') return outcome;
    const { DeliveryStreamNames: page, HasMoreDeliveryStreams: more } = outcome.output;
    names.push(...page.filter((name) => name.startsWith(prefix)));
    const end = page.at(-1);
    // Behind the prefix there are none of ours.
    if (!more || !end?.startsWith(prefix) || pages === PAGES_MAX) return { ...outcome, output: names };
    last = end;
  }
}

/** The runs, and delivery streams of conformance runs, that objects are named after, each with the time of its newest one in ms since the epoch. */
async function ownersOfObjects({ objects, bucket }: DeliveryHouse) {
  const newest = new Map<string, number>();
  const delivered = new Set<string>();
  for (const { key, lastModifiedMs } of await listedUnder(OBJECT_ROOT, objects, bucket)) {
    const [owner, behind] = key.slice(OBJECT_ROOT.length).split('/');
    if (behind !== undefined) newest.set(owner!, Math.max(newest.get(owner!) ?? 0, lastModifiedMs));
    if (isDelivered(key, owner!)) delivered.add(owner!);
  }
  return [...newest]
    .map(([owner, newestMs]) => ({ owner, newestMs, conform: owner.startsWith(`${CONFORM_PREFIX}-`) }))
    .filter(({ owner, conform }) => conform || delivered.has(owner));
}

/** Whether an object is called as the delivery streams of a run call theirs: what else is in a folder with such a name is somebody's own. */
function isDelivered(key: string, run: string): boolean {
  if (!/^[a-z0-9]{8}$/.test(run)) return false;
  return new RegExp(`${STREAM_PREFIX}[^/]+-${run}-\\d+-\\d{4}(-\\d\\d){5}-[^/]*$`).test(key);
}

/** A bucket that is made with its first object may not be there. */
async function listedUnder(root: string, objects: ObjectSource, bucket: string): Promise<readonly ListedObject[]> {
  const listed = await objects.list(bucket, root);
  if (listed.kind === 'ok') return listed.value;
  if (listed.code === 'NoSuchBucket') return [];
  throw new OperatorError(`the bucket ${bucket} cannot be listed: ${listed.code}: ${listed.message}`, {
    code: 'target-refused',
    exitCode: ExitCode.unreachable,
    hint: `the keys must be allowed to list and delete what stands under ${OBJECT_ROOT} in it`,
  });
}
