/**
 * KIN-MC-04: who does not take what is pushed holds up nobody else. One consumer takes everything, another one of the same shard
 * takes nothing while megabytes are written, and then leaves. What the first one was not given, and got as soon as the other one was
 * gone, was held up by it. How much the connection itself holds for a reader that takes nothing is the endpoint's and the machine's.
 */
import { NS_PER_S } from '../../src/clock.ts';
import type { SubscribeOutcome } from '../../src/wire/subscription.ts';
import type { Context, Stream } from '../context.ts';
import { type Wanted, withFanOut } from '../fan-out.ts';
import { endingSaid, type Following } from '../following.ts';
import { firstShard, put } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

const RECORD_BYTES = 400_000;
/** So many before the slow one is there, and while it is. */
const ALONE = 5;
const BESIDE = 15;
/** From one put to the next, in ns: a shard takes 1 MiB a second. */
const PUT_NS = NS_PER_S * 0.45;

export const kinMc04 = statement({
  id: 'KIN-MC-04',
  level: 'SHOULD',
  profile: 'extended',
  evidence: ['inferred'],
  sentence: 'A consumer that does not take what it is pushed does not delay another consumer of the shard.',
  source: 'Enhanced fan-out (throughput of each consumer is its own)',
  fault: 'mc.head-of-line',
  needs: ['fan-out'],
  lane: 'sentinel',
  uses: { streams: [1], shared: [], seconds: 20, payloadUnits: 510, consumers: 2 },
  exercises: { 'records pushed alone': ALONE, 'records put beside a slow consumer': BESIDE },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    return withFanOut(context, stream, async (fan) => {
      const wanted = async (): Promise<Wanted> => ({
        consumer: await fan.consumer(),
        shardId,
        from: { Type: 'LATEST' },
      });
      const [fastWanted, slowWanted] = await Promise.all([wanted(), wanted()]);
      const fast = await fan.follow(fastWanted);
      const alone = await delays(context, stream, fast, ALONE);
      context.count('records pushed alone', alone.filter(Number.isFinite).length);
      if (!alone.every(Number.isFinite))
        return unobserved(`alone, it was not pushed every record; it ${endingSaid(fast.ending)}`);
      const leaving = new AbortController();
      const slow = await slowly(context, slowWanted, leaving.signal);
      if (slow.kind !== 'ok') return unobserved(`a second consumer could not subscribe: ${slow.kind}`);
      try {
        const beside = await delays(context, stream, fast, BESIDE);
        context.count('records put beside a slow consumer', beside.length);
        return await judge(context, { fast, alone, beside, leave: () => leaving.abort() });
      } finally {
        leaving.abort();
      }
    });
  },
});

/** A subscription whose messages nobody takes, over a connection of its own: two readers of one connection hold each other up. */
function slowly(context: Context, { consumer, shardId, from }: Wanted, signal: AbortSignal): Promise<SubscribeOutcome> {
  const { protocol, subscriptions = protocol } = context.world.endpoint.transport ?? {};
  const client = context.speaking(subscriptions === undefined ? {} : { protocol: subscriptions, subscriptions });
  return client.subscribe({ ConsumerARN: consumer, ShardId: shardId, StartingPosition: from }, { signal });
}

/** Puts records at a steady rate and gives, for each, the time from its acknowledgement to its push in ms; infinite where it did not come. */
async function delays(context: Context, stream: Stream, following: Following, count: number): Promise<number[]> {
  const { clock, settleNs } = context;
  const acknowledged: { readonly sequenceNumber: string; readonly atNs: number }[] = [];
  const startNs = clock.monotonicNs();
  for (let index = 0; index < count; index += 1) {
    const data = Buffer.alloc(RECORD_BYTES, `${index} `).toString('base64');
    const { sequenceNumber } = await put(context, stream, { key: 'large', data });
    acknowledged.push({ sequenceNumber, atNs: clock.monotonicNs() });
    await clock.sleepUntil(startNs + (index + 1) * PUT_NS);
  }
  const last = acknowledged.at(-1)!.sequenceNumber;
  await following.until(() => following.has(last), clock.monotonicNs() + settleNs);
  return acknowledged.map(({ sequenceNumber, atNs }) => {
    const event = following.events.find(({ event: { Records } }) =>
      Records.some((record) => record.SequenceNumber === sequenceNumber),
    );
    return event ? Math.max(0, (event.receivedNs - atNs) / 1e6) : Number.POSITIVE_INFINITY;
  });
}

interface Seen {
  readonly fast: Following;
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Lets the slow one go. */
  readonly leave: () => void;
}

async function judge({ clock, settleNs }: Context, { fast, alone, beside, leave }: Seen): Promise<Finding> {
  const held = beside.filter((ms) => !Number.isFinite(ms)).length;
  const before = fast.records.length;
  if (held > 0) {
    leave();
    const untilNs = clock.monotonicNs() + settleNs + 10 * NS_PER_S;
    const freed = await fast.until(() => fast.records.length >= before + held, untilNs);
    const said = `${held} of ${beside.length} records were not pushed within ${settleNs / 1e9} s while another consumer took nothing`;
    return freed
      ? broken(`${said}, and all of them when it had gone`)
      : unobserved(`${said}, nor when it had gone; it ${endingSaid(fast.ending)}`);
  }
  const [aloneMs, besideMs] = [Math.max(...alone), Math.max(...beside)];
  const said = `the slowest push took ${aloneMs.toFixed(0)} ms alone, ${besideMs.toFixed(0)} ms beside a consumer that took nothing`;
  return besideMs > 1000 && besideMs > 10 * aloneMs ? loose(said) : holds(said);
}
