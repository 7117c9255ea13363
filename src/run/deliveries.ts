/**
 * The delivery streams of a run: made under names of their own, with tags and a prefix of their own, and removed whatever happens.
 * Objects are removed after their delivery stream is gone, since what it still buffers is delivered as it goes; nothing but what
 * stands under the prefix of the run is ever touched.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import type { DeliveryPlace } from '../fleet/context.ts';
import { OperatorError } from '../operator-error.ts';
import type { CreateDeliveryStreamInput } from '../protocol/firehose/operations.ts';
import { formOf } from '../scenario/delivered-form.ts';
import type { DeliveryPlan, Plan } from '../scenario/plan.ts';
import { must } from '../target/answer.ts';
import { removeDeliveryStreams, removeObjects } from '../target/delivery-leftovers.ts';
import { OBJECT_ROOT, STREAM_PREFIX } from '../target/marks.ts';
import type { DeliveryEndpoint } from '../target/target.ts';
import type { WireClient } from '../wire/client.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import type { ObjectSource } from '../wire/object-source.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { Receivers } from '../wire/receiver.ts';
import { RunClusters } from './clusters.ts';
import { destinationOf, hasErrors } from './delivery-destination.ts';
import { existingPlace } from './existing-delivery.ts';
import { lack, refusesForm } from './lack.ts';
import { interruptedEarly, type RunLife, type RunStreams, tagsOf } from './streams.ts';

const ACTIVE_WITHIN_NS = 300e9;
const POLL_NS = 500e6;

/** What the destinations of a run are reached with. */
export interface DeliveryClients {
  readonly firehose: FirehoseClient;
  readonly objects: ObjectSource;
  readonly receivers: Receivers;
  readonly endpoint: DeliveryEndpoint;
}

/** The same, and what streams are asked with. */
interface RunClients extends DeliveryClients {
  readonly streams: WireClient;
}

export interface RunDeliveries {
  readonly places: readonly (readonly [alias: string, place: DeliveryPlace])[];
  /** Search clusters that the run is itself, by alias of the delivery stream. */
  readonly clusters: RunClusters['own'];
  /** Deletes what was made. Gives what could not be deleted. */
  remove(): Promise<string[]>;
}

export const noDeliveries: RunDeliveries = { places: [], clusters: new Map(), remove: async () => [] };

