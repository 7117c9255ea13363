/**
 * KIN-EFO-05: who follows a shard without records still gets further. How often is not documented (five seconds were seen, and
 * AWS's own consumer library gives a subscription up after half a minute of silence), so a minute is waited before silence, or a
 * number that stays, is called a fault; who keeps to it is done in ten seconds.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import { withFanOut } from '../fan-out.ts';
import { endingSaid, type Following } from '../following.ts';
import { firstShard } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const EVENTS = 2;
const IDLE_NS = 60 * NS_PER_S;

export const kinEfo05 = statement({
  id: 'KIN-EFO-05',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'On a shard without records, events without records come all the same, and ContinuationSequenceNumber rises.',
  source: 'SubscribeToShardEvent, ContinuationSequenceNumber (progress even when no data is written)',
  fault: 'efo.no-heartbeat',
  needs: ['fan-out'],
  uses: { streams: [1], shared: [], seconds: 20, consumers: 1 },
  exercises: { 'events without records': EVENTS },
  check: async (context) => {
    const { clock } = context;
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const following = await fan.follow({ consumer, shardId, from: { Type: 'LATEST' } });
      const untilNs = clock.monotonicNs() + IDLE_NS;
      await following.until(() => following.events.length >= EVENTS && rises(toldBy(following)), untilNs);
      const told = toldBy(following);
      const list = told.slice(-EVENTS).map((number) => JSON.stringify(number));
      if (following.ending) return unobserved(`the subscription to an idle shard ${endingSaid(following.ending)}`);
      const said = `a subscription to an idle shard pushed ${told.length} events in ${IDLE_NS / NS_PER_S} s`;
      if (told.length < EVENTS) return broken(said);
      context.count('events without records', told.length);
      if (!told.every((number) => typeof number === 'string' && /^\d+$/.test(number))) {
        return broken(
          `${said}, the last ones with the ContinuationSequenceNumbers ${list.join(', ')}; AWS documents numbers`,
        );
      }
      return rises(told)
        ? holds(`events of an idle shard had the ContinuationSequenceNumbers ${list.join(', ')}`)
        : broken(`${said}, the last ones with the ContinuationSequenceNumbers ${list.join(', ')}, which do not rise`);
    });
  },
});

/** The ContinuationSequenceNumbers of its events. */
function toldBy(following: Following): readonly unknown[] {
  return following.events.map(({ event }) => event.ContinuationSequenceNumber);
}

/** Whether none is below the one before it, and the last above the first. */
function rises(told: readonly unknown[]): boolean {
  const numbers = told.map(String);
  const falls = numbers.some((number, index) => index > 0 && compareSequenceNumbers(numbers[index - 1]!, number) > 0);
  return !falls && numbers[0] !== numbers.at(-1);
}
