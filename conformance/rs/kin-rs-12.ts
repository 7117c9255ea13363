/** KIN-RS-12: the shards of an on-demand stream are the service's own matter. */
import type { Input } from '../../src/protocol/operations.ts';
import { type Trial, refusableAtRest } from '../refusable-call.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { activeAgain, arnOf, isOnDemand } from '../patience.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { middleOf } from './shard-list.ts';

export const kinRs12 = statement({
  id: 'KIN-RS-12',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'SplitShard, MergeShards and UpdateShardCount are refused with ValidationException for an on-demand stream.',
  source: 'SplitShard, MergeShards, UpdateShardCount (ValidationException)',
  fault: 'reshard.od-allowed',
  needs: [],
  uses: { streams: [2], shared: [], onDemand: 1 },
  exercises: { 'operations tried': 3 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const { name: StreamName, shards } = stream;
    const [first, second] = shards;
    if (!first || !second) throw new Unobservable(`stream ${StreamName} does not show two open shards`);
    await becomeOnDemand(context, stream);
    const NewStartingHashKey = String(middleOf(rangeOf(first)));
    const pair = { ShardToMerge: first.ShardId, AdjacentShardToMerge: second.ShardId };
    const count: Input<'UpdateShardCount'> = { StreamName, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' };
    const tries: Record<string, () => Promise<Trial<'SplitShard' | 'MergeShards' | 'UpdateShardCount'>>> = {
      UpdateShardCount: () => refusableAtRest(context, 'UpdateShardCount', count),
      SplitShard: () =>
        refusableAtRest(context, 'SplitShard', { StreamName, ShardToSplit: first.ShardId, NewStartingHashKey }),
      MergeShards: () => refusableAtRest(context, 'MergeShards', { StreamName, ...pair }),
    };
    let otherwise: string | undefined;
    for (const [operation, call] of Object.entries(tries)) {
      const answer = await call();
      context.count('operations tried');
      if (answer.kind === 'accepted') return broken(`${operation} was accepted for a stream in ON_DEMAND mode`);
      if (answer.code !== 'ValidationException') otherwise ??= `${operation} was refused with ${answer.said}`;
    }
    return otherwise
      ? loose(`${otherwise}; AWS documents ValidationException`)
      : holds('all three were refused for a stream in ON_DEMAND mode');
  },
});

/** Switches a stream's mode and waits until it is shown. */
async function becomeOnDemand(context: Context, stream: Stream): Promise<void> {
  const StreamARN = await arnOf(context, stream);
  const input = { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' as const } };
  const answer = await refusableAtRest(context, 'UpdateStreamMode', input);
  if (answer.kind === 'refused')
    throw new Unobservable(`UpdateStreamMode to ON_DEMAND was refused with ${answer.said}`);
  await activeAgain(context, stream, isOnDemand);
}
