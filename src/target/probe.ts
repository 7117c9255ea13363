/** One call before the work: does the target answer as Kinesis does, and to these keys? */
import { type Clock, NS_PER_S } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { isThrottle } from '../protocol/errors.ts';
import { createClient } from '../wire/client.ts';
import type { RunningTarget } from './target.ts';

/** How long a target may take to answer the probe, in ns. */
const PROBE_TIMEOUT_NS = 5 * NS_PER_S;

/**
 * Asks for one ListStreams. A throttle counts as an answer. Throws `target-unreachable` when nothing answers and
 * `target-refused` when something does but refuses (both exit 7).
 */
export async function probe(target: Pick<RunningTarget, 'name' | 'kinesis'>, clock: Clock): Promise<void> {
  const client = createClient(target.kinesis, clock);
  const { url } = target.kinesis;
  try {
    const outcome = await client.call('ListStreams', { Limit: 1 }, { timeoutNs: PROBE_TIMEOUT_NS });
    if (outcome.kind === 'ok' || (outcome.kind === 'error' && isThrottle(outcome.code))) return;
    if (outcome.kind === 'error') {
      throw new OperatorError(`${target.name} at ${url} refuses ListStreams: ${outcome.code}: ${outcome.message}`, {
        code: 'target-refused',
        hint: 'is it a Kinesis endpoint, are the keys and the region right, and may they list streams?',
        exitCode: ExitCode.unreachable,
      });
    }
    const cause = outcome.kind === 'timeout' ? `no answer within ${PROBE_TIMEOUT_NS / NS_PER_S} s` : outcome.message;
    throw new OperatorError(`${target.name} cannot be reached at ${url}: ${cause}`, {
      code: 'target-unreachable',
      hint: 'is it running, and is the port right? `--target embedded` needs nothing to be running',
      exitCode: ExitCode.unreachable,
    });
  } finally {
    client.close();
  }
}
