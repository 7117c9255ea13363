/** A stream with the longest name that there is, for as long as it is needed. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { openShards, rangeOf } from '../streams.ts';

const NAME_LENGTH = 128;
const LOOK_NS = NS_PER_S / 4;

/** Makes it, lets it be used, and removes it. The name begins as those of the run do, by which its streams are swept. */
export async function withLongName<T>(context: Context, use: (stream: Stream) => Promise<T>): Promise<T> {
  const { name: shared } = await context.stream(1);
  const name = `${shared}-long-`.padEnd(NAME_LENGTH, 'n');
  await context.send('CreateStream', { StreamName: name, ShardCount: 1 });
  try {
    for (;;) {
      const { StreamDescription } = await context.send('DescribeStream', { StreamName: name });
      if (StreamDescription.StreamStatus === 'ACTIVE') break;
      if (context.clock.monotonicNs() > context.deadlineNs) throw new Unobservable(`stream ${name} is not ACTIVE`);
      await sleepFor(context.clock, LOOK_NS);
    }
    const shards = await openShards((operation, input) => context.send(operation, input), name);
    return await use({ name, shards, ranges: shards.map(rangeOf) });
  } finally {
    // What cannot be removed here is removed with the run.
    await context.send('DeleteStream', { StreamName: name }).catch(() => {});
  }
}
