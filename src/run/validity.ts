/**
 * The generator judges itself: whether the numbers of a run mean anything. Each check has a stated bound; one that fails makes
 * the run INVALID, because a saturated generator measures itself.
 */
import { formatDuration, formatShare } from '../measure/format.ts';
import type { ThreadHealth } from '../fleet/thread-messages.ts';
import type { CountDoc, LatencyDoc, ValidityCheck } from '../result.ts';

/** Calls may leave so late at the 99th percentile. Machines shared with others reach a few ms without load of ours. */
const LATENESS_P99_NS_MAX = 50_000_000;
/** Event loops of generator threads may be so late at the 99th percentile. */
const LOOP_DELAY_P99_NS_MAX = 50_000_000;
/** Above this share of busy time a thread has no room left for the next call. */
const UTILIZATION_MAX = 0.95;
/** Share of offered records that may be skipped. */
const SKIPPED_MAX = 0.001;

export interface RunHealth {
  readonly threads: readonly ThreadHealth[];
  readonly counts: readonly CountDoc[];
  readonly latencies: readonly LatencyDoc[];
  /** Why the target died, if it did. */
  readonly died: string | null;
}

export function judgeValidity(health: RunHealth): ValidityCheck[] {
  return [
    lateness(health),
    loopDelay(health),
    utilization(health),
    offered(health),
    answered(health),
    alive(health),
  ].filter((judged) => judged !== undefined);
}

/** The worst fleet's 99th percentile; with too few calls for one, its 90th, then its mean. */
function lateness({ latencies }: RunHealth): ValidityCheck | undefined {
  const own = latencies.filter((doc) => doc.phase === null && doc.count > 0);
  const gathering = own.filter((doc) => doc.metric === 'departure');
  // Gathered records wait on purpose: there the generator is as late as batches leave after they were to.
  const docs = [
    ...gathering,
    ...own.filter((doc) => doc.metric === 'lateness' && !gathering.some(({ fleet }) => fleet === doc.fleet)),
  ];
  if (docs.length === 0) return undefined;
  const worst = docs
    .map((doc) => ({
      fleet: doc.fleet,
      p99: doc.percentilesNs.p99,
      ns: doc.percentilesNs.p99 ?? doc.percentilesNs.p90 ?? doc.meanNs,
    }))
    .reduce((a, b) => (a.ns >= b.ns ? a : b));
  return check(
    'lateness',
    worst.ns <= LATENESS_P99_NS_MAX,
    `${worst.p99 === null ? 'of few calls' : 'p99'} ${formatDuration(worst.ns)} (${worst.fleet})`,
    `p99 at most ${formatDuration(LATENESS_P99_NS_MAX)}`,
    'how late calls left, against their planned time: the generator was slow, or all in-flight calls of an agent were taken by a slow endpoint',
  );
}

function loopDelay({ threads }: RunHealth): ValidityCheck | undefined {
  if (threads.length === 0) return undefined;
  const worstNs = Math.max(...threads.map(({ loopDelayP99Ns }) => loopDelayP99Ns));
  return check(
    'event loop',
    worstNs <= LOOP_DELAY_P99_NS_MAX,
    `p99 ${formatDuration(worstNs)} late`,
    `p99 at most ${formatDuration(LOOP_DELAY_P99_NS_MAX)}`,
    'how late the event loops of the generator ran their timers',
  );
}

function utilization({ threads }: RunHealth): ValidityCheck | undefined {
  if (threads.length === 0) return undefined;
  const worst = Math.max(...threads.map((thread) => thread.utilization));
  return check(
    'generator threads',
    worst <= UTILIZATION_MAX,
    `${formatShare(worst)} busy`,
    `at most ${formatShare(UTILIZATION_MAX)}`,
    'busy share of the busiest generator thread: one without idle time sends late and measures itself',
  );
}

function offered({ counts }: RunHealth): ValidityCheck | undefined {
  const total = sum(counts, 'offered');
  if (total === 0) return undefined;
  const skipped = sum(counts, 'skipped') / total;
  return check(
    'offered load',
    skipped <= SKIPPED_MAX,
    `${formatShare(1 - skipped)} of the planned records were sent${skipped > 0 ? ', the rest found all in-flight calls taken' : ''}`,
    `at least ${formatShare(1 - SKIPPED_MAX)}`,
    'records that were never sent because too many calls were open (`in-flight`) have no response time: the endpoint was too slow for the cap',
  );
}

/** Every fleet must have been answered: refusals by limits are answers, failures and silence are not. */
function answered({ counts }: RunHealth): ValidityCheck {
  const fleets = [...new Set(counts.map(({ fleet }) => fleet))].map((fleet) => {
    const of = (metric: string) =>
      sum(
        counts.filter((doc) => doc.fleet === fleet),
        metric,
      );
    const polls = of('polls') - of('polls-failed');
    return { fleet, answers: of('accepted') + of('throttled') + polls };
  });
  const silent = fleets.filter(({ answers }) => answers === 0).map(({ fleet }) => fleet);
  const total = fleets.reduce((all, { answers }) => all + answers, 0);
  return check(
    'samples',
    silent.length === 0,
    silent.length === 0 ? `${total} records and polls answered` : `${silent.join(', ')} got no answer at all`,
    'at least one answer for each fleet',
    'what the figures rest on: accepted or throttled records, and polls that did not fail',
  );
}

function alive({ died }: RunHealth): ValidityCheck {
  return check(
    'target',
    died === null,
    died ?? 'ran to the end',
    'runs to the end',
    'a target that we started must live as long as the run',
  );
}

function sum(counts: readonly CountDoc[], metric: string): number {
  return counts
    .filter((doc) => doc.metric === metric && doc.phase === null)
    .reduce((total, doc) => total + doc.count, 0);
}

function check(name: string, holds: boolean, observed: string, bound: string, explanation: string): ValidityCheck {
  return { name, verdict: holds ? 'pass' : 'fail', observed, bound, explanation };
}
