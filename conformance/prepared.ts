/**
 * What several statements of a session judge, and only the first that asks has to make: a history that was recorded, a stream that
 * was resharded, a load that was throttled. It is made anew where an hour has passed, because what it was made of may have expired
 * on a virtual clock, and where its streams had to make room for others.
 */
import { NS_PER_S } from '../src/clock.ts';
import type { Context, Stream } from './context.ts';

const LIFE_NS = 3600 * NS_PER_S;

interface Made<T> {
  readonly atNs: number;
  readonly streams: readonly Stream[];
  readonly what: Promise<T>;
}

/** Something that is made once in each session. */
export class Prepared<T> {
  readonly #make: (context: Context) => Promise<T>;
  readonly #made = new WeakMap<object, Made<T>>();

  constructor(make: (context: Context) => Promise<T>) {
    this.#make = make;
  }

  /** It, as it was made for whoever asked first; one that could not be made is tried again by whoever asks next. */
  for(context: Context): Promise<T> {
    const { session, clock } = context;
    const known = this.#made.get(session);
    const isYoung = known !== undefined && clock.monotonicNs() - known.atNs < LIFE_NS;
    // Every one of them is asked for: those that are there are to stay.
    if (isYoung && known.streams.filter((stream) => !context.holds(stream)).length === 0) return known.what;
    const streams: Stream[] = [];
    const keeping = async (shards: number) => {
      const stream = await context.stream(shards, 'kept');
      streams.push(stream);
      return stream;
    };
    const what = this.#make({ ...context, stream: keeping });
    this.#made.set(session, { atNs: clock.monotonicNs(), streams, what });
    what.catch(() => this.#made.delete(session));
    return what;
  }
}
