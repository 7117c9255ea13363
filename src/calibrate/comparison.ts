/**
 * What a run reported against what its stub did: every request counted once, every percentile up to p99.9 within 1 %, throughput
 * within 0.1 %, each plus the pacing error of the log.
 *
 * Between the stub and the agents lies the machine. It can only add to a latency, so nothing may be reported that is shorter than the
 * log has it. How much it adds is not known, but how late requests arrived at the stub is, and the way back is no better: for noise N on
 * top of X, P(X + N > x + n) is at most P(X > x) + P(N > n), so a percentile may be as long as the log's at a slightly
 * higher one plus the pacing error at one higher still. On a quiet machine that is next to nothing, on a virtual clock nothing.
 */
import { type CountDoc, type LatencyDoc, percentileNames, type Result } from '../result.ts';
import type { StubName, StubOutcome } from './behaviour.ts';
import { acceptedPerS, type Known, knownFrom, percentileOf } from './known.ts';
import type { LogEntry } from './stub.ts';

/** A reported latency may be off by this share of the known one. */
const LATENCY_SHARE = 0.01;
/** A reported rate may be off by this share of the known one. */
const RATE_SHARE = 0.001;
/** A histogram of ours is never finer than this, in ns. */
const RESOLUTION_NS = 100;
/** Seconds left out at both ends of the load when throughput is compared. */
const EDGE_BINS = 1;
/** A percentile is compared where so many requests lie beyond it. */
const TAIL_REQUESTS_MIN = 10;

/** The figure that tells how much room the machine's noise leaves. */
export const MEDIAN = 'response p50, accepted';

/** One figure, in base units: requests, ns, or requests a second. */
export interface Comparison {
  readonly stub: StubName;
  readonly figure: string;
  readonly unit: 'requests' | 'ns' | 'requests/s';
  readonly known: number;
  /** null where the run reports no number. */
  readonly reported: number | null;
  /** The reported figure may lie from here to there. */
  readonly least: number;
  readonly most: number;
  readonly holds: boolean;
}

type Figure = Omit<Comparison, 'stub' | 'holds'>;

/** @param startNs start of the run's first phase on the log's clock */
export function compare(stub: StubName, log: readonly LogEntry[], result: Result, startNs: number): Comparison[] {
  const known = knownFrom(log);
  const figures = [...counts(known, result), ...latencies(known, result), throughput(log, known, result, startNs)];
  return figures.map((figure) => {
    const { reported, least, most } = figure;
    return { stub, ...figure, holds: reported !== null && reported >= least && reported <= most };
  });
}

const outcomes: readonly StubOutcome[] = ['accepted', 'throttled', 'failed'];

function counts(known: Known, result: Result): Figure[] {
  const reported = (metric: CountDoc['metric']) =>
    result.counts.find((doc) => doc.metric === metric && doc.phase === null)?.count ?? null;
  const exact = (figure: string, value: number, told: number | null): Figure => {
    return { figure, unit: 'requests', known: value, reported: told, least: value, most: value };
  };
  return [
    exact('offered', known.requests, reported('offered')),
    exact('repeated', known.repeated, 0),
    ...outcomes.flatMap((outcome): Figure[] => {
      const requests = known.outcomes[outcome].response.length;
      const timed = docOf(result, 'response', outcome)?.count ?? 0;
      return [exact(outcome, requests, reported(outcome)), exact(`${outcome}, timed`, requests, timed)];
    }),
  ];
}

function docOf(result: Result, metric: LatencyDoc['metric'], outcome: StubOutcome): LatencyDoc | undefined {
  return result.latencies.find((doc) => doc.metric === metric && doc.outcome === outcome && doc.phase === null);
}

function latencies(known: Known, result: Result): Figure[] {
  return outcomes.flatMap((outcome) =>
    (['response', 'service'] as const).flatMap((metric) => {
      const values = known.outcomes[outcome][metric];
      const doc = docOf(result, metric, outcome);
      return percentileNames.flatMap((name): Figure[] => {
        const p = Number(name.slice(1)) / 100;
        if (p > 0.9991 || values.length * (1 - p) < TAIL_REQUESTS_MIN) return [];
        const value = percentileOf(values, p);
        return [
          {
            figure: `${metric} ${name}, ${outcome}`,
            unit: 'ns',
            known: value,
            reported: doc?.percentilesNs[name] ?? null,
            least: (1 - LATENCY_SHARE) * value - RESOLUTION_NS,
            most: longest(values, known.pacing, p, metric === 'service' ? 2 : 1) + RESOLUTION_NS,
          },
        ];
      });
    }),
  );
}

/** Shares of the requests beyond a percentile that are given to the noise; the rest to the stub. */
const NOISE_SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/**
 * The longest that a percentile may be reported as.
 * @param ways that lie within the latency: from due to answered the way there is in the log, from sent to answered it is not
 */
function longest(values: readonly number[], pacing: readonly number[], p: number, ways: number): number {
  return Math.min(
    ...NOISE_SHARES.map((share) => {
      const noise = share * (1 - p);
      return (1 + LATENCY_SHARE) * percentileOf(values, p + noise) + ways * percentileOf(pacing, 1 - noise / ways);
    }),
  );
}

function throughput(log: readonly LogEntry[], known: Known, { series, phases }: Result, startNs: number): Figure {
  const bins = Math.floor(Math.max(...phases.map(({ endNs }) => endNs)) / series.binNs);
  const [from, to] = [EDGE_BINS, Math.max(EDGE_BINS + 1, bins - EDGE_BINS)];
  const seconds = ((to - from) * series.binNs) / 1e9;
  const line = series.counts.find(({ metric, shard }) => metric === 'accepted' && shard === null);
  const reported = line ? line.values.slice(from, to).reduce((sum, count) => sum + count, 0) / seconds : null;
  const value = acceptedPerS(log, startNs + from * series.binNs, startNs + to * series.binNs);
  // Answers on the way when a window begins or ends are in it by the one clock and not by the other.
  const carried = (value * percentileOf(known.pacing, 0.999)) / 1e9 / seconds;
  const allowed = RATE_SHARE * value + carried;
  return {
    figure: 'throughput',
    unit: 'requests/s',
    known: value,
    reported,
    least: value - allowed,
    most: value + allowed,
  };
}
