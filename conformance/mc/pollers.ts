/** Several pollers of one shard, each slower than a reader alone may be, on one absolute schedule; and what they were answered. */
import { NS_PER_S } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { firstShard, iteratorAt, type Position } from '../records.ts';

export interface Pollers {
  readonly count: number;
  /** Calls a second of each. */
  readonly rate: number;
  readonly seconds: number;
  /** Where each reads, over and over. */
  readonly from: Position;
}

/** What all of them together were given. */
export interface Polled {
  readonly calls: number;
  readonly served: number;
  readonly throttled: number;
  /** Of data. */
  readonly bytes: number;
  /** From the first call to the last answer, in s. */
  readonly tookS: number;
}

/** Polls, and counts. An answer that is neither records nor a throttle leaves nothing to judge by. */
export async function poll(context: Context, stream: Stream, { count, rate, seconds, from }: Pollers): Promise<Polled> {
  const { clock, client } = context;
  const { ShardId: shardId } = firstShard(stream);
  const iterators: string[] = [];
  for (let poller = 0; poller < count; poller += 1) iterators.push(await iteratorAt(context, stream, shardId, from));
  const startNs = clock.monotonicNs();
  const calls = Array.from({ length: count * rate * seconds }, async (_, index) => {
    await clock.sleepUntil(startNs + (index * NS_PER_S) / (count * rate));
    return client.call('GetRecords', { ShardIterator: iterators[index % count]! });
  });
  let served = 0;
  let throttled = 0;
  let bytes = 0;
  for (const outcome of await Promise.all(calls)) {
    if (outcome.kind === 'ok') {
      served += 1;
      for (const { Data } of outcome.output.Records) bytes += Data.length;
    } else if (outcome.kind === 'error' && isThrottle(outcome.code)) {
      throttled += 1;
    } else {
      const came = outcome.kind === 'error' ? `${outcome.code} ${outcome.message}` : outcome.kind;
      throw new Unobservable(`GetRecords was answered with ${came}`);
    }
  }
  return { calls: calls.length, served, throttled, bytes, tookS: (clock.monotonicNs() - startNs) / NS_PER_S };
}
