/**
 * The shell that npx puts between itself and the command. npm hands a signal on to that shell alone, which ends and leaves
 * the command behind: `npx kinebench serve & … kill $!` would leave a server. So who was started by npx looks, once a
 * second, whether its parent is still the same. Anybody else's parent may leave: that is how things are put into the background.
 */
import { NS_PER_S, sleepFor, type Clock } from '../clock.ts';

/** Resolves once the shell of npx is gone; never where npx has not started this process. Stops looking when `signal` aborts. */
export async function npxGone(clock: Clock, signal: AbortSignal): Promise<void> {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script } = process.env;
  const parent = process.ppid;
  const byNpx = event === 'npx' && /^'?kinebench\b/.test(script ?? '');
  if (!byNpx) return new Promise(() => {});
  while (process.ppid === parent && !signal.aborted) await sleepFor(clock, NS_PER_S, signal);
}
