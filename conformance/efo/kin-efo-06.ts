/** KIN-EFO-06: a subscription lives for five minutes at the most. */
import { NS_PER_S } from '../../src/clock.ts';
import { SUBSCRIPTION_LIFE_MS } from '../../src/protocol/limits.ts';
import { withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { firstShard } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

/** What is granted beyond the five minutes, in s. */
const SLACK_S = 15;

export const kinEfo06 = statement({
  id: 'KIN-EFO-06',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence: 'A subscription ends within five minutes of the call that began it.',
  source: 'SubscribeToShard (the connection persists for up to five minutes)',
  fault: 'efo.immortal',
  needs: ['fan-out', 'clock'],
  lane: 'slow',
  exercises: { 'events before the end': 1, 'subscriptions watched to their end': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const following = await fan.follow({ consumer, shardId, from: { Type: 'LATEST' } });
      const lifeS = SUBSCRIPTION_LIFE_MS / 1000 + SLACK_S;
      const ended = await following.until(
        () => following.ending !== undefined,
        following.answeredNs + lifeS * NS_PER_S,
      );
      context.count('events before the end', following.events.length);
      if (!ended) return broken(`a subscription was still open ${lifeS} s after it had begun; AWS documents 300 s`);
      context.count('subscriptions watched to their end');
      const aliveS = (following.ending!.receivedNs - following.answeredNs) / NS_PER_S;
      return holds(`it ${endingSaid(following.ending)} after ${aliveS.toFixed(1)} s`);
    });
  },
});
