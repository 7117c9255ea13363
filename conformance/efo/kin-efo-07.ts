/**
 * KIN-EFO-07: a consumer has one subscription to a shard. A second call within five seconds of the first one's success is refused;
 * later it takes over, and the first one ends. A call is surely early when its answer came less than five seconds after the
 * first call left, and surely late when it left more than five seconds after the first answer.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { RESUBSCRIBE_MS } from '../../src/protocol/limits.ts';
import { isRate } from '../attempt.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { NotSubscribed, type Wanted, type FanOut, withFanOut } from '../fan-out.ts';
import { endingSaid, Following } from '../following.ts';
import { firstShard, put } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

const APART_NS = RESUBSCRIBE_MS * 1_000_000;
/** The second call comes so much later than the first: one a second is allowed. */
const EARLY_NS = 1.5 * NS_PER_S;
/** How long the first message of an accepted call is waited for. */
const FIRST_MESSAGE_NS = 1.5 * NS_PER_S;

export const kinEfo07 = statement({
  id: 'KIN-EFO-07',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'A second subscription of a consumer to a shard is refused with ResourceInUseException within five seconds of the first; after them it takes over, and the first one ends.',
  source: 'SubscribeToShard (5 seconds between calls of one consumer for one shard)',
  fault: 'efo.two-live',
  needs: ['fan-out'],
  uses: { consumers: 1 },
  exercises: { 'early calls': 1, 'late calls': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const wanted: Wanted = { consumer: await fan.consumer(), shardId, from: { Type: 'LATEST' } };
      const first = await fan.follow(wanted);
      return (await early(context, fan, wanted, first)) ?? takeOver(context, fan, wanted, { stream, first });
    });
  },
});

/** The finding when a second call is taken too early. */
async function early(context: Context, fan: FanOut, wanted: Wanted, first: Following): Promise<Finding | undefined> {
  const { clock } = context;
  await clock.sleepUntil(first.answeredNs + EARLY_NS);
  for (;;) {
    const { second, answeredNs } = await attempted(context, fan, wanted);
    if (answeredNs - first.sentNs >= APART_NS)
      throw new Unobservable('no second call was answered within five seconds');
    const after = `${((answeredNs - first.sentNs) / NS_PER_S).toFixed(1)} s after the first one`;
    if (second instanceof Following) {
      const state = first.ending ? 'had ended' : 'was still open';
      return broken(
        `a second subscription, ${after}, which ${state}, was accepted; AWS documents ResourceInUseException within 5 s`,
      );
    }
    if (!isRate(second.code)) {
      if (isTrouble(second)) throw second;
      context.count('early calls');
      if (second.code === 'ResourceInUseException') return undefined;
      return broken(`a second subscription, ${after}: ${second.message}; AWS documents ResourceInUseException`);
    }
    await sleepFor(clock, NS_PER_S / 2);
  }
}

/** What becomes of the first subscription when a second call comes after the five seconds. */
async function takeOver(
  context: Context,
  fan: FanOut,
  wanted: Wanted,
  { stream, first }: { readonly stream: Stream; readonly first: Following },
): Promise<Finding> {
  const { clock, settleNs } = context;
  const apartNs = first.answeredNs + APART_NS;
  await clock.sleepUntil(apartNs + NS_PER_S / 5);
  if (first.ending) return unobserved('the first subscription ended before it could be taken over');
  let { second } = await attempted(context, fan, wanted);
  context.count('late calls');
  let refused: string | undefined;
  if (second instanceof NotSubscribed) {
    if (isTrouble(second)) throw second;
    refused = second.message;
    // A refusal that stood in the stream may count as a success: once more, five seconds after every call.
    await sleepFor(clock, APART_NS + NS_PER_S / 5);
    if (first.ending) return unobserved('the first subscription ended before it could be taken over');
    ({ second } = await attempted(context, fan, wanted));
  }
  if (second instanceof NotSubscribed) {
    if (isTrouble(second)) throw second;
    return broken(
      `five seconds and more after a success, and once more five seconds later: ${second.message}; AWS documents that it takes over`,
    );
  }
  const later = second;
  await first.until(() => first.ending !== undefined, clock.monotonicNs() + settleNs);
  const record = await put(context, stream, { key: 'after the second' });
  const came = await later.until(() => later.has(record.sequenceNumber), clock.monotonicNs() + settleNs + NS_PER_S);
  if (first.has(record.sequenceNumber)) {
    return broken(`${record.sequenceNumber}, put after a second subscription had begun, was pushed to the first one`);
  }
  if (!came) return unobserved(`${record.sequenceNumber}, put after a second subscription had begun, did not come`);
  if (!first.ending) return loose(`a second subscription took over; the first one stayed open, and got nothing more`);
  return refused
    ? loose(`a second subscription took over, but not the first that came after 5 s: ${refused}`)
    : holds('refused at first, it took over after 5 s');
}

/** Whether it is no refusal, but an endpoint that fails or does not answer. */
function isTrouble({ code, status }: NotSubscribed): boolean {
  return status === 0 || status >= 500 || /Internal|ServiceUnavailable/.test(code);
}

/**
 * One call, and when it was answered. ResourceInUseException is one of the errors that may stand in the stream itself: a subscription
 * whose first message is an error was refused.
 */
async function attempted(
  { clock }: Context,
  fan: FanOut,
  wanted: Wanted,
): Promise<{ readonly second: Following | NotSubscribed; readonly answeredNs: number }> {
  try {
    const second = await fan.attempt(wanted);
    const { answeredNs } = second;
    await second.until(() => second.events.length > 0, answeredNs + FIRST_MESSAGE_NS);
    const { ending, events } = second;
    if (events.length > 0 || ending?.kind !== 'exception') return { second, answeredNs };
    const said = `SubscribeToShard of ${wanted.shardId} was accepted and ${endingSaid(ending)}`;
    return { second: new NotSubscribed(ending.code, 200, said), answeredNs };
  } catch (error) {
    if (error instanceof NotSubscribed) return { second: error, answeredNs: clock.monotonicNs() };
    throw error;
  }
}
