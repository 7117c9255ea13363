/**
 * KIN-EFO-07: a consumer has one subscription to a shard. A second call within five seconds of the first one's success is refused;
 * later it takes over, and the first one ends. A call is surely early when its answer came less than five seconds after the
 * first call left, and surely late when it left more than five seconds after the first answer.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { RESUBSCRIBE_MS } from '../../src/protocol/limits.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { NotSubscribed, type Wanted, type FanOut, withFanOut } from '../fan-out.ts';
import type { Following } from '../following.ts';
import { firstShard, put } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

const APART_NS = RESUBSCRIBE_MS * 1_000_000;
/** The second call comes so much later than the first: one a second is allowed. */
const EARLY_NS = 1.5 * NS_PER_S;
/** So long after the five seconds a refusal is still waited out. */
const LATE_NS = 5 * NS_PER_S;

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
    const second = await attempted(fan, wanted);
    const afterS = ((clock.monotonicNs() - first.sentNs) / NS_PER_S).toFixed(1);
    if (clock.monotonicNs() - first.sentNs >= APART_NS)
      throw new Unobservable('no call was answered within five seconds');
    if (second instanceof NotSubscribed) {
      if (isThrottle(second.code)) {
        await sleepFor(clock, NS_PER_S / 2);
        continue;
      }
      context.count('early calls');
      if (second.code === 'ResourceInUseException') return undefined;
      return broken(`${afterS} s after a success: ${second.message}; AWS documents ResourceInUseException`);
    }
    const state = first.ending ? 'had ended' : 'was still open';
    return broken(
      `a second subscription, ${afterS} s after the first one, which ${state}, was accepted; AWS documents ResourceInUseException within 5 s`,
    );
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
  let second = await attempted(fan, wanted);
  context.count('late calls');
  let refused: string | undefined;
  while (second instanceof NotSubscribed) {
    refused = second.message;
    if (clock.monotonicNs() > apartNs + LATE_NS) {
      return broken(
        `more than ${(APART_NS + LATE_NS) / NS_PER_S} s after a success: ${refused}; AWS documents that it takes over`,
      );
    }
    await sleepFor(clock, NS_PER_S);
    second = await attempted(fan, wanted);
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
    ? loose(`a second subscription took over only some time after 5 s: ${refused}`)
    : holds('refused at first, it took over after 5 s');
}

/** One call, or its refusal. */
function attempted(fan: FanOut, wanted: Wanted): Promise<Following | NotSubscribed> {
  return fan.attempt(wanted).catch((error: unknown) => {
    if (error instanceof NotSubscribed) return error;
    throw error;
  });
}
