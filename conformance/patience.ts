/** Looks that are repeated until a change shows, or its time is over. */
import { sleepFor } from '../src/clock.ts';
import type { Input, OperationName, StreamDescriptionSummary } from '../src/protocol/operations.ts';
import type { Answered, Refused } from '../src/wire/outcome.ts';
import type { Received } from '../src/wire/received.ts';
import { attempt } from './attempt.ts';
import { type Context, type Stream, Unobservable } from './context.ts';

/** Pause between two looks, in ns: most calls of the control plane are allowed five times a second. */
const PAUSE_NS = 250_000_000;

/** Looks until what is seen is good or the settling time is over; gives what was seen last. */
export async function eventually<T>(
  context: Context,
  look: () => Promise<T>,
  isGood: (seen: T) => boolean,
): Promise<T> {
  const { clock, settleNs } = context;
  const untilNs = clock.monotonicNs() + settleNs;
  for (;;) {
    const seen = await look();
    if (isGood(seen) || clock.monotonicNs() >= untilNs) return seen;
    await sleepFor(clock, PAUSE_NS);
  }
}

/** The summary of a stream. */
export async function summaryOf(context: Context, { name }: Stream): Promise<StreamDescriptionSummary> {
  const output: Partial<Received<'DescribeStreamSummary'>> = await context.send('DescribeStreamSummary', {
    StreamName: name,
  });
  const summary = output.StreamDescriptionSummary;
  if (!summary) throw new Unobservable('DescribeStreamSummary was answered without a StreamDescriptionSummary');
  return summary;
}

/** The ARN of a stream. */
export async function arnOf(context: Context, stream: Stream): Promise<string> {
  const { StreamARN: arn } = await summaryOf(context, stream);
  if (typeof arn !== 'string' || arn === '') throw new Unobservable(`DescribeStreamSummary gave ${stream.name} no ARN`);
  return arn;
}

/** Waits until a stream that is being changed is ACTIVE, and its summary shows the change: the two may be old. Gives the summary then. */
export async function activeAgain(
  context: Context,
  stream: Stream,
  isMade: (summary: Partial<StreamDescriptionSummary>) => boolean = () => true,
): Promise<StreamDescriptionSummary> {
  for (;;) {
    const summary = await summaryOf(context, stream);
    if (summary.StreamStatus === 'ACTIVE' && isMade(summary)) return summary;
    if (context.clock.monotonicNs() > context.deadlineNs) {
      const lack = summary.StreamStatus === 'ACTIVE' ? ', and does not show that it was changed' : ', not ACTIVE';
      throw new Unobservable(`stream ${stream.name} is ${summary.StreamStatus}${lack}`);
    }
    await sleepFor(context.clock, PAUSE_NS);
  }
}

/**
 * The same for a check that judges whether the change shows: once the stream is ACTIVE, waits no longer than the settling time. AWS
 * changes streams asynchronously, and was seen to describe the former retention after a change that it had accepted (aws/aws-sdk-go#566).
 */
export async function changed(
  context: Context,
  stream: Stream,
  shows: (summary: StreamDescriptionSummary) => boolean,
): Promise<StreamDescriptionSummary> {
  await activeAgain(context, stream);
  return eventually(context, () => activeAgain(context, stream), shows);
}

/**
 * What comes of a call that is made again while the stream is in use, so that what came before it is no answer to it: AWS says so for a
 * moment after it called a stream ACTIVE (aws/aws-sdk-java-v2#6006).
 */
export function atRest<T extends object>(context: Context, call: () => Promise<T>): Promise<T> {
  return eventually(context, call, (seen) => !isInUse(seen));
}

/** An attempt at rest. Throws Unobservable where the stream is in use to the end. */
export async function attemptAtRest<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
): Promise<Answered<Received<O>> | Refused> {
  const outcome = await atRest<Answered<Received<O>> | Refused>(context, () => attempt(context, operation, input));
  if (isInUse(outcome)) throw new Unobservable(`${operation} was answered with ResourceInUseException, over and over`);
  return outcome;
}

function isInUse(seen: object): boolean {
  return 'code' in seen && seen.code === 'ResourceInUseException';
}

/** Whether a summary says that the stream is on-demand. */
export function isOnDemand({ StreamModeDetails: mode }: Partial<StreamDescriptionSummary>): boolean {
  return mode?.StreamMode === 'ON_DEMAND';
}
