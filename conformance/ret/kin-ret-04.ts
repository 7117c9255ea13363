/** KIN-RET-04: the oldest record is another one every hour, and behind it nothing is missing or out of place. */
import { broken, holds, statement } from '../statement.ts';
import { aged, disorder, horizonMoves, keptTooLong } from './ages.ts';
import { LIFE_MS, SLACK_MS, liveThrough } from './days.ts';

export const kinRet04 = statement({
  id: 'KIN-RET-04',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'TRIM_HORIZON moves on as records expire, never back, and what lies behind it stays complete and in order.',
  source: 'GetShardIterator, TRIM_HORIZON (the last untrimmed record)',
  fault: 'ret.horizon-stuck',
  needs: ['clock'],
  lane: 'sentinel',
  uses: { streams: [2], shared: [] },
  exercises: { 'moves of the oldest record': 4, looks: 40 },
  check: async (context) => {
    const history = await liveThrough(context);
    const moves = horizonMoves(history);
    context.count('moves of the oldest record', moves);
    const wrong = disorder(history);
    if (wrong) return broken(`while records expired hour by hour, ${wrong}`);
    // Whether the first of them expire is KIN-RET-03's matter; here it is whether the horizon goes on from there.
    const stuck = moves > 0 ? keptTooLong(history, LIFE_MS + SLACK_MS) : [];
    const [first] = stuck;
    if (first) {
      return broken(
        `the oldest record moved ${moves} times and then stayed: a read from TRIM_HORIZON gave ${aged(first)} and retention is 24 h`,
      );
    }
    return holds(`the oldest record moved ${moves} times, and every look was complete and in order from it on`);
  },
});
