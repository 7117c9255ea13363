/**
 * The read from TRIM_HORIZON after the load, shard by shard: the only thing that can prove a loss. A shard is read to its end
 * when it gave nothing twice in a row, a second apart, and says it is not behind; the whole sweep has a deadline, and what it
 * did not reach is `unread`, never lost.
 */
import { type Clock, sleepFor } from '../clock.ts';
import type { StreamInfo } from '../fleet/context.ts';
import { isThrottle } from '../protocol/errors.ts';
import { GET_RECORDS_MAX } from '../protocol/limits.ts';
import { Reader } from '../verify/reader.ts';
import type { Sweep } from '../verify/judge.ts';
import type { WireClient } from '../wire/client.ts';

/** Between two reads of a shard: just over a fifth of a second, since a shard takes five a second. */
const READ_EVERY_NS = 210_000_000;
/** A throttled read waits so long, as the contract's shorter penalty does. */
const THROTTLED_WAIT_NS = 1_000_000_000;
/** Nothing new for so long is the end of an open shard. */
const QUIET_NS = 1_000_000_000;
const ERRORS_MAX = 20;

export interface SweepOptions {
  readonly streams: readonly StreamInfo[];
  readonly run: string;
  readonly withinNs: number;
  readonly stop: AbortSignal;
  /** Called with the records read so far. */
  readonly onProgress?: (records: number) => void;
}

/** Reads everything there is. Never rejects for what the target does. */
export async function sweep(options: SweepOptions, client: WireClient, clock: Clock): Promise<Sweep> {
  const reader = new Reader('sweep', options.run);
  const startNs = clock.monotonicNs();
  const deadlineNs = startNs + options.withinNs;
  const count = { records: 0 };
  const shards = options.streams.flatMap((stream) =>
    stream.shardIds.map((shardId) => ({ stream: stream.name, shardId })),
  );
  const ends = await Promise.all(
    shards.map(({ stream, shardId }) =>
      readShard(client, clock, stream, shardId, deadlineNs, options.stop, (records) => {
        for (const record of records) reader.read(shardId, record, Buffer.from(record.Data, 'base64'));
        count.records += records.length;
        options.onProgress?.(count.records);
      }),
    ),
  );
  const reason = ends.find((end) => end !== null) ?? null;
  return { complete: reason === null, reason, durationNs: clock.monotonicNs() - startNs, reader: reader.export() };
}

type Records = readonly { SequenceNumber: string; PartitionKey: string; Data: string }[];

/** null when the shard was read to its end, else why it was not. */
async function readShard(
  client: WireClient,
  clock: Clock,
  stream: string,
  shardId: string,
  deadlineNs: number,
  stop: AbortSignal,
  take: (records: Records) => void,
): Promise<string | null> {
  const start = await client.call('GetShardIterator', {
    StreamName: stream,
    ShardId: shardId,
    ShardIteratorType: 'TRIM_HORIZON',
  });
  if (start.kind !== 'ok') return `no iterator for ${shardId} of ${stream}`;
  let iterator = start.output.ShardIterator ?? null;
  let quietSinceNs: number | null = null;
  let errors = 0;
  while (iterator !== null) {
    if (stop.aborted) return 'interrupted';
    if (clock.monotonicNs() > deadlineNs) return `out of time in ${shardId} of ${stream}`;
    const readNs = clock.monotonicNs();
    const outcome = await client.call('GetRecords', { ShardIterator: iterator, Limit: GET_RECORDS_MAX });
    if (outcome.kind === 'ok') {
      errors = 0;
      take(outcome.output.Records);
      iterator = outcome.output.NextShardIterator ?? null;
      const atTip = outcome.output.Records.length === 0 && (outcome.output.MillisBehindLatest ?? 0) === 0;
      if (!atTip) quietSinceNs = null;
      else if (quietSinceNs === null) quietSinceNs = readNs;
      else if (readNs - quietSinceNs >= QUIET_NS) return null;
      await clock.sleepUntil(readNs + READ_EVERY_NS, stop);
    } else if (outcome.kind === 'error' && isThrottle(outcome.code)) {
      await sleepFor(clock, THROTTLED_WAIT_NS, stop);
    } else {
      errors += 1;
      const reason = outcome.kind === 'error' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
      if (errors >= ERRORS_MAX) return `GetRecords failed ${errors} times in ${shardId} of ${stream} (${reason})`;
      await sleepFor(clock, READ_EVERY_NS, stop);
    }
  }
  return null;
}
