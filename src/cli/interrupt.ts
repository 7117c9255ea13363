/**
 * Ctrl-C: the first one asks the run to stop, write what it measured and remove what it made; the second one ends the process
 * at once, with what is then left to `kinebench sweep`.
 */
import { ExitCode } from '../exit-code.ts';

/** A signal that aborts at the first SIGINT or SIGTERM. Dispose it to give the signals back. */
export function interruptible(): { readonly signal: AbortSignal } & Disposable {
  const abort = new AbortController();
  const onSignal = () => {
    if (abort.signal.aborted) {
      process.stderr.write(
        'kinebench: left at once; a stream made for this run may remain, `kinebench sweep` removes it once it has expired\n',
      );
      process.exit(ExitCode.interrupted);
    }
    process.stderr.write('\nkinebench: stopping; results are written and streams removed (again to leave at once)\n');
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
