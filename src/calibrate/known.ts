/**
 * The known answer: what a stub's log says happened, worked out by sorting, with no histogram and nothing of ours in between.
 * The pacing error is how late requests arrived against their due times: the machine's noise, which no tool on it can be better than.
 */
import type { StubOutcome } from './behaviour.ts';
import type { LogEntry } from './stub.ts';

/** Latencies of one outcome in ns, ascending. */
export interface KnownLatency {
  readonly response: readonly number[];
  readonly service: readonly number[];
}

export interface Known {
  readonly requests: number;
  /** Requests that the log holds more than once; must be none. */
  readonly repeated: number;
  readonly outcomes: Readonly<Record<StubOutcome, KnownLatency>>;
  /** Arrived after due, in ns, ascending. */
  readonly pacing: readonly number[];
}

export function knownFrom(log: readonly LogEntry[]): Known {
  const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  const of = (outcome: StubOutcome): KnownLatency => {
    const own = log.filter((entry) => entry.outcome === outcome);
    return {
      response: sorted(own.map(({ answeredNs, dueNs }) => answeredNs - dueNs)),
      service: sorted(own.map(({ answeredNs, arrivedNs }) => answeredNs - arrivedNs)),
    };
  };
  return {
    requests: log.length,
    repeated: log.length - new Set(log.map(({ producer, counter }) => `${producer}/${counter}`)).size,
    outcomes: { accepted: of('accepted'), throttled: of('throttled'), failed: of('failed') },
    pacing: sorted(log.map(({ arrivedNs, dueNs }) => arrivedNs - dueNs)),
  };
}

/** The value that a share `p` of the ascending values do not exceed; NaN for none. */
export function percentileOf(ascending: readonly number[], p: number): number {
  return ascending[Math.max(0, Math.ceil(p * ascending.length - 1e-9) - 1)] ?? NaN;
}

/** Puts accepted per second between two times of the log's clock. */
export function acceptedPerS(log: readonly LogEntry[], fromNs: number, toNs: number): number {
  const inside = log.filter(
    ({ outcome, answeredNs }) => outcome === 'accepted' && answeredNs >= fromNs && answeredNs < toNs,
  );
  return inside.length / ((toNs - fromNs) / 1e9);
}
