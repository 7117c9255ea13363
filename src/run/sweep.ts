/**
 * The read of everything after the load, shard by shard: the only thing that can prove a loss. Parents are read before their
 * children, some shards at a time; shards that appear meanwhile are read too. The whole sweep has a deadline, and what it did
 * not reach is `unread`, never lost.
 *
 * It begins at TRIM_HORIZON where a stream was made for the run. An existing stream may hold days of others' records, so there
 * it begins a little before the run, and the run falls back to TRIM_HORIZON before it calls anything lost.
 */
import type { Clock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import type { Shard } from '../protocol/operations.ts';
import type { Sweep } from '../verify/evidence.ts';
import { Reader, type ReaderExport } from '../verify/reader.ts';
import type { Unnamed } from '../verify/unnamed.ts';
import { userRecordsOf } from '../verify/user-records.ts';
import type { WireClient } from '../wire/client.ts';
import { readShard, type ShardReadEnd } from './shard-read.ts';
import { listShards } from './streams.ts';

/** Shards that are read at once: each may hold an answer of some mebibytes. */
const PARALLEL_MAX = 32;
/** Rounds of looking for shards that came meanwhile; a stream that reshards for longer is not read to its end. */
const ROUNDS_MAX = 100;

/**
 * What somebody else made is looked through from so long before the run, in ms: its clock may be off by the five minutes that
 * signatures allow, and arrival times are approximate (the rest, assumed).
 */
export const BEFORE_RUN_MS = 600_000;

/** A stream to be read. */
export interface SweptStream {
  readonly alias: string;
  readonly name: string;
  /** Where to begin, in ms since the epoch; null for TRIM_HORIZON. */
  readonly fromMs: number | null;
  /** What consumers of it saw, so that the sweep can tell what they passed over. */
  readonly consumers: readonly ReaderExport[];
  /** How records that carry no tag are told apart. */
  readonly unnamed?: Unnamed | undefined;
}

export interface SweepOptions {
  /** How it is called in witnesses. */
  readonly name: string;
  readonly streams: readonly SweptStream[];
  readonly run: string;
  /** Whose records are judged here; all, unless the run is a segment. */
  readonly ours: (producer: number) => boolean;
  readonly withinNs: number;
  /** Whether the target has limits to be kept. */
  readonly paced: boolean;
  readonly stop: AbortSignal;
  /** Called with the records read so far. */
  readonly onProgress?: (records: number) => void;
}

/** Reads everything there is. Never rejects for what the target does. */
export async function sweep(options: SweepOptions, client: WireClient, clock: Clock): Promise<Sweep> {
  const startNs = clock.monotonicNs();
  const progress = { records: 0 };
  const swept = await Promise.all(
    options.streams.map((stream) => new StreamSweep(stream, options, client, clock, progress).read(startNs)),
  );
  const reason = swept.find((stream) => stream.reason !== null)?.reason ?? null;
  return {
    complete: reason === null,
    reason,
    durationNs: clock.monotonicNs() - startNs,
    from: swept.length === 0 ? 'nowhere' : [...new Set(swept.map(({ from }) => from))].join('; '),
    streams: swept,
  };
}

class StreamSweep {
  readonly #stream: SweptStream;
  readonly #options: SweepOptions;
  readonly #client: WireClient;
  readonly #clock: Clock;
  readonly #progress: { records: number };
  readonly #reader: Reader;
  readonly #ends = new Map<string, ShardReadEnd>();
  /** Why it does not begin at the time it was asked to. */
  #noTimestamp: string | undefined;

  constructor(
    stream: SweptStream,
    options: SweepOptions,
    client: WireClient,
    clock: Clock,
    progress: { records: number },
  ) {
    this.#stream = stream;
    this.#options = options;
    this.#client = client;
    this.#clock = clock;
    this.#progress = progress;
    this.#reader = new Reader(options.name, options.run, options.ours, { consumers: stream.consumers });
  }

  async read(startNs: number) {
    const { alias, name } = this.#stream;
    const deadlineNs = startNs + this.#options.withinNs;
    let shards: Shard[] = [];
    let reason: string | null = null;
    try {
      for (let round = 0; ; round += 1) {
        shards = await listShards(name, this.#client);
        const fresh = shards.filter(({ ShardId }) => !this.#ends.has(ShardId));
        if (fresh.length === 0) break;
        if (round === ROUNDS_MAX) reason = `${name} was resharded again and again while it was read`;
        if (reason !== null) break;
        await this.#readAll(fresh, deadlineNs);
      }
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      reason = error.message;
    }
    return {
      stream: alias,
      reason: reason ?? this.#shortfall(shards),
      from: this.#from(),
      reader: this.#reader.export(),
      shards: shards.map((shard) => ({ shardId: shard.ShardId, parents: parentsOf(shard) })),
    };
  }

  /** Reads shards, each once all its parents have come to an end. */
  async #readAll(shards: readonly Shard[], deadlineNs: number): Promise<void> {
    const waiting = new Map(shards.map((shard) => [shard.ShardId, shard]));
    const running = new Map<string, Promise<void>>();
    while (waiting.size + running.size > 0) {
      const ready = [...waiting.values()].filter((shard) =>
        parentsOf(shard).every((parent) => !waiting.has(parent) && !running.has(parent)),
      );
      // Shards that are each other's ancestors are nonsense, and are read in any order.
      const next = ready.length === 0 && running.size === 0 ? [...waiting.values()] : ready;
      for (const { ShardId } of next.slice(0, PARALLEL_MAX - running.size)) {
        waiting.delete(ShardId);
        const reading = this.#readOne(ShardId, deadlineNs).finally(() => running.delete(ShardId));
        running.set(ShardId, reading);
      }
      await Promise.race(running.values());
    }
  }

  async #readOne(shardId: string, deadlineNs: number): Promise<void> {
    const { name, fromMs, unnamed } = this.#stream;
    const { paced, stop, onProgress } = this.#options;
    const read = (from: number | null) =>
      readShard(
        {
          stream: name,
          shardId,
          fromMs: from,
          deadlineNs,
          stop,
          paced,
          take: (records) => {
            for (const each of records) {
              for (const { record, data, sub } of userRecordsOf(each, each.Data))
                this.#reader.read(shardId, record, data, { sub, stream: name, unnamed });
            }
            this.#progress.records += records.length;
            onProgress?.(this.#progress.records);
          },
        },
        this.#client,
        this.#clock,
      );
    let end = await read(this.#noTimestamp === undefined ? fromMs : null);
    if (end.kind === 'no-timestamp') {
      this.#noTimestamp = end.reason;
      end = await read(null);
    }
    this.#ends.set(shardId, end);
  }

  /** What is missing for a whole sweep; an open shard has no end. */
  #shortfall(shards: readonly Shard[]): string | null {
    for (const { ShardId, SequenceNumberRange } of shards) {
      const end = this.#ends.get(ShardId);
      if (end === undefined) return `${ShardId} of ${this.#stream.name} was not read`;
      if ('reason' in end) return end.reason;
      const closed = (SequenceNumberRange.EndingSequenceNumber ?? null) !== null;
      if (end.kind === 'end' && !closed) return `${ShardId} of ${this.#stream.name} is open, and yet came to an end`;
    }
    return null;
  }

  #from(): string {
    const { name, fromMs } = this.#stream;
    if (fromMs === null) return 'TRIM_HORIZON';
    if (this.#noTimestamp !== undefined) return `TRIM_HORIZON (${name} refuses AT_TIMESTAMP: ${this.#noTimestamp})`;
    return `AT_TIMESTAMP ${new Date(fromMs).toISOString()} (shortly before the run: ${name} was there before)`;
  }
}

/** kinesis-local writes null for members that are absent. */
function parentsOf({ ParentShardId, AdjacentParentShardId }: Shard): string[] {
  return [ParentShardId, AdjacentParentShardId].filter((parent) => (parent ?? null) !== null) as string[];
}
