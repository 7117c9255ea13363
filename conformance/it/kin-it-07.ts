/** KIN-IT-07: an iterator lives for five minutes from when it was returned, whichever operation returned it. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { ITERATOR_LIFE_MS } from '../../src/protocol/limits.ts';
import { attempt, answerOf } from '../attempt.ts';
import { firstShard, horizon, iteratorAt } from '../records.ts';
import { after } from '../passing-time.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

const LIFE_S = ITERATOR_LIFE_MS / 1000;

export const kinIt07 = statement({
  id: 'KIN-IT-07',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A shard iterator can be used for five minutes after it was returned, and then no more (ExpiredIteratorException).',
  source: 'GetShardIterator; GetRecords, ExpiredIteratorException',
  fault: 'iter.never-expires',
  needs: ['clock'],
  lane: 'slow',
  exercises: { 'reads within five minutes': 3, 'reads after five minutes': 2 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    const askedNs = context.clock.monotonicNs();
    const given = await iteratorAt(context, stream, shardId, horizon);
    const first = await attempt(context, 'GetRecords', { ShardIterator: given });
    const followed = first.kind === 'ok' ? first.output.NextShardIterator : undefined;
    const iterators = { GetShardIterator: given, GetRecords: followed ?? given };
    const young = await after(context, (LIFE_S - 1) * NS_PER_S);
    let renewed: string | undefined;
    for (const [operation, ShardIterator] of Object.entries(iterators)) {
      const outcome = await attempt(young, 'GetRecords', { ShardIterator });
      if (outcome.kind !== 'ok') {
        const said = `an iterator of ${operation} was answered with ${answerOf(outcome)} ${LIFE_S - 1} s after it was returned`;
        // A server error has another cause; and who had to be asked again may have been asked too late.
        if (outcome.status >= 500 || outcome.sentNs - askedNs >= LIFE_S * NS_PER_S) return unobserved(said);
        return broken(`${said}; AWS documents five minutes`);
      }
      renewed ??= outcome.output.NextShardIterator ?? undefined;
      context.count('reads within five minutes');
    }
    await sleepFor(context.clock, 2 * NS_PER_S);
    const other: string[] = [];
    for (const [operation, ShardIterator] of Object.entries(iterators)) {
      const outcome = await attempt(young, 'GetRecords', { ShardIterator });
      context.count('reads after five minutes');
      const said = `an iterator of ${operation} was answered with ${answerOf(outcome)} ${LIFE_S + 1} s after it was returned; AWS documents ExpiredIteratorException`;
      if (outcome.kind === 'ok') return broken(said);
      if (outcome.code !== 'ExpiredIteratorException') other.push(said);
    }
    if (renewed !== undefined) {
      const outcome = await attempt(young, 'GetRecords', { ShardIterator: renewed });
      if (outcome.kind !== 'ok') return broken(`the iterator of a read 2 s ago was answered with ${answerOf(outcome)}`);
      context.count('reads within five minutes');
    }
    return other.length === 0
      ? holds(`two iterators were good after ${LIFE_S - 1} s and expired after ${LIFE_S + 1} s`)
      : loose(other.join('; '));
  },
});
