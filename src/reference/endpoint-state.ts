/** What an endpoint holds, for whoever watches it from outside the protocol. */
import type { StreamMode, StreamStatus } from '../protocol/operations.ts';
import type { Account } from './account.ts';
import type { Stream } from './stream.ts';
import type { Instant } from './topology.ts';

/** One shard. */
export interface ShardState {
  readonly id: string;
  readonly open: boolean;
  /** Records that are not trimmed. */
  readonly records: number;
  /** Bytes that they take in memory, room for later ones included. */
  readonly bytes: number;
}

/** One stream. */
export interface StreamState {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly status: StreamStatus;
  readonly mode: StreamMode;
  readonly retentionHours: number;
  readonly consumers: number;
  /** The ARNs of its channels. */
  readonly channels: readonly string[];
  readonly shards: readonly ShardState[];
}

/** Everything. */
export interface EndpointState {
  readonly streams: readonly StreamState[];
  readonly memory: {
    /** What records, buffers of delivery streams and objects take. */
    readonly bytes: number;
    /** The most they may take; null when there is no cap. */
    readonly bytesMax: number | null;
  };
}

/** The state of one stream. */
export function stateOf(stream: Stream, { region, channels }: Account, at: Instant): StreamState {
  return {
    account: stream.accountId,
    region,
    name: stream.name,
    status: stream.status(at.nowNs),
    mode: stream.mode,
    retentionHours: stream.retentionHours,
    consumers: stream.consumers.count(at),
    channels: channels
      .list(at)
      .filter((channel) => channel.stream === stream)
      .map(({ arn }) => arn),
    shards: stream.topology.shards.map(({ id, closedMs, log }) => ({
      id,
      open: closedMs === undefined,
      records: log.end - log.horizon,
      bytes: log.bytesHeld,
    })),
  };
}
