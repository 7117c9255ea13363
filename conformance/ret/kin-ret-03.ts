/** KIN-RET-03: after its retention a record is gone. Half an hour of slack is given, for which AWS names no figure. */
import { MS_PER_MINUTE } from '../passing-time.ts';
import { broken, holds, statement } from '../statement.ts';
import { aged, keptTooLong } from './ages.ts';
import { LIFE_MS, SLACK_MS, liveThrough } from './days.ts';

export const kinRet03 = statement({
  id: 'KIN-RET-03',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record that is older than its stream’s retention period is not readable.',
  source: 'Kinesis Data Streams, data retention; DecreaseStreamRetentionPeriod',
  fault: 'ret.never-trims',
  needs: ['clock'],
  lane: 'sentinel',
  uses: { streams: [2], shared: [] },
  exercises: { 'looks at shards with records that were too old': 4 },
  check: async (context) => {
    const history = await liveThrough(context);
    const tooOld = history.looks.filter(({ shardId, beganMs }) =>
      history.puts.some((put) => put.shardId === shardId && beganMs - put.answeredMs > LIFE_MS + SLACK_MS),
    );
    context.count('looks at shards with records that were too old', tooOld.length);
    const kept = keptTooLong(history, LIFE_MS + SLACK_MS);
    const [first] = kept;
    if (first) {
      return broken(
        `${kept.length} times a read from TRIM_HORIZON gave a record that should have been gone; the first is ${aged(first)} and retention is 24 h (slack ${SLACK_MS / MS_PER_MINUTE} min)`,
      );
    }
    return holds(`${tooOld.length} looks gave no record older than 24 h and ${SLACK_MS / MS_PER_MINUTE} min`);
  },
});
