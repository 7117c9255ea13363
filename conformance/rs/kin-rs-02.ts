/** KIN-RS-02: where a shard can be split. */
import { refusableAtRest } from '../refusable-call.ts';
import { firstShard } from '../records.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { split } from './reshard.ts';
import { middleOf, rangeText } from './shard-list.ts';

export const kinRs02 = statement({
  id: 'KIN-RS-02',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'SplitShard is refused with InvalidArgumentException where NewStartingHashKey is not greater than the StartingHashKey plus one and less than the EndingHashKey.',
  source: 'SplitShard, NewStartingHashKey',
  fault: 'reshard.bound-inclusive',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [] },
  exercises: { 'hash keys at the edges': 4, 'splits inside': 1 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    // The second one, so that there are hash keys below it, too.
    const shard = stream.shards[1] ?? firstShard(stream);
    const { start, end } = rangeOf(shard);
    let otherwise: string | undefined;
    for (const hashKey of [start, start + 1n, end, start - 1n]) {
      const sent = `SplitShard of ${shard.ShardId} ${rangeText({ start, end })} at ${hashKey}`;
      const answer = await refusableAtRest(context, 'SplitShard', {
        StreamName: stream.name,
        ShardToSplit: shard.ShardId,
        NewStartingHashKey: String(hashKey),
      });
      context.count('hash keys at the edges');
      if (answer.kind === 'accepted') {
        return broken(
          `${sent} was accepted; AWS was seen to refuse what is not greater than the start plus one and less than the end`,
        );
      }
      if (answer.code !== 'InvalidArgumentException') otherwise ??= `${sent} was refused with ${answer.said}`;
    }
    await split(context, stream.name, shard, middleOf({ start, end }));
    context.count('splits inside');
    return otherwise
      ? loose(`${otherwise}; AWS answers InvalidArgumentException`)
      : holds('hash keys at and outside of the edges were refused, one inside was taken');
  },
});
