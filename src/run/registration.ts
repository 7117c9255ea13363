/**
 * The registered consumers of a run: made before it under names of their own, with tags that say whose they are and until when,
 * and deregistered whatever happens. A stream that was there before keeps its other consumers; none is used that was not
 * made here.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { consumersOf } from '../fleet/share.ts';
import { OperatorError } from '../operator-error.ts';
import type { SegmentDoc } from '../result.ts';
import type { Plan } from '../scenario/plan.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import { ownOf } from './segment.ts';
import { must } from '../target/answer.ts';
import { STREAM_PREFIX } from '../target/marks.ts';
import { interruptedEarly, type RunLife, type RunStreams, tagsOf } from './streams.ts';

/** All are ACTIVE within this, or the run gives up: AWS takes some seconds, and no more than five at a time. */
const ACTIVE_WITHIN_NS = 120_000_000_000;
/** RegisterStreamConsumer and its kin take 5 calls a second, DescribeStreamConsumer 20. */
const RETRY_NS = 500_000_000;
const NAME_MAX = 128;

export interface RunConsumers {
  /** By consumer index; null for those that poll, or are another segment's. */
  readonly arns: readonly (string | null)[];
  /** Deregisters what was registered. Gives the names that could not be. */
  remove(): Promise<string[]>;
}

interface Registered {
  readonly index: number;
  readonly name: string;
  readonly streamArn: string;
  arn: string | undefined;
}

/** Registers a consumer for each agent that is pushed to; on any failure deregisters what it had registered. */
export async function registerConsumers(
  plan: Plan,
  segment: SegmentDoc | null,
  { infos }: RunStreams,
  run: RunLife,
  client: WireClient,
  clock: Clock,
  stop: AbortSignal,
): Promise<RunConsumers> {
  const all = consumersOf(plan);
  const pushed = ownOf(all, segment).filter(({ fleet }) => fleet.method === 'fan-out');
  const names = new Map(infos.map(([alias, { name }]) => [alias, name]));
  const made: Registered[] = [];
  const remove = () => deregister(made, client, clock);
  try {
    const arns = new Map<string, string>();
    for (const { fleet, agent, index } of pushed) {
      const stream = names.get(fleet.stream)!;
      if (!arns.has(stream)) arns.set(stream, await arnOf(stream, client));
      const end = `-${agent}-${run.id}`;
      const name = `${STREAM_PREFIX}${fleet.name}`.slice(0, NAME_MAX - end.length) + end;
      made.push({ index, name, streamArn: arns.get(stream)!, arn: undefined });
    }
    const deadlineNs = clock.monotonicNs() + ACTIVE_WITHIN_NS;
    const patience = { clock, stop, deadlineNs };
    for (const one of made) one.arn = await register(one, tagsOf(run, clock), client, patience);
    for (const one of made) await untilActive(one, client, patience);
    return { arns: all.map(({ index }) => made.find((one) => one.index === index)?.arn ?? null), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The ARN of a stream. */
export async function arnOf(stream: string, client: WireClient): Promise<string> {
  const outcome = await client.call('DescribeStream', { StreamName: stream, Limit: 1 });
  return must('DescribeStream', stream, outcome).StreamDescription.StreamARN;
}

interface Patience {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly deadlineNs: number;
}

async function register(
  { name, streamArn }: Registered,
  Tags: Record<string, string>,
  client: WireClient,
  patience: Patience,
): Promise<string> {
  const input = { StreamARN: streamArn, ConsumerName: name, Tags };
  const { Consumer } = await insisted('RegisterStreamConsumer', name, patience, () =>
    client.call('RegisterStreamConsumer', input),
  );
  return Consumer.ConsumerARN;
}

async function untilActive({ name, arn }: Registered, client: WireClient, patience: Patience): Promise<void> {
  for (;;) {
    const { ConsumerDescription } = await insisted('DescribeStreamConsumer', name, patience, () =>
      client.call('DescribeStreamConsumer', { ConsumerARN: arn! }),
    );
    if (ConsumerDescription.ConsumerStatus === 'ACTIVE') return;
    await wait(name, patience);
  }
}

/** The output of a call that is made again while the endpoint has too many of its kind. */
async function insisted<T>(
  operation: string,
  name: string,
  patience: Patience,
  call: () => Promise<Outcome<T>>,
): Promise<T> {
  for (;;) {
    if (patience.stop.aborted) throw interruptedEarly();
    const outcome = await call();
    if (!isBusy(outcome)) return must(operation, name, outcome);
    await wait(name, patience);
  }
}

async function wait(name: string, { clock, stop, deadlineNs }: Patience): Promise<void> {
  if (clock.monotonicNs() > deadlineNs)
    throw new OperatorError(`consumer ${name} did not become ACTIVE within ${ACTIVE_WITHIN_NS / 1e9} s`, {
      code: 'consumer-not-active',
      exitCode: ExitCode.unreachable,
      hint: 'look at the consumers of the stream on the target; those of this run are removed now',
    });
  await sleepFor(clock, RETRY_NS, stop);
}

function isBusy(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'error' && ['LimitExceededException', 'ResourceInUseException'].includes(outcome.code);
}

/** Every consumer is tried, also one whose registration was not answered: it may be there all the same. */
async function deregister(made: Registered[], client: WireClient, clock: Clock): Promise<string[]> {
  const kept: string[] = [];
  for (const { name, streamArn } of made.splice(0)) {
    const call = () => client.call('DeregisterStreamConsumer', { StreamARN: streamArn, ConsumerName: name });
    let outcome = await call();
    for (let tries = 0; tries < 20 && isBusy(outcome); tries += 1) {
      await sleepFor(clock, RETRY_NS);
      outcome = await call();
    }
    if (outcome.kind !== 'ok' && !(outcome.kind === 'error' && outcome.code === 'ResourceNotFoundException'))
      kept.push(`consumer ${name}`);
  }
  return kept;
}
