/** A stream with the longest name that there is, for as long as it is needed. */
import { created } from '../api/own-streams.ts';
import type { Context, Stream } from '../context.ts';

const NAME_LENGTH = 128;

/** Makes it, lets it be used, and removes it. The name begins as those of the run do, by which its streams are swept. */
export async function withLongName<T>(context: Context, use: (stream: Stream) => Promise<T>): Promise<T> {
  const { name: shared } = await context.stream(1);
  const name = `${shared}-long-`.padEnd(NAME_LENGTH, 'n');
  try {
    return await use(await created(context, { StreamName: name, ShardCount: 1 }));
  } finally {
    // What cannot be removed here is removed with the run.
    await context.send('DeleteStream', { StreamName: name }).catch(() => {});
  }
}
