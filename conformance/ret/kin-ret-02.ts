/** KIN-RET-02: a record lives as long as it was promised to. */
import { MS_PER_HOUR } from '../passing-time.ts';
import { broken, holds, statement } from '../statement.ts';
import { aged, lostEarly, shown } from './ages.ts';
import { LIFE_MS, liveThrough } from './days.ts';

export const kinRet02 = statement({
  id: 'KIN-RET-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record is readable up to the age of its stream’s retention period.',
  source: 'Kinesis Data Streams, data retention; IncreaseStreamRetentionPeriod',
  fault: 'ret.trim-early',
  needs: ['clock'],
  lane: 'sentinel',
  uses: { streams: [2], shared: [] },
  exercises: { 'records read in their last hour': 4, looks: 40 },
  check: async (context) => {
    const history = await liveThrough(context);
    const old = [...shown(history)].filter(({ ageMs }) => ageMs > LIFE_MS - MS_PER_HOUR && ageMs < LIFE_MS);
    context.count('records read in their last hour', old.length);
    const lost = lostEarly(history, LIFE_MS);
    const [first] = lost;
    if (first) {
      return broken(
        `${lost.length} times a read from TRIM_HORIZON lacked a record younger than 24 hours; the first is ${aged(first)} and retention is 24 h`,
      );
    }
    return holds(`${history.puts.length} records of 28 hours were there at every look up to an age of 23 h 59 min`);
  },
});
