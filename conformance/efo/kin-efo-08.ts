/**
 * KIN-EFO-08: what is pushed to a consumer is its own. A backlog is pushed to one consumer alone, then to three at once while a
 * poller takes everything that a shard gives to pollers. Only a rate below what AWS documents counts, and only where one consumer
 * alone got it, polls were throttled, and one poll came fast enough for all of them: an endpoint that limits nothing and is slow by
 * itself, or is behind a slow line, is not judged. Writing the backlog takes four seconds: a shard takes 1 MiB/s.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { FAN_OUT_BYTES_PER_S } from '../../src/protocol/limits.ts';
import { answerOf, attempt } from '../attempt.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type FanOut, withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { bytesOf } from '../full-answer.ts';
import { type Acknowledged, firstShard, horizon, iteratorAt, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const RECORDS = 9;
const RECORD_BYTES = 450_000;
const CROWD = 3;
/** So much of the documented rate is demanded: bursts, and the way there and back, are left out of account. */
const DEMANDED = 0.6;
/** A crowd that was too slow is looked at once more. */
const TRIALS = 2;
/** How long one push of the backlog may take, in ns. */
const PUSH_NS = 8 * NS_PER_S;
/** Pause between two polls, in ns: five a second are allowed. */
const POLL_PAUSE_NS = 220_000_000;

export const kinEfo08 = statement({
  id: 'KIN-EFO-08',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'Each consumer is pushed up to 2 MiB a second of each shard, whatever pollers of the shard and other consumers are given.',
  source: 'RegisterStreamConsumer (2 MiB per second per shard for each consumer, regardless of others)',
  fault: 'efo.shared-quota',
  needs: ['fan-out'],
  uses: { streams: [1], shared: [], payloadUnits: 260, consumers: 4 },
  exercises: { 'pushes alone': 1, 'pushes in a crowd': CROWD, polls: 3 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const backlog = await putBacklog(context, stream);
    return withFanOut(context, stream, async (fan) => {
      // At once: each may be CREATING for half a minute, and five may be.
      const crowd = await Promise.all(Array.from({ length: 1 + CROWD }, () => fan.consumer()));
      const single = crowd.shift()!;
      const alone = await pushedRate(fan, single, stream, backlog);
      context.count('pushes alone');
      const least = FAN_OUT_BYTES_PER_S * DEMANDED;
      if (alone < least) return unobserved(`one consumer alone was pushed ${said(alone)}`);
      let slowest = 0;
      for (let trial = 0; trial < TRIALS && slowest < least; trial += 1) {
        const { rates, throttled } = await crowdRates(context, fan, crowd, stream, backlog);
        slowest = Math.min(...rates);
        if (slowest >= least || throttled > 0) continue;
        return unobserved(
          `of ${CROWD} at once the slowest was pushed ${said(slowest)}, but no poll was throttled: it is slow by itself`,
        );
      }
      const both = `one consumer alone was pushed ${said(alone)}; of ${CROWD} at once, beside a poller, the slowest ${said(slowest)}`;
      if (slowest >= least) return holds(both);
      const way = await pulledRate(context, stream);
      return way < (CROWD + 1) * FAN_OUT_BYTES_PER_S
        ? unobserved(`${both}; but the way here carries ${said(way)} only, as one poll shows`)
        : broken(`${both}; AWS documents 2 MiB/s for each`);
    });
  },
});

function said(bytesPerS: number): string {
  return `${(bytesPerS / 1_048_576).toFixed(2)} MiB/s`;
}

/** Some megabytes that can be read. */
async function putBacklog(context: Context, stream: Stream): Promise<readonly Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    const data = Buffer.alloc(RECORD_BYTES, `${index} `).toString('base64');
    acknowledged.push(await put(context, stream, { key: 'backlog', data }));
  }
  await sweep(context, stream, firstShard(stream).ShardId, acknowledged);
  return acknowledged;
}

/** How fast the backlog is pushed to a consumer, in bytes per second. */
async function pushedRate(
  fan: FanOut,
  consumer: string,
  stream: Stream,
  backlog: readonly Acknowledged[],
): Promise<number> {
  const { ShardId: shardId } = firstShard(stream);
  const following = await fan.follow({ consumer, shardId, from: { Type: 'TRIM_HORIZON' } });
  const last = backlog.at(-1)!.sequenceNumber;
  const came = await following.until(() => following.has(last), following.answeredNs + PUSH_NS);
  const receivedNs = following.events.at(-1)?.receivedNs ?? 0;
  const bytes = following.records.reduce((sum, record) => sum + record.Data.length, 0);
  await following.stop();
  if (!came && following.ending) {
    throw new Unobservable(`the subscription ${endingSaid(following.ending)} before the backlog was pushed`);
  }
  const tookNs = came ? receivedNs - following.answeredNs : PUSH_NS;
  return (bytes * NS_PER_S) / Math.max(1, tookNs);
}

/** How fast the backlog comes in the first answer that has some of it, in bytes per second: what the way here can carry, at the least. */
async function pulledRate(context: Context, stream: Stream): Promise<number> {
  const { clock, deadlineNs } = context;
  let iterator = await iteratorAt(context, stream, firstShard(stream).ShardId, horizon);
  for (;;) {
    const pulled = await attempt(context, 'GetRecords', { ShardIterator: iterator });
    if (pulled.kind !== 'ok') throw new Unobservable(`GetRecords was answered with ${answerOf(pulled)}`);
    const bytes = bytesOf(pulled.output.Records);
    if (bytes > 0) return (bytes * NS_PER_S) / Math.max(1, pulled.answeredNs - pulled.sentNs);
    const next = pulled.output.NextShardIterator;
    if (!next || clock.monotonicNs() > deadlineNs)
      throw new Unobservable('no poll was answered with any of the backlog');
    iterator = next;
    await sleepFor(clock, POLL_PAUSE_NS);
  }
}

/** The rates of several consumers at once, while a poller spends what pollers have. */
async function crowdRates(
  context: Context,
  fan: FanOut,
  crowd: readonly string[],
  stream: Stream,
  backlog: readonly Acknowledged[],
): Promise<{ readonly rates: readonly number[]; readonly throttled: number }> {
  const polling = new AbortController();
  const poller = poll(context, stream, polling.signal);
  // The first poll leaves pollers without a budget before anything is pushed.
  const pushes = sleepFor(context.clock, POLL_PAUSE_NS).then(() =>
    Promise.all(crowd.map((consumer) => pushedRate(fan, consumer, stream, backlog))),
  );
  const [rates, throttled] = await Promise.all([pushes.finally(() => polling.abort()), poller]);
  context.count('pushes in a crowd', rates.length);
  return { rates, throttled };
}

/** Reads the shard from its oldest record, over and over, as fast as it may; gives how often it was refused as too much. */
async function poll(context: Context, stream: Stream, signal: AbortSignal): Promise<number> {
  const iterator = await iteratorAt(context, stream, firstShard(stream).ShardId, horizon);
  let throttled = 0;
  while (!signal.aborted) {
    const outcome = await context.client.call('GetRecords', { ShardIterator: iterator });
    if (outcome.kind === 'error' && isThrottle(outcome.code)) throttled += 1;
    context.count('polls');
    await sleepFor(context.clock, POLL_PAUSE_NS, signal);
  }
  return throttled;
}
