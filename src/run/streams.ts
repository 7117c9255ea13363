/**
 * The streams of a run: made under a name of their own with tags that say whose they are and until when, and removed whatever
 * happens; or existing ones, which are only read about and never altered or deleted.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import type { StreamInfo } from '../fleet/context.ts';
import { OperatorError } from '../operator-error.ts';
import { RETENTION_HOURS_DEFAULT } from '../protocol/limits.ts';
import type { CreateStreamInput, Shard } from '../protocol/operations.ts';
import type { NewStreamPlan, StreamPlan } from '../scenario/plan.ts';
import { must } from '../target/answer.ts';
import { EXPIRES_TAG, RUN_TAG, STREAM_PREFIX } from '../target/marks.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import { lack, lacksOperation, refusesForm } from './lack.ts';

/** A stream becomes ACTIVE within this, or the run gives up. */
const ACTIVE_WITHIN_NS = 120_000_000_000;
const POLL_NS = 200_000_000;
/** A stream's tags say that it may be removed so long after the run was planned to end, in ms. */
const EXPIRY_SLACK_MS = 3_600_000;

/** What streams and consumers of a run are named and tagged by. */
export interface RunLife {
  readonly id: string;
  readonly durationNs: number;
}

export interface RunStreams {
  readonly infos: readonly (readonly [alias: string, stream: StreamInfo])[];
  /** True when none of them existed before. */
  readonly own: boolean;
  /** Aliases of those that were made for the run. */
  readonly made: ReadonlySet<string>;
  /** Deletes what was made. Gives the names that could not be deleted. */
  remove(): Promise<string[]>;
}

