/**
 * KIN-EFO-05: who follows a shard without records still gets further. How often is not documented (five seconds were seen, and
 * AWS's own consumer library gives a subscription up after half a minute of silence), so a minute is waited before silence is called a fault.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import { withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { firstShard } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const EVENTS = 3;
const SILENCE_NS = 60 * NS_PER_S;

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
  exercises: { 'events without records': EVENTS },
  check: async (context) => {
    const { clock } = context;
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const following = await fan.follow({ consumer, shardId, from: { Type: 'LATEST' } });
      // Each event starts the minute anew.
      for (let count = 1; count <= EVENTS; count += 1) {
        const came = await following.until(() => following.events.length >= count, clock.monotonicNs() + SILENCE_NS);
        if (following.ending) return unobserved(`the subscription to an idle shard ${endingSaid(following.ending)}`);
        if (!came)
          return broken(`after ${count - 1} events, an idle subscription was silent for ${SILENCE_NS / NS_PER_S} s`);
      }
      const told = following.events.slice(0, EVENTS).map(({ event }) => event.ContinuationSequenceNumber);
      context.count('events without records', told.length);
      const list = told.map((number) => JSON.stringify(number)).join(', ');
      if (!told.every((number) => typeof number === 'string' && /^\d+$/.test(number))) {
        return broken(
          `events of an idle, open shard have the ContinuationSequenceNumbers ${list}; AWS documents a number`,
        );
      }
      const numbers = told as string[];
      const falls = numbers.some(
        (number, index) => index > 0 && compareSequenceNumbers(numbers[index - 1]!, number) > 0,
      );
      return falls || numbers[0] === numbers.at(-1)
        ? broken(`${EVENTS} events of an idle shard have the ContinuationSequenceNumbers ${list}, which do not rise`)
        : holds(`${EVENTS} events of an idle shard have rising ContinuationSequenceNumbers`);
    });
  },
});
