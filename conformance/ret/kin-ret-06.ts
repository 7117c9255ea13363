/** KIN-RET-06: a shorter retention makes older data unreadable, almost at once. */
import { NS_PER_HOUR, NS_PER_MINUTE, after } from '../passing-time.ts';
import { absent, firstShard, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { putEverywhere } from './days.ts';
import { dayStream, setRetention } from './retention.ts';

export const kinRet06 = statement({
  id: 'KIN-RET-06',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A shorter retention makes records that are older unreadable, and leaves the younger ones.',
  source: 'DecreaseStreamRetentionPeriod (older data become inaccessible almost immediately)',
  fault: 'ret.decrease-noop',
  needs: ['clock'],
  lane: 'sentinel',
  exercises: { 'records older than the new retention': 1, 'records younger than it': 1 },
  check: async (context) => {
    const stream = await dayStream(context, 1);
    const { ShardId: shardId } = firstShard(stream);
    await setRetention(context, stream, 'IncreaseStreamRetentionPeriod', 48);
    const old = await putEverywhere(context, stream);
    const later = await after(context, 30 * NS_PER_HOUR);
    const young = await putEverywhere(later, stream);
    const before = await sweep(later, stream, shardId, [...old, ...young]);
    if (absent(old, before).length > 0) return unobserved('a record of 30 h was gone with a retention of 48 h');
    context.count('records older than the new retention', old.length);
    await setRetention(later, stream, 'DecreaseStreamRetentionPeriod', 24);
    const soon = await after(later, 10 * NS_PER_MINUTE);
    const records = await sweep(soon, stream, shardId, young);
    const said = 'ten minutes after retention was lowered from 48 to 24 h, a read from TRIM_HORIZON';
    if (absent(old, records).length === 0) return broken(`${said} gave ${old[0]!.sequenceNumber}, which was 30 h old`);
    if (absent(young, records).length > 0) return broken(`${said} lacked ${young[0]!.sequenceNumber}, ten minutes old`);
    context.count('records younger than it', young.length);
    return holds(`${said} gave the record of ten minutes and not the one of 30 h`);
  },
});
