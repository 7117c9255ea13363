/**
 * KIN-EFO-04: a subscription that was cut is continued without a gap. A writer goes on while two shards are followed; each
 * subscription is left after three events and continued from the last ContinuationSequenceNumber, one shard AT it and then AFTER
 * it, the other the other way round. Takes twelve seconds: five have to pass between two subscriptions.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { RESUBSCRIBE_MS } from '../../src/protocol/limits.ts';
import type { StartingPosition } from '../../src/protocol/operations.ts';
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { disagreement } from '../agreement.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type FanOut, NotSubscribed, withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { type Acknowledged, put, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

/** So often each shard's subscription is cut, and after so many events with records. */
const CUTS = 2;
const EVENTS = 3;
/** Pause between two puts to a shard, in ns. */
const PUT_PAUSE_NS = 100_000_000;
/** How long three events may take, in ns. */
const EVENTS_NS = 20 * NS_PER_S;
/** From one subscription to the next, in ns: the five seconds that AWS demands, and a little. */
const RESUBSCRIBE_NS = (RESUBSCRIBE_MS + 200) * 1_000_000;

const kinds = ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const;

export const kinEfo04 = statement({
  id: 'KIN-EFO-04',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'A subscription that starts AT or AFTER the last ContinuationSequenceNumber of the one before continues it without a gap.',
  source: 'SubscribeToShardEvent, ContinuationSequenceNumber',
  fault: 'efo.continuation-ahead',
  needs: ['fan-out'],
  uses: { streams: [2], shared: [], seconds: 20, records: 320, consumers: 1 },
  exercises: { 'subscriptions continued': 2 * CUTS, 'records pushed': 2 * EVENTS * CUTS },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const writing = new AbortController();
      const written = stream.ranges.map(({ start }) => write(context, stream, start, writing.signal));
      const chains = stream.shards.map(({ ShardId }, index) =>
        chain(context, fan, { consumer, shardId: ShardId }, index),
      );
      const [links, acknowledged] = await Promise.all([
        Promise.all(chains).finally(() => writing.abort()),
        Promise.all(written),
      ]);
      for (const [index, { ShardId: shardId }] of stream.shards.entries()) {
        const log = await sweep(context, stream, shardId, acknowledged[index]!);
        const why = gapOf(links[index]!, log);
        if (why) return broken(`${shardId}: ${why}`);
      }
      return holds(`${links.flat().length - links.length} subscriptions continued where the one before had been left`);
    });
  },
});

/** One subscription of a chain. */
interface Link {
  readonly from: StartingPosition;
  readonly records: readonly ReceivedRecord[];
  /** How it was refused, where it was. */
  readonly refused?: string;
}

/** Puts records to a shard until it is told to stop. */
async function write(context: Context, stream: Stream, hashKey: bigint, signal: AbortSignal): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  while (!signal.aborted && context.clock.monotonicNs() < context.deadlineNs) {
    acknowledged.push(await put(context, stream, { key: 'writer', explicitHashKey: hashKey }));
    await sleepFor(context.clock, PUT_PAUSE_NS, signal);
  }
  return acknowledged;
}

/** Follows a shard by subscriptions that are left and continued. */
async function chain(
  context: Context,
  fan: FanOut,
  whom: { readonly consumer: string; readonly shardId: string },
  offset: number,
): Promise<Link[]> {
  const { clock } = context;
  const links: Link[] = [];
  let from: StartingPosition = { Type: 'TRIM_HORIZON' };
  for (let cut = 0; cut <= CUTS; cut += 1) {
    const following = await fan.follow({ ...whom, from }).catch((error: unknown) => {
      // A number that came from the endpoint itself is good to start at.
      const refused = cut > 0 && error instanceof NotSubscribed && /Validation|InvalidArgument/.test(error.code);
      if (!refused) throw error;
      links.push({ from, records: [], refused: error.message });
      return undefined;
    });
    if (!following) return links;
    const enough = () => following.events.filter(({ event }) => event.Records.length > 0).length >= EVENTS;
    if (!(await following.until(enough, clock.monotonicNs() + EVENTS_NS))) {
      throw new Unobservable(
        `of the subscription to ${whom.shardId} at ${JSON.stringify(from)} came ${following.records.length} records; it ${endingSaid(following.ending)}`,
      );
    }
    await following.stop();
    const { records, continuation } = following;
    context.count('records pushed', records.length);
    if (cut > 0) context.count('subscriptions continued');
    links.push({ from, records });
    if (continuation === undefined) throw new Unobservable('no event had a ContinuationSequenceNumber');
    from = { Type: kinds[(cut + offset) % 2]!, SequenceNumber: continuation };
    if (cut < CUTS) await clock.sleepUntil(following.answeredNs + RESUBSCRIBE_NS);
  }
  return links;
}

/** What was left out between two subscriptions of a chain, or within one. */
function gapOf(links: readonly Link[], log: readonly ReceivedRecord[]): string | undefined {
  const places = new Map(log.map((record, place) => [record.SequenceNumber, place]));
  for (const [index, { from, records, refused }] of links.entries()) {
    if (refused) return `${refused}; AWS documents that a ContinuationSequenceNumber is a place to start at`;
    const why = disagreement(records, log);
    if (why) return `of a subscription at ${JSON.stringify(from)}: ${why}`;
    const before = links[index - 1]?.records.at(-1)?.SequenceNumber;
    const first = records[0]!.SequenceNumber;
    const due = before === undefined ? log[0] : log[places.get(before)! + 1];
    if (due && compareSequenceNumbers(first, due.SequenceNumber) > 0) {
      const left = (places.get(first) ?? 0) - places.get(due.SequenceNumber)!;
      return `a subscription ended with ${before ?? 'nothing'}, the next one at ${JSON.stringify(from)} began with ${first}: ${left} records were left out, first ${due.SequenceNumber}`;
    }
  }
  return undefined;
}
