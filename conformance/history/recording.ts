/** A history that many statements are judged by is recorded once: by whichever of them asks first in a session. */
import type { Context } from '../context.ts';
import type { World } from '../world.ts';

/** `record`, done once in a session; one that failed is tried again by whoever asks next. */
export function onceInSession<T>(record: (context: Context) => Promise<T>): (context: Context) => Promise<T> {
  const recordings = new WeakMap<World, Promise<T>>();
  return (context) => {
    const { world } = context;
    const recording = recordings.get(world) ?? record(context);
    recordings.set(world, recording);
    recording.catch(() => recordings.delete(world));
    return recording;
  };
}
