/**
 * Delivery streams and objects that a killed run left behind. A delivery stream is told as a stream is: by its name, by its tag of a
 * run, and by the time that its tag gives. Objects have no tags: those under the prefix of such a run go with it, and
 * those of a run that has no delivery stream any more when nothing has been written for a day.
 */
import type { Clock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import type { ObjectOutcome, ObjectSource } from '../wire/object-source.ts';
import { OBJECT_ROOT, removeDeliveryStreams, removeObjects } from './deliveries.ts';
import type { Leftover } from './leftovers.ts';
import { EXPIRES_TAG, must, RUN_TAG, STREAM_PREFIX } from './streams.ts';

/** The longest buffer waits for 15 minutes: a run that has written nothing for so long is over, in ms. */
const QUIET_MS = 86_400_000;

/** Something of Data Firehose that is left: a delivery stream, or the objects of a run under a prefix. */
export interface DeliveryLeftover extends Pick<Leftover, 'name' | 'run' | 'expires'> {
  readonly kind: 'delivery-stream' | 'objects';
}

export interface DeliveryClientsOfSweep {
  readonly firehose: FirehoseClient;
  readonly objects: ObjectSource;
  readonly bucket: string;
}

/** What is left of runs that are over. Rejects with an OperatorError for a target that does not say. */
export async function findDeliveryLeftovers(
  { firehose, objects, bucket }: DeliveryClientsOfSweep,
  clock: Clock,
): Promise<DeliveryLeftover[]> {
  const names = (await deliveryStreamNames(firehose)).filter((name) => name.startsWith(STREAM_PREFIX));
  const found: DeliveryLeftover[] = [];
  const expired = new Map<string, string>();
  for (const name of names) {
    const outcome = await firehose.call('ListTagsForDeliveryStream', { DeliveryStreamName: name });
    const { Tags } = must('ListTagsForDeliveryStream', name, outcome);
    const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    const run = tag(RUN_TAG);
    const expiresMs = Number(tag(EXPIRES_TAG)) * 1000;
    if (run === undefined || !(expiresMs < clock.now())) continue;
    const expires = new Date(expiresMs).toISOString();
    expired.set(run, expires);
    found.push({ kind: 'delivery-stream', name, run, expires });
  }
  const objectsOf = (run: string, expires: string): DeliveryLeftover => {
    return { kind: 'objects', name: `s3://${bucket}/${OBJECT_ROOT}${run}/`, run, expires };
  };
  // What such a delivery stream still buffers is only written when it goes.
  for (const [run, expires] of expired) found.push(objectsOf(run, expires));
  for (const [run, newestMs] of await runsWithObjects(objects, bucket)) {
    const alive = names.some((each) => each.endsWith(`-${run}`));
    if (!alive && newestMs + QUIET_MS < clock.now())
      found.push(objectsOf(run, new Date(newestMs + QUIET_MS).toISOString()));
  }
  return found;
}

/** Gives what could not be removed. A delivery stream writes what it buffers as it goes, so its objects are to be removed after it. */
export async function removeDeliveryLeftover(
  { kind, name, run }: DeliveryLeftover,
  { firehose, objects, bucket }: DeliveryClientsOfSweep,
  clock: Clock,
): Promise<string[]> {
  if (kind === 'objects') return removeObjects(objects, bucket, `${OBJECT_ROOT}${run}/`);
  return removeDeliveryStreams([name], firehose, clock);
}

async function deliveryStreamNames(firehose: FirehoseClient): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const after = names.at(-1);
    const input = after === undefined ? {} : { ExclusiveStartDeliveryStreamName: after };
    const page = must('ListDeliveryStreams', 'the account', await firehose.call('ListDeliveryStreams', input));
    names.push(...page.DeliveryStreamNames);
    if (!page.HasMoreDeliveryStreams || page.DeliveryStreamNames.length === 0) return names;
  }
}

/** The runs that objects are named after, each with the time of its newest one in ms since the epoch. */
async function runsWithObjects(objects: ObjectSource, bucket: string): Promise<Map<string, number>> {
  const newest = new Map<string, number>();
  const listed = await objects.list(bucket, OBJECT_ROOT);
  for (const { key, lastModifiedMs } of objectsIn(listed, bucket)) {
    const run = /^([a-z0-9]{8})\//.exec(key.slice(OBJECT_ROOT.length))?.[1];
    if (run !== undefined) newest.set(run, Math.max(newest.get(run) ?? 0, lastModifiedMs));
  }
  return newest;
}

/** A bucket that is made with its first object may not be there. */
function objectsIn<T>(listed: ObjectOutcome<readonly T[]>, bucket: string): readonly T[] {
  if (listed.kind === 'error' && listed.code === 'NoSuchBucket') return [];
  if (listed.kind === 'ok') return listed.value;
  throw new OperatorError(`the bucket ${bucket} cannot be listed: ${listed.code}: ${listed.message}`, {
    code: 'target-refused',
    exitCode: ExitCode.unreachable,
    hint: 'the keys must be allowed to list and delete what stands under kinebench/ in it',
  });
}
