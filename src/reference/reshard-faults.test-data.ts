/** A scenario for each fault of resharding, retention and lists, in which it shows. The streams begin with four shards. */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { initialRanges } from '../protocol/hash.ts';
import type { Input, OperationName } from '../protocol/operations.ts';
import { fill, HOUR_NS, iteratorOf, read, S, type Scenario } from './fault-scenario.test-data.ts';
import type { VirtualEndpoint } from './virtual-endpoint.ts';

const quarter = initialRanges(4)[0]!;
const middle = String(quarter.end / 2n);

const shards = async ({ must }: VirtualEndpoint) => (await must('ListShards', { StreamName: S })).Shards;

async function split({ must, clock }: VirtualEndpoint, NewStartingHashKey = middle) {
  await must('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey });
  await clock.advance(NS_PER_S);
}

const merge = { StreamName: S, ShardToMerge: 'shardId-1', AdjacentShardToMerge: 'shardId-2' };

/** The first shard split; then what a look at it says. */
const afterSplit =
  (look: Scenario): Scenario =>
  async (endpoint) => {
    await fill(endpoint);
    await split(endpoint);
    return look(endpoint);
  };

const oldest: Scenario = async (endpoint) => {
  const answer = await endpoint.call('GetShardIterator', {
    StreamName: S,
    ShardId: 'shardId-0',
    ShardIteratorType: 'TRIM_HORIZON',
  });
  return answer.ok ? read(endpoint, answer.value.ShardIterator!) : answer.name;
};

const said =
  <O extends OperationName>(operation: O, input: Input<O>): Scenario =>
  async ({ call }) => {
    const answer = await call(operation, input);
    return answer.ok ? 'accepted' : answer.name;
  };

const scale = (TargetShardCount: number) =>
  said('UpdateShardCount', { StreamName: S, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });

const retain = ({ must, clock }: VirtualEndpoint, hours: number, operation: 'Increase' | 'Decrease') =>
  must(`${operation}StreamRetentionPeriod`, { StreamName: S, RetentionPeriodHours: hours }).then(() =>
    clock.advance(NS_PER_S),
  );

async function create({ must, clock }: VirtualEndpoint, input: Input<'CreateStream'>) {
  await must('CreateStream', input);
  await clock.advance(NS_PER_S);
  const { StreamModeDetails, OpenShardCount } = (await must('DescribeStreamSummary', { StreamName: input.StreamName }))
    .StreamDescriptionSummary;
  return { StreamModeDetails, OpenShardCount };
}

const onDemand = { StreamMode: 'ON_DEMAND' } as const;

/** What a subscription to the first shard is told when it is split. */
const pushedAtTheEnd: Scenario = async (endpoint) => {
  const ConsumerARN = await endpoint.consumer(S, 'c');
  const input = { ConsumerARN, ShardId: 'shardId-0', StartingPosition: { Type: 'LATEST' } } as const;
  const told = await endpoint.subscribe(input);
  await split(endpoint);
  return told.ok && told.value.events.map(({ ChildShards }) => ChildShards?.length);
};

export const reshardFaults = {
  'efo.silent-end': pushedAtTheEnd,
  'imm.append-after-close': async (endpoint) => {
    await split(endpoint);
    await fill(endpoint);
    return oldest(endpoint);
  },
  'life.create-resets': async (endpoint) => {
    await fill(endpoint, 2);
    await endpoint.call('CreateStream', { StreamName: S, ShardCount: 1 });
    return oldest(endpoint);
  },
  'life.default-shards-1': (endpoint) => create(endpoint, { StreamName: 'other' }),
  'life.stale-summary': afterSplit(async ({ must }) => must('DescribeStreamSummary', { StreamName: S })),
  'list.filter-includes-closed': afterSplit(({ must }) =>
    must('ListShards', { StreamName: S, ShardFilter: { Type: 'AT_LATEST' } }),
  ),
  'list.page-drop-boundary': async (endpoint) => {
    const { must } = endpoint;
    const { NextToken } = await must('ListShards', { StreamName: S, MaxResults: 1 });
    for (const StreamName of ['a', 'b']) await create(endpoint, { StreamName });
    const streams = await must('ListStreams', { Limit: 1 });
    const next = await must('ListStreams', { NextToken: streams.NextToken! });
    return [await must('ListShards', { NextToken: NextToken! }), next.StreamNames];
  },
  'list.token-immortal': async ({ must, call, clock }) => {
    const { NextToken } = await must('ListShards', { StreamName: S, MaxResults: 1 });
    await clock.advance(300 * NS_PER_S);
    return (await call('ListShards', { NextToken: NextToken! })).ok;
  },
  'od.mode-lost': (endpoint) => create(endpoint, { StreamName: 'other', StreamModeDetails: onDemand }),
  'od.never-scales': async (endpoint) => {
    const { must, clock } = endpoint;
    const before = await create(endpoint, { StreamName: 'other', StreamModeDetails: onDemand });
    const Records = Array.from({ length: 500 }, () => ({ Data: '', PartitionKey: 'k', ExplicitHashKey: '0' }));
    for (let call = 0; call < 80; call += 1) {
      await must('PutRecords', { StreamName: 'other', Records });
      await clock.advance(500 * NS_PER_MS);
    }
    await clock.advance(900 * NS_PER_S);
    const { OpenShardCount } = (await must('DescribeStreamSummary', { StreamName: 'other' })).StreamDescriptionSummary;
    return [before, OpenShardCount];
  },
  'od.single-shard': (endpoint) => create(endpoint, { StreamName: 'other', StreamModeDetails: onDemand }),
  'reshard.adjacent-missing': async (endpoint) => {
    await endpoint.must('MergeShards', merge);
    await endpoint.clock.advance(NS_PER_S);
    return shards(endpoint);
  },
  'reshard.bound-inclusive': said('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey: '1' }),
  'reshard.child-opens-early': async (endpoint) => {
    const { must } = endpoint;
    await must('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey: middle });
    await fill(endpoint);
    return oldest(endpoint);
  },
  'reshard.child-overlap': afterSplit(shards),
  'reshard.closed-404': afterSplit(oldest),
  'reshard.drops-parent': afterSplit(oldest),
  'reshard.inflight-lost': async (endpoint) => {
    const { must, clock } = endpoint;
    await must('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey: middle });
    await clock.advance(400 * NS_PER_MS);
    await fill(endpoint, 10);
    await clock.advance(NS_PER_S);
    return oldest(endpoint);
  },
  'reshard.merge-any': said('MergeShards', { ...merge, ShardToMerge: 'shardId-0' }),
  'reshard.no-children': afterSplit(async (endpoint) => {
    const answer = await endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint, 'TRIM_HORIZON') });
    return answer.ChildShards;
  }),
  'reshard.no-lock': async (endpoint) => {
    await endpoint.must('MergeShards', merge);
    return said('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey: middle })(endpoint);
  },
  'reshard.od-allowed': async (endpoint) => {
    await create(endpoint, { StreamName: 'other', StreamModeDetails: onDemand });
    return said('MergeShards', { ...merge, StreamName: 'other' })(endpoint);
  },
  'reshard.rewrites-parent': afterSplit(oldest),
  'reshard.route-to-parent': async (endpoint) => {
    await split(endpoint);
    await fill(endpoint);
    return oldest(endpoint);
  },
  'reshard.unbounded': scale(9),
  'ret.bounds-off': said('DecreaseStreamRetentionPeriod', { StreamName: S, RetentionPeriodHours: 23 }),
  'ret.decrease-noop': async (endpoint) => {
    await retain(endpoint, 48, 'Increase');
    await fill(endpoint, 2);
    await endpoint.clock.advance(30 * HOUR_NS);
    await retain(endpoint, 24, 'Decrease');
    return oldest(endpoint);
  },
  'ret.soft-delete-resurrects': async (endpoint) => {
    await fill(endpoint, 2);
    await endpoint.clock.advance(25 * HOUR_NS);
    await oldest(endpoint);
    await retain(endpoint, 168, 'Increase');
    return oldest(endpoint);
  },
  'ret.zombie-shard': afterSplit(async (endpoint) => {
    await endpoint.clock.advance(25 * HOUR_NS);
    return shards(endpoint);
  }),
  'seq.end-too-small': afterSplit(shards),
} satisfies Record<string, Scenario>;