/** Makes or looks up the streams; on any failure removes what it had made. */
export async function openStreams(
  plans: readonly StreamPlan[],
  run: RunLife & { readonly region: string },
  client: WireClient,
  clock: Clock,
  stop: AbortSignal,
): Promise<RunStreams> {
  for (const plan of plans) if ('use' in plan) checkRegion(plan.use, run.region);
  const made: string[] = [];
  const remove = async () => {
    const kept: string[] = [];
    for (const name of made.splice(0)) {
      const outcome = await deleteStream(name, client);
      if (outcome.kind !== 'ok' && !(outcome.kind === 'error' && outcome.code === 'ResourceNotFoundException'))
        kept.push(name);
    }
    made.push(...kept);
    return kept;
  };
  try {
    const infos: (readonly [string, StreamInfo])[] = [];
    for (const plan of plans) {
      if (stop.aborted) throw interruptedEarly();
      const name = 'use' in plan ? nameOf(plan.use) : await make(plan, run, client, clock, made, stop);
      await untilActive(name, client, clock, stop);
      infos.push([plan.alias, await describeStream(name, client)]);
    }
    const created = new Set(plans.filter((plan) => 'create' in plan).map(({ alias }) => alias));
    return { infos, own: created.size === plans.length, made: created, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A run in one region must not take a stream for that of another, which may have one of the same name. */
function checkRegion(use: string, region: string): void {
  const [, , , named] = use.split(':');
  if (!use.startsWith('arn:') || !named || named === region) return;
  throw new OperatorError(`${use} lies in ${named}, and the target in ${region}`, {
    code: 'stream-elsewhere',
    exitCode: ExitCode.usage,
    hint: `name a target in ${named}, or a stream in ${region}`,
  });
}

/** A stream given by ARN is used by its name: not every endpoint knows ARNs. */
function nameOf(use: string): string {
  return use.startsWith('arn:') ? use.slice(use.lastIndexOf('/') + 1) : use;
}

async function make(
  plan: Extract<StreamPlan, { create: unknown }>,
  run: RunLife,
  client: WireClient,
  clock: Clock,
  made: string[],
  stop: AbortSignal,
): Promise<string> {
  const name = `${STREAM_PREFIX}${plan.alias}-${run.id}`;
  made.push(name);
  const created = await client.call('CreateStream', { StreamName: name, ...requestOf(plan.create) });
  if (isSpecial(plan.create) && refusesForm(created)) throw lack(name, created);
  must('CreateStream', name, created);
  // Tags can only be set once the stream is ACTIVE on some endpoints; its name alone already says whose it is.
  await untilActive(name, client, clock, stop);
  const tagged = await client.call('AddTagsToStream', { StreamName: name, Tags: tagsOf(run, clock) });
  must('AddTagsToStream', name, tagged);
  if (isSpecial(plan.create)) await checkGranted(name, plan.create, client);
  await retain(name, plan.create.retentionHours, client);
  return name;
}

function requestOf({ shards, mode, recordKiBMax }: NewStreamPlan): Omit<CreateStreamInput, 'StreamName'> {
  return {
    ...(shards === null ? {} : { ShardCount: shards }),
    ...(mode === 'on-demand' ? { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } : {}),
    ...(recordKiBMax === undefined ? {} : { MaxRecordSizeInKiB: recordKiBMax }),
  };
}

/** Whether a stream is asked for that an endpoint of some years ago could not make. */
function isSpecial({ mode, recordKiBMax }: NewStreamPlan): boolean {
  return mode !== undefined || recordKiBMax !== undefined;
}

/** Endpoints leave out of a request what they do not know, and answer as if it had not been there: the stream itself must say what it is. */
async function checkGranted(name: string, { mode, recordKiBMax }: NewStreamPlan, client: WireClient): Promise<void> {
  const outcome = await client.call('DescribeStreamSummary', { StreamName: name });
  if (lacksOperation(outcome)) throw lack(name, outcome);
  const summary = must('DescribeStreamSummary', name, outcome).StreamDescriptionSummary;
  if (mode === 'on-demand' && summary.StreamModeDetails?.StreamMode !== 'ON_DEMAND')
    throw lack(name, 'it has no on-demand streams');
  if (recordKiBMax !== undefined && summary.MaxRecordSizeInKiB !== recordKiBMax)
    throw lack(name, 'it has no streams of larger records');
}

/** Streams are made with a day; what is longer is a call of its own. */
async function retain(name: string, hours: number, client: WireClient): Promise<void> {
  if (hours === RETENTION_HOURS_DEFAULT) return;
  const input = { StreamName: name, RetentionPeriodHours: hours };
  const outcome = await client.call('IncreaseStreamRetentionPeriod', input);
  if (lacksOperation(outcome)) throw lack(name, outcome);
  must('IncreaseStreamRetentionPeriod', name, outcome);
}

/** Whose something is, and from when on it may be removed. */
export function tagsOf({ id, durationNs }: RunLife, clock: Clock): Record<string, string> {
  const expires = String(Math.ceil((clock.now() + durationNs / 1e6 + EXPIRY_SLACK_MS) / 1000));
  return { [RUN_TAG]: id, [EXPIRES_TAG]: expires };
}

/** Deletes a stream of ours, with consumers that are still registered where it cannot be without. */
export async function deleteStream(name: string, client: WireClient): Promise<Outcome<void>> {
  const outcome = await client.call('DeleteStream', { StreamName: name });
  if (outcome.kind !== 'error' || outcome.code !== 'ResourceInUseException') return outcome;
  return client.call('DeleteStream', { StreamName: name, EnforceConsumerDeletion: true });
}

/** Waits until a stream is ACTIVE. Rejects with an OperatorError when it takes too long or `stop` aborts. */
export async function untilActive(name: string, client: WireClient, clock: Clock, stop: AbortSignal): Promise<void> {
  const deadlineNs = clock.monotonicNs() + ACTIVE_WITHIN_NS;
  for (;;) {
    if (stop.aborted) throw interruptedEarly();
    const outcome = await client.call('DescribeStream', { StreamName: name, Limit: 1 });
    const throttled = outcome.kind === 'error' && outcome.code === 'LimitExceededException';
    if (!throttled && must('DescribeStream', name, outcome).StreamDescription.StreamStatus === 'ACTIVE') return;
    if (clock.monotonicNs() > deadlineNs) {
      throw new OperatorError(`stream ${name} did not become ACTIVE within ${ACTIVE_WITHIN_NS / 1e9} s`, {
        code: 'stream-not-active',
        exitCode: ExitCode.unreachable,
        hint: 'look at the stream on the target; it is removed now if it was made for this run',
      });
    }
    await sleepFor(clock, POLL_NS, stop);
  }
}

/** Nothing is measured yet, so there is no result to write. */
export function interruptedEarly(): OperatorError {
  return new OperatorError('interrupted before anything was measured', {
    code: 'interrupted',
    exitCode: ExitCode.interrupted,
  });
}

/** The shards of a stream as they are now, closed ones included. */
export async function listShards(name: string, client: WireClient): Promise<Shard[]> {
  const shards: Shard[] = [];
  for (let after: string | undefined; ; after = shards.at(-1)?.ShardId) {
    const input = { StreamName: name, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) };
    const { StreamDescription } = must('DescribeStream', name, await client.call('DescribeStream', input));
    shards.push(...StreamDescription.Shards);
    if (!StreamDescription.HasMoreShards || StreamDescription.Shards.length === 0) return shards;
  }
}

export async function describeStream(name: string, client: WireClient): Promise<StreamInfo> {
  const shards = await listShards(name, client);
  const open = shards
    // kinesis-local writes null for members that are absent.
    .filter(({ SequenceNumberRange }) => (SequenceNumberRange.EndingSequenceNumber ?? null) === null)
    .map(({ ShardId, HashKeyRange }) => ({
      shardId: ShardId,
      startingHashKey: HashKeyRange.StartingHashKey,
      endingHashKey: HashKeyRange.EndingHashKey,
    }))
    .sort((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1));
  return { name, open, shardIds: shards.map(({ ShardId }) => ShardId) };
}
