/**
 * An on-demand stream for one check. Its name begins as those of the run do, so whoever removes what a run has left behind finds
 * it too; and it has the tags of the run's other streams.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { CreateStreamInput, StreamDescriptionSummary } from '../../src/protocol/operations.ts';
import { isMissing, isRate } from '../attempt.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { ifFound, rangeOf, shardsOfNew } from '../streams.ts';

/** Pause between two looks at a stream, in ns. */
const LOOK_NS = NS_PER_S / 5;
/** How long its removal is tried, in ns. */
const REMOVE_NS = 30 * NS_PER_S;

/** Creates one, does the work with it, and removes it. `refused` is told how the creation was refused, where it was. */
export async function withOnDemand<T>(
  context: Context,
  work: (stream: Stream) => Promise<T>,
  refused: (said: string) => T,
): Promise<T> {
  const { name: ours } = await context.stream(1);
  const name = `${ours}-od-${context.random.uint32().toString(36)}`;
  try {
    const refusal = await create(context, { StreamName: name, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    if (refusal !== undefined) return refused(refusal);
    await active(context, name);
    await copyTags(context, ours, name);
    const open = await shardsOfNew(context.send, context.clock, name, 1);
    return await work({ name, shards: open, ranges: open.map(rangeOf) });
  } finally {
    await remove(context, name);
  }
}

/** The summary of a stream that is ACTIVE. */
export async function active(context: Context, name: string): Promise<Partial<StreamDescriptionSummary>> {
  const { clock, deadlineNs, send } = context;
  for (;;) {
    const answer = await ifFound(send('DescribeStreamSummary', { StreamName: name }));
    const known = Object(answer?.StreamDescriptionSummary) as Partial<StreamDescriptionSummary>;
    if (known.StreamStatus === 'ACTIVE') return known;
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable(`stream ${name} is still ${known.StreamStatus ?? 'not there'}, not ACTIVE`);
    await sleepFor(clock, LOOK_NS);
  }
}

/** How the creation is refused; undefined when it is not. Throttles are waited out. */
async function create({ client, clock, deadlineNs }: Context, input: CreateStreamInput): Promise<string | undefined> {
  for (;;) {
    const outcome = await client.call('CreateStream', input);
    if (outcome.kind === 'ok') return undefined;
    if (
      outcome.kind !== 'error' ||
      outcome.status >= 500 ||
      isMissing(outcome.code) ||
      clock.monotonicNs() > deadlineNs
    ) {
      throw new Unobservable(
        `CreateStream was answered with ${outcome.kind === 'error' ? outcome.code : outcome.kind}`,
      );
    }
    if (!isRate(outcome.code)) return `${outcome.status} ${outcome.code} ${outcome.message}`;
    await sleepFor(clock, LOOK_NS);
  }
}

/** An endpoint without tags is judged all the same. */
async function copyTags({ client }: Context, from: string, to: string): Promise<void> {
  const told = await client.call('ListTagsForStream', { StreamName: from });
  const list: unknown = told.kind === 'ok' ? told.output.Tags : undefined;
  if (!Array.isArray(list)) return;
  const pairs = list.map((tag: unknown) => Object(tag) as Record<string, unknown>);
  const named = pairs.filter(({ Key }) => String(Key).startsWith('kinebench-'));
  const Tags = Object.fromEntries(named.map(({ Key, Value }) => [String(Key), String(Value)]));
  if (named.length > 0) await client.call('AddTagsToStream', { StreamName: to, Tags });
}

async function remove({ client, clock }: Context, name: string): Promise<void> {
  const untilNs = clock.monotonicNs() + REMOVE_NS;
  for (;;) {
    const outcome = await client.call('DeleteStream', { StreamName: name });
    const passes = outcome.kind === 'error' && (isRate(outcome.code) || outcome.code === 'ResourceInUseException');
    if (!passes || clock.monotonicNs() > untilNs) return;
    await sleepFor(clock, LOOK_NS);
  }
}
