/** KIN-REP-02: a replay from a checkpoint is the rest of the whole. */
import { busyStream, type BusyStream } from '../history/busy-stream.ts';
import type { Context } from '../context.ts';
import { contentsOf, findingOf, type Read } from '../history/history.ts';
import { suffixDiffers } from '../history/stability.ts';
import { read } from '../records.ts';
import { statement } from '../statement.ts';

/** In each shard. Each costs one of the five reads that a shard gives in a second. */
const CHECKPOINTS = 10;

export const kinRep02 = statement({
  id: 'KIN-REP-02',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A read AT or AFTER the sequence number of any record gives what a read of the whole shard gives from there on.',
  source: 'GetShardIterator, AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER',
  fault: 'replay.from-block-start',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { checkpoints: 2 * CHECKPOINTS, 'shards hit': 2 },
  check: async (context) => {
    const busy = await busyStream(context);
    const breaches = await Promise.all(busy.stream.shards.map(({ ShardId }) => replays(context, busy, ShardId)));
    return findingOf(breaches.flat(), `reads from ${2 * CHECKPOINTS} sequence numbers gave the rest of their shards`);
  },
});

async function replays(context: Context, { stream, scans }: BusyStream, shardId: string): Promise<string[]> {
  const whole = contentsOf(scans.findLast((scan) => scan.shardId === shardId)!);
  const breaches: string[] = [];
  for (let trial = 0; trial < CHECKPOINTS && whole.length > 1 && breaches.length === 0; trial += 1) {
    // Not at the last one: behind it there is nothing to be seen.
    const at = context.random.below(whole.length - 1);
    const type = trial % 2 === 0 ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER';
    const { sequenceNumber } = whole[at]!;
    const rest = whole.slice(trial % 2 === 0 ? at : at + 1);
    const records = await read(context, stream, shardId, { type, sequenceNumber }, { expect: expected(rest, shardId) });
    const got = records.map((record) => ({
      sequenceNumber: record.SequenceNumber,
      key: record.PartitionKey,
      data: record.Data.toString('base64'),
      arrivalS: record.ApproximateArrivalTimestamp,
    }));
    context.count('checkpoints');
    breaches.push(...suffixDiffers(`a read ${type} ${sequenceNumber} of ${shardId}`, rest, got));
  }
  return breaches;
}

function expected(rest: readonly Read[], shardId: string) {
  return rest.map(({ key = '', data, sequenceNumber }) => ({ partitionKey: key, data, shardId, sequenceNumber }));
}
