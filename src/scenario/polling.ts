/** What a scenario says of consumers that poll, and of them only: when they poll, from where on, and what they do with an answer. */
import { GET_RECORDS_MAX } from '../protocol/limits.ts';
import type { Cursor } from './cursor.ts';
import type { Pacing, PollingFleet, TimedStart } from './plan.ts';
import { TextFault } from './text-fault.ts';
import { parseDurationNs } from './units.ts';

const POLL_EVERY_NS_DEFAULT = 200e6;
const POLL_EVERY_NS_MIN = 10e6;
/** Attempts of the AWS SDKs in standard mode. */
const ATTEMPTS_MAX = 3;

/** Keys that only a fleet that polls has. */
export const pollingKeys = ['every', 'limit', 'pacing', 'idle', 'processing', 'checkpoint', 'retry'] as const;

/** What a polling fleet says beyond what every consumer does. */
export function resolvePolling(
  at: Cursor,
  pacing: Pacing,
): Omit<PollingFleet, 'kind' | 'name' | 'client' | 'stream' | 'agents' | 'timeoutNs'> {
  const every = at.at('every');
  const everyNs = every.parse(parseDurationNs) ?? POLL_EVERY_NS_DEFAULT;
  if (everyNs < POLL_EVERY_NS_MIN) every.fault(`${every.text()} between two polls is too short`, 'at least 10ms');
  const processing = at.at('processing').parse(parseProcessing);
  const checkpointNs = at.at('checkpoint').parse(parseDurationNs);
  return {
    method: 'polling',
    from: at.at('from').parse(parseStart) ?? 'LATEST',
    everyNs: Math.max(everyNs, POLL_EVERY_NS_MIN),
    pacing,
    limit: at.at('limit').integer(GET_RECORDS_MAX),
    // Absent rather than the default: a plan of before there were these keeps its hash.
    ...(at.at('idle').value === 'caught-up' ? { idle: 'caught-up' } : {}),
    ...(processing ? { processing } : {}),
    ...(checkpointNs ? { checkpointNs } : {}),
    ...(at.at('retry').value === 'sdk' ? { retry: { policy: 'sdk', attemptsMax: ATTEMPTS_MAX } } : {}),
  };
}

/** `LATEST`, `TRIM_HORIZON`, `AT_TIMESTAMP(start - 10s)`. Throws TextFault. */
export function parseStart(text: string): 'LATEST' | 'TRIM_HORIZON' | TimedStart {
  if (text === 'LATEST' || text === 'TRIM_HORIZON') return text;
  const timed = /^AT_TIMESTAMP\(\s*start\s*(?:([+-])\s*([^)]*?)\s*)?\)$/.exec(text);
  if (!timed)
    throw new TextFault(`"${text}" is no place to begin`, 'LATEST, TRIM_HORIZON or AT_TIMESTAMP(start - 10s)');
  const [, sign, offset] = timed;
  return { atNs: offset === undefined ? 0 : (sign === '-' ? -1 : 1) * parseDurationNs(offset) };
}

/** `5ms/record` or `50ms/page`. Throws TextFault. */
export function parseProcessing(text: string): { recordNs: number; pageNs: number } {
  const written = /^(.*?)\s*\/\s*(record|page)$/.exec(text.trim());
  if (!written) throw new TextFault(`"${text}" does not say what takes the time`, '5ms/record or 50ms/page');
  const ns = parseDurationNs(written[1]!);
  return written[2] === 'record' ? { recordNs: ns, pageNs: 0 } : { recordNs: 0, pageNs: ns };
}
