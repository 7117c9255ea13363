/**
 * What several statements of a session judge, and only the first that asks has to make: a stream that was resharded, a load
 * that was throttled. It is made anew where an hour has passed, because what it was made of may have expired on a virtual clock.
 */
import { NS_PER_S } from '../src/clock.ts';
import type { Context } from './context.ts';

const LIFE_NS = 3600 * NS_PER_S;

/** Something that is made once in each session. */
export class Prepared<T> {
  readonly #make: (context: Context) => Promise<T>;
  readonly #made = new WeakMap<object, { readonly atNs: number; readonly what: Promise<T> }>();

  constructor(make: (context: Context) => Promise<T>) {
    this.#make = make;
  }

  /** It, as it was made for whoever asked first; one that could not be made is tried again by whoever asks next. */
  for(context: Context): Promise<T> {
    const { session, clock } = context;
    const known = this.#made.get(session);
    if (known && clock.monotonicNs() - known.atNs < LIFE_NS) return known.what;
    const what = this.#make(context);
    this.#made.set(session, { atNs: clock.monotonicNs(), what });
    what.catch(() => this.#made.delete(session));
    return what;
  }
}
