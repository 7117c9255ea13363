/**
 * KIN-OD-02: a new on-demand stream is no single shard. It is written to at 3.5 MB/s, spread evenly over its hash keys, and read
 * back; only what is refused as too much counts, so an endpoint that is slow by itself is not judged. Takes ten seconds.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { ReceivedRecords } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { horizon, iteratorAt } from '../records.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { write } from './load.ts';
import { withOnDemand } from './on-demand-stream.ts';

/** 14 × 25 kB, ten times a second: 3.5 MB/s. */
const RECORD_BYTES = 25_000;
const load = { recordBytes: RECORD_BYTES, records: 14, calls: 10, seconds: 6 } as const;
const READ_MB_PER_S = 8;
/** So much of what is documented is demanded, since AWS says neither how it spreads over shards nor over a second. */
const REFUSED_MOST = 0.1;
const READ_LEAST = 0.5;
const POLL_PAUSE_NS = 220_000_000;
const READ_NS = 40 * NS_PER_S;

export const kinOd02 = statement({
  id: 'KIN-OD-02',
  level: 'SHOULD',
  profile: 'quotas',
  evidence: ['guide'],
  sentence: 'A new on-demand stream takes writes of 4 MB a second and serves reads of 8 MB a second.',
  source: 'Quotas and limits, on-demand mode',
  fault: 'od.single-shard',
  needs: [],
  lane: 'slow',
  uses: { streams: [4], records: 1300, payloadUnits: 2600, onDemand: 1 },
  exercises: { 'megabytes written': 15, 'megabytes read': 15 },
  check: (context) =>
    withOnDemand(
      context,
      async (stream) => {
        const { sent, throttled, stored, tookS } = await write(context, stream, load);
        const total = [...stored.values()].flat().length;
        const share = throttled / sent;
        const put = `of ${sent} records of 25 kB, written at 3.5 MB/s to a new on-demand stream of ${stream.shards.length} shards, ${throttled} were throttled`;
        if (share > REFUSED_MOST) return broken(`${put}; AWS documents 4 MB/s`);
        // Who takes them slower than they are sent was not asked for as much.
        if (tookS > load.seconds * 2)
          return unobserved(`writing took ${tookS.toFixed(1)} s in place of ${load.seconds}`);
        context.count('megabytes written', Math.floor((total * RECORD_BYTES) / 1e6));
        const { refused, seconds, bytes } = await readBack(context, stream, stored);
        context.count('megabytes read', Math.floor(bytes / 1e6));
        const rate = bytes / 1e6 / seconds;
        const said = `${put}; ${(bytes / 1e6).toFixed(1)} MB were read in ${seconds.toFixed(1)} s, with ${refused} reads throttled`;
        if (refused > 0 && rate < READ_MB_PER_S * READ_LEAST) return broken(`${said}; AWS documents 8 MB/s`);
        return share > 0 ? loose(said) : holds(said);
      },
      (said) => unobserved(`no on-demand stream could be created: ${said}`),
    ),
});

interface ReadBack {
  readonly bytes: number;
  readonly refused: number;
  readonly seconds: number;
}

/** Reads everything that was stored from all shards at once. */
async function readBack(
  context: Context,
  stream: Stream,
  stored: ReadonlyMap<string, readonly string[]>,
): Promise<ReadBack> {
  const { clock } = context;
  const startNs = clock.monotonicNs();
  const shards = await Promise.all(
    [...stored].map(([shardId, numbers]) => readShard(context, stream, shardId, numbers)),
  );
  return {
    bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
    refused: shards.reduce((sum, shard) => sum + shard.refused, 0),
    seconds: Math.max(0.001, (clock.monotonicNs() - startNs) / NS_PER_S),
  };
}

async function readShard(
  context: Context,
  stream: Stream,
  shardId: string,
  numbers: readonly string[],
): Promise<{ readonly bytes: number; readonly refused: number }> {
  const { clock, client } = context;
  const missing = new Set(numbers);
  const untilNs = clock.monotonicNs() + READ_NS;
  let iterator: string | null | undefined = await iteratorAt(context, stream, shardId, horizon);
  let bytes = 0;
  let refused = 0;
  while (missing.size > 0 && iterator) {
    const outcome: Outcome<ReceivedRecords> = await client.call('GetRecords', { ShardIterator: iterator });
    if (outcome.kind === 'ok') {
      for (const { SequenceNumber, Data } of outcome.output.Records) {
        if (missing.delete(SequenceNumber)) bytes += Data.length;
      }
      iterator = outcome.output.NextShardIterator;
      if (missing.size === 0) break;
    } else if (outcome.kind === 'error' && isThrottle(outcome.code)) {
      refused += 1;
    } else {
      throw new Unobservable(`GetRecords was answered with ${outcome.kind === 'error' ? outcome.code : outcome.kind}`);
    }
    if (clock.monotonicNs() > untilNs) throw new Unobservable(`${missing.size} records of ${shardId} did not come`);
    await sleepFor(clock, POLL_PAUSE_NS);
  }
  return { bytes, refused };
}
