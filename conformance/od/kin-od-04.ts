/**
 * KIN-OD-04: the mode of a stream is a matter of its bill, not of its data. A stream is switched to on-demand and back, as often as
 * a day allows, while a writer goes on; what was there before has to be there afterwards, in its order, in the same shards.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { StreamMode } from '../../src/protocol/operations.ts';
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { disagreement } from '../agreement.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type Acknowledged, absent, put, putAll, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { active } from './on-demand-stream.ts';

const RECORDS = 60;
const modes = ['ON_DEMAND', 'PROVISIONED'] as const;
const PUT_PAUSE_NS = 100_000_000;

export const kinOd04 = statement({
  id: 'KIN-OD-04',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model', 'guide'],
  sentence:
    'A switch between provisioned and on-demand mode leaves the shards of a stream and their records, in their order, as they are.',
  source: 'UpdateStreamMode; choosing the mode (the shard count is kept)',
  fault: 'od.switch-truncates',
  needs: [],
  uses: { streams: [2], shared: [], records: 120, onDemand: 1 },
  exercises: { 'switches seen': modes.length, 'records from before a switch': 2 * RECORDS },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const keys = Array.from({ length: RECORDS }, (_, index) => `key-${index}`);
    const acknowledged = await putAll(context, stream, keys);
    for (const mode of modes) {
      const before = await logs(context, stream, acknowledged);
      const writing = new AbortController();
      const [, meanwhile] = await Promise.all([
        switchTo(context, stream, mode).finally(() => writing.abort()),
        write(context, stream, writing.signal),
      ]);
      context.count('switches seen');
      acknowledged.push(...meanwhile);
      const after = await logs(context, stream, acknowledged);
      for (const [shardId, old] of before) {
        const now = after.get(shardId) ?? [];
        context.count('records from before a switch', old.length);
        const lost = old.filter(
          ({ SequenceNumber }) => !now.some((record) => record.SequenceNumber === SequenceNumber),
        );
        const why =
          lost.length > 0
            ? `${lost.length} of ${old.length} records that could be read before are not there, first ${lost[0]!.SequenceNumber}`
            : disagreement(old, now, now[0]?.SequenceNumber);
        if (why) return broken(`${shardId}, after a switch to ${mode}: ${why}`);
      }
      const unread = absent(acknowledged, [...after.values()].flat());
      if (unread.length > 0) {
        return broken(
          `of records acknowledged during a switch to ${mode}, ${unread.length} cannot be read, first ${unread[0]!.sequenceNumber}`,
        );
      }
    }
    return holds(`${acknowledged.length} records were the same before and after ${modes.length} switches`);
  },
});

/** What each shard of the stream holds; those among them that records came into since it was made: AWS may scale it on demand. */
async function logs(
  context: Context,
  stream: Stream,
  expect: readonly Acknowledged[],
): Promise<ReadonlyMap<string, ReceivedRecord[]>> {
  const ids = new Set([...stream.shards.map(({ ShardId }) => ShardId), ...expect.map(({ shardId }) => shardId)]);
  const swept = [...ids].map(async (id) => [id, await sweep(context, stream, id, expect)] as const);
  return new Map(await Promise.all(swept));
}

/** Switches the mode and waits until the switch is over. */
async function switchTo(context: Context, stream: Stream, mode: StreamMode): Promise<void> {
  const { clock, deadlineNs, send } = context;
  const { StreamARN } = await active(context, stream.name);
  if (typeof StreamARN !== 'string') throw new Unobservable('DescribeStreamSummary gave no StreamARN');
  await send('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: mode } });
  for (;;) {
    const { StreamModeDetails: told } = await active(context, stream.name);
    if (told?.StreamMode === mode) return;
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable(`the stream is still ${told?.StreamMode}, not ${mode}`);
    await sleepFor(clock, NS_PER_S / 5);
  }
}

/** Puts records until it is told to stop. */
async function write(context: Context, stream: Stream, signal: AbortSignal): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  while (!signal.aborted && context.clock.monotonicNs() < context.deadlineNs) {
    acknowledged.push(await put(context, stream, { key: `meanwhile-${acknowledged.length}` }));
    await sleepFor(context.clock, PUT_PAUSE_NS, signal);
  }
  return acknowledged;
}
