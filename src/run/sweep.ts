/**
 * The read from TRIM_HORIZON after the load, shard by shard: the only thing that can prove a loss. A shard is read to its end
 * when it gave nothing twice in a row, a second apart, and says it is not behind; the whole sweep has a deadline, and what it
 * did not reach is `unread`, never lost.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { isThrottle } from '../protocol/errors.ts';
import type { GetShardIteratorOutput } from '../protocol/operations.ts';
import { GET_RECORDS_MAX } from '../protocol/limits.ts';
import { Reader } from '../verify/reader.ts';
import type { Sweep } from '../verify/judge.ts';
import type { Unnamed } from '../verify/unnamed.ts';
import { userRecordsOf } from '../verify/user-records.ts';
import { describeStream } from './streams.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { ReceivedRecords } from '../wire/received.ts';

/** Between two reads of a shard: just over a fifth of a second, since a shard takes five a second. */
const READ_EVERY_NS = 210_000_000;
/** A throttled read waits so long, as the contract's shorter penalty does. */
const THROTTLED_WAIT_NS = 1_000_000_000;
/** Nothing new for so long is the end of an open shard. */
const QUIET_NS = 1_000_000_000;
const ERRORS_MAX = 20;

export interface SweepOptions {
  /** Names; their shards are looked up afresh, since a stream may have been resharded under the load. */
  readonly streams: readonly string[];
  readonly run: string;
  /** Whose records are judged here; all, unless the run is a segment. */
  readonly ours?: ((producer: number) => boolean) | undefined;
  /** How records of a stream that carry no tag are told apart, by its name. */
  readonly unnamed: (stream: string) => Unnamed | undefined;
  readonly withinNs: number;
  readonly stop: AbortSignal;
  /** Called with the records read so far. */
  readonly onProgress?: (records: number) => void;
}

/** Reads everything there is. Never rejects for what the target does. */
export async function sweep(options: SweepOptions, client: WireClient, clock: Clock): Promise<Sweep> {
  const reader = new Reader('sweep', options.run, options.ours);
  const startNs = clock.monotonicNs();
  const deadlineNs = startNs + options.withinNs;
  const count = { records: 0 };
  const shards: SweptShard[] = [];
  try {
    for (const stream of options.streams) {
      const { open, shardIds } = await describeStream(stream, client);
      const openIds = new Set(open.map(({ shardId }) => shardId));
      shards.push(...shardIds.map((shardId) => ({ stream, shardId, closed: !openIds.has(shardId) })));
    }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return {
      complete: false,
      reason: error.message,
      durationNs: clock.monotonicNs() - startNs,
      reader: reader.export(),
    };
  }
  const ends = await Promise.all(
    shards.map((shard) =>
      readShard(client, clock, shard, deadlineNs, options.stop, (records) => {
        for (const each of records) {
          for (const { record, data, sub } of userRecordsOf(each, each.Data))
            reader.read(shard.shardId, record, data, {
              sub,
              stream: shard.stream,
              unnamed: options.unnamed(shard.stream),
            });
        }
        count.records += records.length;
        options.onProgress?.(count.records);
      }),
    ),
  );
  const reason = ends.find((end) => end !== null) ?? null;
  return { complete: reason === null, reason, durationNs: clock.monotonicNs() - startNs, reader: reader.export() };
}

type Records = ReceivedRecords['Records'];

interface SweptShard {
  readonly stream: string;
  readonly shardId: string;
  readonly closed: boolean;
}

/** null when the shard was read to its end, else why it was not. */
async function readShard(
  client: WireClient,
  clock: Clock,
  { stream, shardId, closed }: SweptShard,
  deadlineNs: number,
  stop: AbortSignal,
  take: (records: Records) => void,
): Promise<string | null> {
  const where = `${shardId} of ${stream}`;
  let iterator: string | undefined;
  let quietSinceNs: number | null = null;
  let errors = 0;
  for (;;) {
    if (stop.aborted) return 'interrupted';
    const readNs = clock.monotonicNs();
    if (readNs > deadlineNs) return `out of time in ${where}`;
    const outcome: Outcome<GetShardIteratorOutput | ReceivedRecords> =
      iterator === undefined
        ? await client.call('GetShardIterator', {
            StreamName: stream,
            ShardId: shardId,
            ShardIteratorType: 'TRIM_HORIZON',
          })
        : await client.call('GetRecords', { ShardIterator: iterator, Limit: GET_RECORDS_MAX });
    if (outcome.kind === 'ok' && 'Records' in outcome.output) {
      const { Records, NextShardIterator, MillisBehindLatest } = outcome.output;
      errors = 0;
      take(Records);
      if (!NextShardIterator) return closed ? null : `${where} is open, and yet came to an end`;
      iterator = NextShardIterator;
      const atTip = Records.length === 0 && (MillisBehindLatest ?? 0) === 0;
      if (!atTip) quietSinceNs = null;
      else if (quietSinceNs === null) quietSinceNs = readNs;
      else if (readNs - quietSinceNs >= QUIET_NS) return null;
      await clock.sleepUntil(readNs + READ_EVERY_NS, stop);
    } else if (outcome.kind === 'ok') {
      iterator = (outcome.output as GetShardIteratorOutput).ShardIterator;
      if (!iterator) return `no iterator for ${where}`;
    } else if (outcome.kind === 'error' && isThrottle(outcome.code)) {
      await sleepFor(clock, THROTTLED_WAIT_NS, stop);
    } else {
      errors += 1;
      const reason = outcome.kind === 'error' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
      if (errors >= ERRORS_MAX) return `reading ${where} failed ${errors} times (${reason})`;
      await sleepFor(clock, READ_EVERY_NS, stop);
    }
  }
}
