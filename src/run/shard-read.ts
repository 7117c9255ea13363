/**
 * One shard read from its beginning (or a time) to its end, within the shard's own limits: five calls and 2 MiB a second, with
 * answers of about a mebibyte, so that neither the limit nor memory is met with ten. A closed shard ends where no iterator
 * follows; an open one when it gave nothing twice in a row, a second apart, and says it is not behind.
 */
import { type Clock, NS_PER_S, sleepFor } from '../clock.ts';
import { isThrottle } from '../protocol/errors.ts';
import { awsShardLimits, GET_RECORDS_MAX } from '../protocol/limits.ts';
import type { GetShardIteratorOutput } from '../protocol/operations.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { ReceivedRecords } from '../wire/received.ts';

/** Between two reads of a shard: just over a fifth of a second, since a shard takes five a second. */
const READ_EVERY_NS = 210_000_000;
/** A throttled read waits so long, as the contract's shorter penalty does. */
const THROTTLED_WAIT_NS = NS_PER_S;
/** Nothing new for so long is the end of an open shard. */
const QUIET_NS = NS_PER_S;
const ERRORS_MAX = 20;
/** What an answer should hold, in bytes of data; from a target without limits, more. */
const ANSWER_BYTES = 2 ** 20;
const ANSWER_BYTES_UNPACED = 2 ** 22;
/** Records asked for at first, as long as nothing is known of their size. */
const LIMIT_FIRST = 10;

export interface ShardRead {
  readonly stream: string;
  readonly shardId: string;
  /** Where to begin, in ms since the epoch; null for TRIM_HORIZON. */
  readonly fromMs: number | null;
  readonly deadlineNs: number;
  readonly stop: AbortSignal;
  /** Whether the target has limits to be kept. */
  readonly paced: boolean;
  readonly take: (records: ReceivedRecords['Records']) => void;
}

/** `end`: closed and read to the end; `quiet`: open, and there is no more for now; else why it was not read to its end. */
export type ShardReadEnd =
  | { readonly kind: 'end' | 'quiet' }
  /** AT_TIMESTAMP was refused: another beginning must be chosen. */
  | { readonly kind: 'no-timestamp'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads one shard. Never rejects for what the target does. */
export async function readShard(read: ShardRead, client: WireClient, clock: Clock): Promise<ShardReadEnd> {
  const { stream, shardId, fromMs, stop } = read;
  const where = `${shardId} of ${stream}`;
  const failed = (reason: string) => ({ kind: 'failed', reason }) as const;
  let iterator: string | undefined;
  let quietSinceNs: number | null = null;
  let errors = 0;
  let limit = LIMIT_FIRST;
  for (;;) {
    if (stop.aborted) return failed('interrupted');
    const readNs = clock.monotonicNs();
    if (readNs > read.deadlineNs) return failed(`out of time in ${where}`);
    const outcome: Outcome<GetShardIteratorOutput | ReceivedRecords> =
      iterator === undefined
        ? await client.call('GetShardIterator', { StreamName: stream, ShardId: shardId, ...startOf(fromMs) })
        : await client.call('GetRecords', { ShardIterator: iterator, Limit: limit });
    if (outcome.kind === 'ok' && 'Records' in outcome.output) {
      const { Records, NextShardIterator, MillisBehindLatest } = outcome.output;
      errors = 0;
      const bytes = bytesOf(Records);
      read.take(Records);
      if (!NextShardIterator) return { kind: 'end' };
      iterator = NextShardIterator;
      const atTip = Records.length === 0 && (MillisBehindLatest ?? 0) === 0;
      if (!atTip) quietSinceNs = null;
      else if (quietSinceNs === null) quietSinceNs = readNs;
      else if (readNs - quietSinceNs >= QUIET_NS) return { kind: 'quiet' };
      if (Records.length > 0)
        limit = limitFor(bytes / Records.length, read.paced ? ANSWER_BYTES : ANSWER_BYTES_UNPACED);
      const paceNs = read.paced
        ? Math.max(READ_EVERY_NS, (bytes / awsShardLimits.readBytesPerS) * NS_PER_S)
        : Records.length > 0
          ? 0
          : READ_EVERY_NS;
      await clock.sleepUntil(readNs + paceNs, stop);
    } else if (outcome.kind === 'ok') {
      iterator = (outcome.output as GetShardIteratorOutput).ShardIterator;
      if (!iterator) return failed(`no iterator for ${where}`);
    } else if (outcome.kind === 'error' && isThrottle(outcome.code)) {
      await sleepFor(clock, THROTTLED_WAIT_NS, stop);
    } else {
      errors += 1;
      const reason = outcome.kind === 'error' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
      if (outcome.kind === 'error' && outcome.status < 500 && iterator === undefined && fromMs !== null)
        return { kind: 'no-timestamp', reason };
      if (errors >= ERRORS_MAX) return failed(`reading ${where} failed ${errors} times (${reason})`);
      await sleepFor(clock, READ_EVERY_NS, stop);
    }
  }
}

function startOf(fromMs: number | null) {
  return fromMs === null
    ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
    : ({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: fromMs / 1000 } as const);
}

function bytesOf(records: ReceivedRecords['Records']): number {
  return records.reduce((sum, { Data, PartitionKey = '' }) => sum + Data.length + Buffer.byteLength(PartitionKey), 0);
}

function limitFor(recordBytes: number, answerBytes: number): number {
  return Math.max(1, Math.min(GET_RECORDS_MAX, Math.floor(answerBytes / recordBytes)));
}
