/** KIN-EFO-09: who follows a shard to its end is told where it goes on. The shard is split while it is followed and written to. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { ReceivedEvent } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { type Acknowledged, firstShard, put, putAll } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { openShards } from '../streams.ts';

const RECORDS = 20;
const LOOK_NS = NS_PER_S / 5;

export const kinEfo09 = statement({
  id: 'KIN-EFO-09',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model', 'guide'],
  sentence:
    'At the end of a closed shard, after all its records, a subscription pushes one event with ChildShards and no ContinuationSequenceNumber, and ends.',
  source: 'SubscribeToShardEvent, ChildShards and ContinuationSequenceNumber',
  fault: 'efo.silent-end',
  needs: ['fan-out', 'resharding'],
  lane: 'slow',
  uses: { streams: [2], shared: [], consumers: 1 },
  exercises: { 'shards closed under a subscription': 1, 'records of the parent': RECORDS },
  check: async (context) => {
    const { clock, settleNs } = context;
    const stream = await context.stream(1, 'fresh');
    const { ShardId: parent } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const following = await fan.follow({ consumer, shardId: parent, from: { Type: 'TRIM_HORIZON' } });
      const { children, written } = await split(context, stream, parent);
      context.count('shards closed under a subscription');
      context.count('records of the parent', written.length);
      const told = () =>
        following.events.some(({ event }) => event.ChildShards !== undefined && event.ChildShards !== null);
      const ended = await following.until(told, clock.monotonicNs() + settleNs + NS_PER_S);
      await following.until(() => following.ending !== undefined, clock.monotonicNs() + settleNs);
      const { ending, events } = following;
      const closed = `${parent} was split into ${children.join(' and ')} while a subscription followed it`;
      if (!ended && ending?.kind === 'broken') return unobserved(`${closed}; it ${endingSaid(ending)}`);
      if (!ended)
        return broken(`${closed}: of ${events.length} events none had ChildShards, and it ${endingSaid(ending)}`);
      const missing = written.filter((record) => !following.has(record.sequenceNumber));
      if (missing.length > 0) {
        return broken(
          `${closed}: its end was told before ${missing.length} of its records, first ${missing[0]!.sequenceNumber}`,
        );
      }
      const why = flawOf(events.at(-1)!.event, parent, children);
      if (why) return broken(`${closed}: the last event ${why}`);
      return ending
        ? holds(`${closed}: all ${written.length} records, then its children, then it ${endingSaid(ending)}`)
        : unobserved(`${closed}: its children were told, and it was still open ${settleNs / 1e9} s later`);
    });
  },
});

/** What the last event of a closed shard lacks. */
function flawOf(event: ReceivedEvent, parent: string, children: readonly string[]): string | undefined {
  const { ChildShards: told, ContinuationSequenceNumber: continuation } = event;
  if (!Array.isArray(told)) return 'is not the one with ChildShards';
  if (typeof continuation === 'string') return `has ContinuationSequenceNumber ${continuation}; AWS documents null`;
  const named = told.map((child: unknown) => Object(child) as Record<string, unknown>);
  const ids = named.map((child) => String(child['ShardId'])).sort();
  if (ids.join() !== [...children].sort().join()) return `names ${ids.join(' and ') || 'none'} as children`;
  const orphan = named.find(({ ParentShards: parents }) => !Array.isArray(parents) || !parents.includes(parent));
  return orphan && `names ${String(orphan['ShardId'])} with ParentShards ${JSON.stringify(orphan['ParentShards'])}`;
}

/** Splits the only shard of a stream in the middle, between puts; gives its children and what was written into it. */
async function split(
  context: Context,
  stream: Stream,
  parent: string,
): Promise<{ readonly children: readonly string[]; readonly written: readonly Acknowledged[] }> {
  const { clock, send, deadlineNs } = context;
  const keys = Array.from({ length: RECORDS }, (_, index) => `key-${index}`);
  const written = await putAll(context, stream, keys);
  const half = String(HASH_KEY_COUNT / 2n);
  await send('SplitShard', { StreamName: stream.name, ShardToSplit: parent, NewStartingHashKey: half });
  for (;;) {
    // Until it is closed, the parent is written to; what comes later belongs to a child.
    written.push(await put(context, stream, { key: 'meanwhile' }));
    const open = await openShards(send, stream.name);
    const children = open.map(({ ShardId }) => ShardId).filter((shardId) => shardId !== parent);
    if (children.length === 2 && open.length === 2) {
      return { children, written: written.filter(({ shardId }) => shardId === parent) };
    }
    if (clock.monotonicNs() > deadlineNs) throw new Unobservable(`${parent} was not split before the deadline`);
    await sleepFor(clock, LOOK_NS);
  }
}
