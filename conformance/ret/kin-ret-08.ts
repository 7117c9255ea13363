/** KIN-RET-08: a reader that comes back too late goes on with the oldest record that is left. */
import { attempt, answerOf } from '../attempt.ts';
import { NS_PER_HOUR, after } from '../passing-time.ts';
import { absent, firstShard, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { putEverywhere } from './days.ts';
import { dayStream } from './retention.ts';

export const kinRet08 = statement({
  id: 'KIN-RET-08',
  level: 'SHOULD',
  evidence: ['inferred'],
  sentence: 'An iterator at or after a sequence number that has expired starts at the oldest record, without an error.',
  source: 'GetShardIterator, StartingSequenceNumber',
  fault: 'ret.trimmed-seq-error',
  needs: ['clock'],
  lane: 'sentinel',
  exercises: { 'iterators at expired numbers': 2 },
  check: async (context) => {
    const stream = await dayStream(context, 1);
    const { ShardId: shardId } = firstShard(stream);
    const [expired] = await putEverywhere(context, stream);
    const later = await after(context, 25 * NS_PER_HOUR);
    const left = await putEverywhere(later, stream);
    if (!expired || absent([expired], await sweep(later, stream, shardId, left)).length === 0) {
      return unobserved('the record did not expire: that is KIN-RET-03');
    }
    for (const type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      const outcome = await attempt(later, 'GetShardIterator', {
        StreamName: stream.name,
        ShardId: shardId,
        ShardIteratorType: type,
        StartingSequenceNumber: expired.sequenceNumber,
      });
      const said = `GetShardIterator ${type} of a record that expired an hour ago`;
      if (outcome.kind === 'error' && outcome.status >= 500)
        return unobserved(`${said} was answered with ${answerOf(outcome)}`);
      if (outcome.kind !== 'ok') return broken(`${said} was answered with ${answerOf(outcome)} ${outcome.message}`);
      const iterator = outcome.output.ShardIterator;
      if (!iterator) return unobserved(`${said} was answered without an iterator`);
      context.count('iterators at expired numbers');
      const [first] = await read(later, stream, shardId, iterator, { expect: left });
      if (first?.SequenceNumber !== left[0]!.sequenceNumber) {
        return broken(
          `${said} led to ${first?.SequenceNumber ?? 'nothing'}, not to the oldest record ${left[0]!.sequenceNumber}`,
        );
      }
    }
    return holds('at and after a number that has expired, reads began with the oldest record');
  },
});
