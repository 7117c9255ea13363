/** KIN-ORD-12: who puts after another's put was acknowledged gets the greater number. Nobody promises it; it is worth knowing. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { apartPairs, fallingPairs } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd12 = statement({
  id: 'KIN-ORD-12',
  level: 'INFO',
  evidence: ['inferred'],
  sentence:
    'In one shard, a put that is sent after the put of another client was acknowledged gets the greater sequence number.',
  source: 'not promised; PutRecord says that numbers "increase over time"',
  fault: 'ord.async-commit',
  needs: [],
  lane: 'sentinel',
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'puts apart': 200 },
  check: async (context) => {
    const pairs = apartPairs(await busyStream(context));
    context.count('puts apart', pairs.length);
    return findingOf(
      fallingPairs(pairs),
      `${pairs.length} pairs of puts of different producers, one acknowledged before the other was sent, got rising numbers`,
    );
  },
});
