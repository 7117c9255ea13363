/**
 * Changes of a stream by timed steps: the call, and the wait until the stream is ACTIVE again. Which shard is meant is decided
 * when the step is due, among the shards that are open then.
 */
import type { Clock } from '../clock.ts';
import type { ShardInfo } from '../fleet/context.ts';
import { OperatorError } from '../operator-error.ts';
import type { StepDoc } from '../result.ts';
import type { StreamAction } from '../scenario/plan.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import { lacksOperation } from './lack.ts';
import { must } from '../target/answer.ts';
import { describeStream, untilActive } from './streams.ts';

/** What became of a step, and how many shards are open after it. */
export type StreamChange = Pick<StepDoc, 'outcome' | 'detail' | 'openShards'>;

export class StreamChanges {
  readonly #clock: Clock;
  readonly #client: WireClient;
  readonly #stop: AbortSignal;
  readonly #names: ReadonlyMap<string, string>;
  readonly #hours: Map<string, number>;

  constructor(context: {
    readonly clock: Clock;
    readonly client: WireClient;
    readonly stop: AbortSignal;
    readonly streams: ReadonlyMap<string, string>;
    readonly retentionHours: ReadonlyMap<string, number>;
  }) {
    this.#clock = context.clock;
    this.#client = context.client;
    this.#stop = context.stop;
    this.#names = context.streams;
    this.#hours = new Map(context.retentionHours);
  }

  /** Rejects with an OperatorError when the target refuses what it has. */
  async make(action: StreamAction): Promise<StreamChange> {
    const StreamName = this.#names.get(action.stream)!;
    switch (action.kind) {
      case 'split':
        return this.#split(StreamName, action);
      case 'merge':
        return this.#merge(StreamName, action.shard);
      case 'reshard': {
        const input = { StreamName, TargetShardCount: action.shards, ScalingType: 'UNIFORM_SCALING' } as const;
        return this.#finish('UpdateShardCount', StreamName, await this.#client.call('UpdateShardCount', input), '');
      }
      case 'retention':
        return this.#retain(StreamName, action);
      case 'mode': {
        const { arn } = await this.#describe(StreamName);
        const StreamMode = action.mode === 'on-demand' ? 'ON_DEMAND' : 'PROVISIONED';
        const input = { StreamARN: arn, StreamModeDetails: { StreamMode } } as const;
        return this.#finish('UpdateStreamMode', StreamName, await this.#client.call('UpdateStreamMode', input), '');
      }
    }
  }

  async #split(StreamName: string, action: Extract<StreamAction, { kind: 'split' }>): Promise<StreamChange> {
    const { open } = await describeStream(StreamName, this.#client);
    const shard = action.shard === null ? widest(open) : open[action.shard];
    if (!shard) throw refused(`${StreamName} has no open shard ${action.shard ?? 0}, it has ${open.length}`);
    const middle = (BigInt(shard.startingHashKey) + BigInt(shard.endingHashKey) + 1n) / 2n;
    const input = { StreamName, ShardToSplit: shard.shardId, NewStartingHashKey: action.hashKey ?? String(middle) };
    return this.#finish('SplitShard', StreamName, await this.#client.call('SplitShard', input), shard.shardId);
  }

  async #merge(StreamName: string, index: number | null): Promise<StreamChange> {
    const { open } = await describeStream(StreamName, this.#client);
    const first = index ?? narrowestPair(open);
    const [shard, next] = [open[first], open[first + 1]];
    if (!shard || !next) throw refused(`${StreamName} has no two open shards at ${first}, it has ${open.length}`);
    const input = { StreamName, ShardToMerge: shard.shardId, AdjacentShardToMerge: next.shardId };
    const which = `${shard.shardId} and ${next.shardId}`;
    return this.#finish('MergeShards', StreamName, await this.#client.call('MergeShards', input), which);
  }

  async #retain(
    StreamName: string,
    { stream, hours }: Extract<StreamAction, { kind: 'retention' }>,
  ): Promise<StreamChange> {
    const before = this.#hours.get(stream)!;
    if (hours === before) return { outcome: 'done', detail: `it was ${hours}h already`, openShards: null };
    const operation = hours > before ? 'IncreaseStreamRetentionPeriod' : 'DecreaseStreamRetentionPeriod';
    const outcome = await this.#client.call(operation, { StreamName, RetentionPeriodHours: hours });
    const change = await this.#finish(operation, StreamName, outcome, `from ${before}h`);
    if (change.outcome === 'done') this.#hours.set(stream, hours);
    return change;
  }

  /** Waits until a change that was accepted is made, and counts the shards. */
  async #finish(operation: string, stream: string, outcome: Outcome<unknown>, what: string): Promise<StreamChange> {
    if (lacksOperation(outcome))
      return { outcome: 'unsupported', detail: `${operation}: ${outcome.code}`, openShards: null };
    must(operation, stream, outcome);
    await untilActive(stream, this.#client, this.#clock, this.#stop);
    const { open } = await describeStream(stream, this.#client);
    return { outcome: 'done', detail: what, openShards: open.length };
  }

  async #describe(StreamName: string): Promise<{ arn: string }> {
    const { StreamDescription } = must(
      'DescribeStream',
      StreamName,
      await this.#client.call('DescribeStream', { StreamName, Limit: 1 }),
    );
    return { arn: StreamDescription.StreamARN };
  }
}

/** The first of the widest. */
function widest(open: readonly ShardInfo[]): ShardInfo | undefined {
  return open.reduce<ShardInfo | undefined>(
    (most, shard) => (!most || width(shard) > width(most) ? shard : most),
    undefined,
  );
}

/** Index of the first shard of the two neighbours that are narrowest together. */
function narrowestPair(open: readonly ShardInfo[]): number {
  const widths = open.slice(1).map((shard, index) => width(open[index]!) + width(shard));
  return widths.reduce((least, pair, index) => (pair < widths[least]! ? index : least), 0);
}

function width(shard: ShardInfo): bigint {
  return BigInt(shard.endingHashKey) - BigInt(shard.startingHashKey);
}

function refused(message: string): OperatorError {
  return new OperatorError(message, { code: 'step-impossible', hint: 'mend the step' });
}
