/** KIN-RET-05: a longer retention is for what is there; what has expired stays gone. */
import { NS_PER_HOUR, NS_PER_MINUTE, after } from '../passing-time.ts';
import { absent, firstShard, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { putEverywhere } from './days.ts';
import { dayStream, setRetention } from './retention.ts';

export const kinRet05 = statement({
  id: 'KIN-RET-05',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A longer retention keeps what is still there, and does not bring back what has expired.',
  source: 'IncreaseStreamRetentionPeriod (data older than the former period stay inaccessible)',
  fault: 'ret.soft-delete-resurrects',
  needs: ['clock'],
  lane: 'sentinel',
  exercises: { 'records expired before': 1, 'records kept longer': 1 },
  check: async (context) => {
    const stream = await dayStream(context, 1);
    const { ShardId: shardId } = firstShard(stream);
    const expired = await putEverywhere(context, stream);
    const half = await after(context, 12 * NS_PER_HOUR);
    const kept = await putEverywhere(half, stream);
    const past = await after(half, 13 * NS_PER_HOUR);
    const before = await sweep(past, stream, shardId, kept);
    if (absent(expired, before).length === 0) return unobserved('the record did not expire: that is KIN-RET-03');
    context.count('records expired before', expired.length);
    await setRetention(past, stream, 'IncreaseStreamRetentionPeriod', 168);
    // AWS takes minutes to act on it. The second look is when the one is 37 hours old and the other 25.
    let later = past;
    let passedMinutes = 0;
    for (const minutes of [10, 12 * 60 - 10]) {
      later = await after(later, minutes * NS_PER_MINUTE);
      passedMinutes += minutes;
      const records = await sweep(later, stream, shardId, kept);
      const back = expired.length - absent(expired, records).length;
      const said = `after 25 h retention was raised from 24 to 168 h; ${passedMinutes} min later a read from TRIM_HORIZON`;
      if (back > 0) return broken(`${said} gave ${expired[0]!.sequenceNumber}, which had expired and been gone before`);
      if (absent(kept, records).length > 0) {
        return broken(`${said} lacked ${kept[0]!.sequenceNumber}, which was 13 h old when it was raised`);
      }
    }
    context.count('records kept longer', kept.length);
    return holds(
      'raised after 25 h, retention kept a record of 13 h to its 25th hour and did not bring back one of 25 h',
    );
  },
});
