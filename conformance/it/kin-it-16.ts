/** KIN-IT-16: the length of an iterator, where it is likely to be longest. */
import { firstShard, iteratorAt, put } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { withLongName } from './long-name.ts';

const LENGTH_MAX = 512;

export const kinIt16 = statement({
  id: 'KIN-IT-16',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A shard iterator has 1 to 512 characters, whatever the name of the stream.',
  source: 'ShardIterator (length constraints)',
  fault: 'iter.too-long',
  needs: [],
  uses: { streams: [1] },
  exercises: { 'iterators measured': 8 },
  check: (context) =>
    withLongName(context, async (stream) => {
      const { ShardId: shardId } = firstShard(stream);
      const { sequenceNumber } = await put(context, stream, { key: 'k'.repeat(256) });
      let longest = 0;
      const measure = (text: string) => {
        context.count('iterators measured');
        longest = Math.max(longest, text.length);
        return text.length > 0 && text.length <= LENGTH_MAX;
      };
      const wrong = (operation: string, text: string) =>
        broken(
          `${operation} on a stream whose name has ${stream.name.length} characters gave an iterator of ${text.length} characters; AWS documents 1 to ${LENGTH_MAX}`,
        );
      for (const from of [
        { type: 'TRIM_HORIZON' },
        { type: 'LATEST' },
        { type: 'AT_SEQUENCE_NUMBER', sequenceNumber },
        { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber },
      ] as const) {
        const iterator = await iteratorAt(context, stream, shardId, from);
        if (!measure(iterator)) return wrong('GetShardIterator', iterator);
        const { NextShardIterator: next } = await context.send('GetRecords', { ShardIterator: iterator });
        if (typeof next === 'string' && !measure(next)) return wrong('GetRecords', next);
      }
      return holds(`iterators of a stream with a name of 128 characters have ${longest} at the most`);
    }),
});
