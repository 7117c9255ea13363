/**
 * `kinebench serve`: the embedded reference alone, for any client, until it is told to end: by Ctrl-C, by a signal to the
 * process that it prints, by its control port, or by the end of the npx that started it.
 */
import { once } from 'node:events';
import { systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { startReferenceThread } from '../reference/thread.ts';
import { npxGone } from './npx-parent.ts';
import type { ServeArguments } from './serve-options.ts';
import { certificateOf, settings } from './serve-settings.ts';
import { welcome, whereabouts } from './serve-welcome.ts';

/** Runs it; resolves when it has ended, with `internal` where it died by itself. */
export async function serve(args: ServeArguments): Promise<ExitCode> {
  const ending = new AbortController();
  try {
    // From the start on: who ends the shell right after the first line is noticed too.
    return await served(args, npxGone(systemClock, ending.signal));
  } finally {
    ending.abort();
  }
}

async function served(args: ServeArguments, gone: Promise<void>): Promise<ExitCode> {
  const options = settings(args);
  const reference = await startReferenceThread({ ...options, certificate: await certificateOf(args) });
  const lines = args.json
    ? [JSON.stringify(whereabouts(reference, process.pid))]
    : welcome(reference, args, options, process.pid);
  for (const line of lines) console.log(line);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), reference.ended, gone]);
  await reference.stop();
  const died = reference.died();
  if (died !== null) console.error(`kinebench: the reference has died: ${died}`);
  return died === null ? ExitCode.pass : ExitCode.internal;
}
