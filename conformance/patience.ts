/**
 * What a check needs that asks for refusals and for changes: a call whose refusal is its subject, and looks that are repeated
 * until a change shows. A throttle says nothing of a request, so it is waited out; silence leaves nothing to judge by.
 */
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import { isThrottle } from '../src/protocol/errors.ts';
import type { Input, OperationName, StreamDescriptionSummary } from '../src/protocol/operations.ts';
import type { WireClient } from '../src/wire/client.ts';
import type { Answered, Outcome, Refused } from '../src/wire/outcome.ts';
import type { Received } from '../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from './context.ts';
import { patient } from './session.ts';

/** Pause between two attempts or looks, in ns: most calls of the control plane are allowed five times a second. */
const PAUSE_NS = 250_000_000;
/** How long throttles are waited out, in ns: longer than the second in which a rate recovers, and the five after a full read. */
const THROTTLED_NS = 7 * NS_PER_S;

/** How often a server error, or a refusal without a name, is met with another try: any way may spoil an answer by chance. */
const SPOILT = 3;

/** How long the part of a check may wait for the target that begins after a long sleep, in ns. */
const PART_NS = 90 * NS_PER_S;

/** A call that may be refused. What does not pass, a throttle or a server error, is given back like any other refusal. */
export async function attempt<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
  client: WireClient = context.client,
): Promise<Answered<Received<O>> | Refused> {
  const { clock } = context;
  const patientUntilNs = clock.monotonicNs() + THROTTLED_NS;
  for (let tries = 1; ; tries += 1) {
    const outcome = await client.call(operation, input);
    if (outcome.kind === 'ok') return outcome;
    if (outcome.kind !== 'error' || outcome.status < 400) {
      throw new Unobservable(`${operation} got no answer that can be read: ${said(outcome)}`);
    }
    const isSpoilt = outcome.status > 499 || outcome.code.startsWith('http-');
    const mayPass = isSpoilt ? tries < SPOILT : isThrottle(outcome.code);
    if (!mayPass || clock.monotonicNs() >= patientUntilNs) return outcome;
    await sleepFor(clock, PAUSE_NS);
  }
}

/** What came of a call, for messages. */
export function said(outcome: Outcome<unknown>): string {
  switch (outcome.kind) {
    case 'ok':
      return 'success';
    case 'error':
      return `${outcome.status} ${outcome.code} ${JSON.stringify(outcome.message.slice(0, 160))}`;
    case 'timeout':
      return 'a timeout';
    case 'connection':
      return `a connection that ended (${outcome.message})`;
  }
}

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

/** The same with a deadline that begins now: after hours on a virtual clock the old one would be long over. */
export function renewed(context: Context): Context {
  const { client, clock } = context;
  const deadlineNs = clock.monotonicNs() + PART_NS;
  return { ...context, deadlineNs, send: patient(client, clock, deadlineNs) };
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

/** Waits until a stream that is being changed is ACTIVE, and gives its summary then. */
export async function activeAgain(context: Context, stream: Stream): Promise<StreamDescriptionSummary> {
  for (;;) {
    const summary = await summaryOf(context, stream);
    if (summary.StreamStatus === 'ACTIVE') return summary;
    if (context.clock.monotonicNs() > context.deadlineNs) {
      throw new Unobservable(`stream ${stream.name} is still ${summary.StreamStatus}, not ACTIVE`);
    }
    await sleepFor(context.clock, PAUSE_NS);
  }
}