/** The run that they are made for. */
interface DeliveryLife extends RunLife {
  readonly region: string;
  readonly streams: RunStreams;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** Makes the delivery streams; on any failure removes what it had made. */
export async function openDeliveries(
  { deliveries: plans = [], fleets, phases }: Pick<Plan, 'deliveries' | 'fleets' | 'phases'>,
  run: DeliveryLife,
  clients: RunClients,
): Promise<RunDeliveries> {
  const { firehose, objects, receivers, endpoint } = clients;
  const { clock, stop } = run;
  const root = `${OBJECT_ROOT}${run.id}/`;
  const made: string[] = [];
  const clusters = new RunClusters(receivers, clock);
  const remove = async () => {
    if (made.length === 0) return clusters.remove();
    const kept = await removeDeliveryStreams(made.splice(0), firehose, clock);
    return [...kept, ...(await removeObjects(objects, endpoint.bucket, root)), ...(await clusters.remove())];
  };
  try {
    checkReach(plans, endpoint, receivers);
    if (plans.some(({ use }) => use === undefined)) await checkBucket(objects, endpoint, root);
    const places: (readonly [string, DeliveryPlace])[] = [];
    for (const plan of plans) {
      if (stop.aborted) throw interruptedEarly();
      if (plan.use !== undefined) {
        const place = await existingPlace({ ...plan, use: plan.use }, { fleets, phases }, firehose, clock.now());
        places.push([plan.alias, place]);
        continue;
      }
      const place: DeliveryPlace = {
        plan,
        name: `${STREAM_PREFIX}${plan.alias}-${run.id}`,
        bucket: endpoint.bucket,
        prefix: `${root}${plan.alias}/`,
        form: formOf(plan, fleets),
        // No alias has a dot, so this stands beside the objects of every delivery stream.
        errorPrefix: hasErrors(plan) ? `${root}${plan.alias}.errors/` : null,
        sinceMs: null,
        ...(isReceiver(plan) && { receiver: { origin: await receivers.reserve(), secret: run.id } }),
        ...(plan.search && { search: await clusters.open(plan.alias, plan.search, run.id) }),
      };
      made.push(place.name);
      await create(place, run, clients);
      places.push([plan.alias, place]);
    }
    return { places, clusters: clusters.own, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Makes one delivery stream, and waits until it can be used. */
async function create(
  place: DeliveryPlace,
  run: DeliveryLife,
  { firehose, endpoint, streams }: RunClients,
): Promise<void> {
  const { name, plan } = place;
  const created = await firehose.call('CreateDeliveryStream', {
    DeliveryStreamName: name,
    ...(await sourceOf(plan, run.streams, endpoint, streams)),
    ...destinationOf(place, run.region, endpoint),
    Tags: Object.entries(tagsOf(run, run.clock)).map(([Key, Value]) => ({ Key, Value })),
  });
  if (refusesForm(created) || isUnbuilt(created)) throw lack(name, created);
  must('CreateDeliveryStream', name, created);
  await untilActive(name, firehose, run.clock, run.stop);
}

/** Whether an endpoint says in words that it has the operation, and not what is asked of it. */
function isUnbuilt(outcome: Outcome<unknown>): outcome is Extract<Outcome<unknown>, { kind: 'error' }> {
  return outcome.kind === 'error' && /not (built|supported|implemented)/i.test(outcome.message);
}

/** Whether a fleet is itself the destination. */
function isReceiver({ destination }: DeliveryPlan): boolean {
  return destination === 'http' || destination === 'splunk';
}

/** That a receiver on this machine can be reached: by what runs on it, and by nobody else. */
function checkReach(plans: readonly DeliveryPlan[], { firehoseUrl }: DeliveryEndpoint, receivers: Receivers) {
  const receiving = plans.find((plan) => isReceiver(plan) || (plan.search && plan.search.cluster === undefined));
  if (!receiving || receivers.reachableFrom(new URL(firehoseUrl).hostname)) return;
  throw new OperatorError(
    `${receiving.alias} delivers to a receiver on the loopback of this machine, which ${firehoseUrl} cannot reach`,
    { code: 'target-lacks', exitCode: ExitCode.unreachable, hint: 'destination: s3, or a target on this machine' },
  );
}

/** That the bucket is there, where it has to be: a delivery stream is made for one that is not, and delivers nothing. */
async function checkBucket(objects: ObjectSource, { bucket, makesBucket }: DeliveryEndpoint, root: string) {
  if (makesBucket) return;
  const listed = await objects.list(bucket, root);
  if (listed.kind === 'ok') return;
  throw new OperatorError(`the bucket ${bucket} cannot be listed: ${listed.code}: ${listed.message}`, {
    code: 'target-refused',
    exitCode: ExitCode.unreachable,
    hint: 'the target file names it under delivery:; it has to be there, and the keys must be allowed to list, read and delete',
  });
}

async function sourceOf(
  { source }: DeliveryPlan,
  streams: RunStreams,
  { roleArn }: DeliveryEndpoint,
  client: WireClient,
): Promise<Pick<CreateDeliveryStreamInput, 'DeliveryStreamType' | 'KinesisStreamSourceConfiguration'>> {
  if (source === null) return { DeliveryStreamType: 'DirectPut' };
  const { name } = new Map(streams.infos).get(source)!;
  const summary = must('DescribeStreamSummary', name, await client.call('DescribeStreamSummary', { StreamName: name }));
  const { StreamARN } = summary.StreamDescriptionSummary;
  return {
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: StreamARN, RoleARN: roleArn },
  };
}

async function untilActive(name: string, firehose: FirehoseClient, clock: Clock, stop: AbortSignal): Promise<void> {
  const deadlineNs = clock.monotonicNs() + ACTIVE_WITHIN_NS;
  for (;;) {
    if (stop.aborted) throw interruptedEarly();
    const outcome = await firehose.call('DescribeDeliveryStream', { DeliveryStreamName: name });
    const { DeliveryStreamStatus } = must('DescribeDeliveryStream', name, outcome).DeliveryStreamDescription;
    if (DeliveryStreamStatus === 'ACTIVE') return;
    if (clock.monotonicNs() > deadlineNs || DeliveryStreamStatus.endsWith('_FAILED'))
      throw new OperatorError(`delivery stream ${name} did not become ACTIVE: it is ${DeliveryStreamStatus}`, {
        code: 'stream-not-active',
        exitCode: ExitCode.unreachable,
        hint: 'look at it on the target: the role must be one that Data Firehose may take on',
      });
    await sleepFor(clock, POLL_NS, stop);
  }
}
