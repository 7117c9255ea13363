/** KIN-RS-12: the shards of an on-demand stream are the service's own matter. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Input } from '../../src/protocol/operations.ts';
import { type Trial, refusable } from '../refusable-call.ts';
import { type Context, Unobservable } from '../context.ts';
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
    const { name: StreamName, shards } = await context.stream(2, 'fresh');
    const [first, second] = shards;
    if (!first || !second) throw new Unobservable(`stream ${StreamName} does not show two open shards`);
    await becomeOnDemand(context, StreamName);
    const NewStartingHashKey = String(middleOf(rangeOf(first)));
    const pair = { ShardToMerge: first.ShardId, AdjacentShardToMerge: second.ShardId };
    const count: Input<'UpdateShardCount'> = { StreamName, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' };
    const tries: Record<string, () => Promise<Trial<'SplitShard' | 'MergeShards' | 'UpdateShardCount'>>> = {
      UpdateShardCount: () => refusable(context, 'UpdateShardCount', count),
      SplitShard: () =>
        refusable(context, 'SplitShard', { StreamName, ShardToSplit: first.ShardId, NewStartingHashKey }),
      MergeShards: () => refusable(context, 'MergeShards', { StreamName, ...pair }),
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
async function becomeOnDemand(context: Context, StreamName: string): Promise<void> {
  const { clock, deadlineNs } = context;
  const described = async () => {
    const { StreamDescriptionSummary: summary } = await context.send('DescribeStreamSummary', { StreamName });
    return Object(summary) as Partial<typeof summary>;
  };
  const { StreamARN } = await described();
  if (!StreamARN)
    throw new Unobservable('DescribeStreamSummary shows no StreamARN, by which UpdateStreamMode is called');
  const input = { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' as const } };
  const answer = await refusable(context, 'UpdateStreamMode', input);
  if (answer.kind === 'refused')
    throw new Unobservable(`UpdateStreamMode to ON_DEMAND was refused with ${answer.said}`);
  for (;;) {
    const { StreamStatus, StreamModeDetails } = await described();
    if (StreamStatus === 'ACTIVE' && StreamModeDetails?.StreamMode === 'ON_DEMAND') return;
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable(`the stream does not become ON_DEMAND: it is ${StreamStatus}`);
    await sleepFor(clock, NS_PER_S / 4);
  }
}
