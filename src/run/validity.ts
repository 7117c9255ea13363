/**
 * The generator judges itself: whether the numbers of a run mean anything. Each check has a stated bound; one that fails makes
 * the run INVALID, because a saturated generator measures itself.
 */
import { GIVEN_UP } from '../fleet/giving-up.ts';
import { formatCount, formatDuration, formatPlural, formatShare } from '../measure/format.ts';
import type { ThreadHealth } from '../fleet/health.ts';
import type { CountDoc, ErrorDoc, LatencyDoc, ValidityCheck } from '../result.ts';

/** Calls may leave so late at the 99th percentile. Machines shared with others reach a few ms without load of ours. */
const LATENESS_P99_NS_MAX = 50_000_000;
/** Event loops of generator threads may be so late at the 99th percentile. */
const LOOP_DELAY_P99_NS_MAX = 50_000_000;
/** Above this share of busy time a thread has no room left for the next call. */
const UTILIZATION_MAX = 0.95;
/** Share of its time that a generator thread may spend on collecting garbage; and its longest pause, a single event and so bounded less tightly than a percentile. */
const GC_SHARE_MAX = 0.1;
const GC_PAUSE_NS_MAX = 250_000_000;
/** From handing a call over to its first byte, at the 99th percentile: more is a lack of open connections. */
const SETUP_P99_NS_MAX = 50_000_000;
/** What the operating system says when this machine, not the endpoint, has no socket left. */
const OUT_OF_SOCKETS = /\b(EMFILE|ENFILE|EADDRNOTAVAIL|EADDRINUSE|ENOBUFS)\b/;
/** Share of offered records that may be skipped. */
const SKIPPED_MAX = 0.001;

export interface RunHealth {
  readonly threads: readonly ThreadHealth[];
  /** Fleets that had something to do here. */
  readonly fleets: readonly string[];
  readonly counts: readonly CountDoc[];
  readonly latencies: readonly LatencyDoc[];
  readonly errors: readonly ErrorDoc[];
  /** Whether some fleet is paced precisely: its thread is busy with looking at the clock. */
  readonly precise: boolean;
  /** Why the target died, if it did. */
  readonly died: string | null;
}

export function judgeValidity(health: RunHealth): ValidityCheck[] {
  return [...judgeThreads(health), ...judgeLoad(health), alive(health)];
}

/** What the threads of a machine tell of themselves; nothing where there is none. */
export function judgeThreads({ threads, precise }: Pick<RunHealth, 'threads' | 'precise'>): ValidityCheck[] {
  return threads.length === 0 ? [] : [loopDelay(threads), cpu(threads, precise), garbage(threads)];
}

/** What the figures tell of the generator. */
export function judgeLoad(
  health: Omit<RunHealth, 'threads' | 'precise' | 'died'> & Partial<Pick<RunHealth, 'threads'>>,
): ValidityCheck[] {
  return [lateness(health), sockets(health), offered(health), answered(health), read(health)].filter(
    (each) => each !== undefined,
  );
}

/** The worst fleet's 99th percentile; with too few calls for one, its 90th, then its mean. */
function worstOf(latencies: readonly LatencyDoc[], metrics: readonly LatencyDoc['metric'][]) {
  const docs = latencies.filter((doc) => metrics.includes(doc.metric) && doc.phase === null && doc.count > 0);
  return docs
    .map(({ fleet, percentilesNs, meanNs }) => ({
      fleet,
      ns: percentilesNs.p99 ?? percentilesNs.p90 ?? meanNs,
      of: percentilesNs.p99 === null ? 'of few calls' : 'p99',
    }))
    .toSorted((a, b) => b.ns - a.ns)[0];
}

function lateness({
  latencies,
  counts,
  threads = [],
}: Pick<RunHealth, 'latencies' | 'counts'> & Partial<Pick<RunHealth, 'threads'>>): ValidityCheck | undefined {
  // Records that are gathered wait on purpose: there the generator is as late as batches leave after they were to.
  const gathering = new Set(latencies.filter(({ metric }) => metric === 'departure').map(({ fleet }) => fleet));
  const own = latencies.filter(({ metric, fleet }) => metric === 'departure' || !gathering.has(fleet));
  const worst = worstOf(own, ['lateness', 'departure']);
  if (!worst) return undefined;
  const queued = sum(counts, 'queued') / Math.max(1, sum(counts, 'offered'));
  const waited = queued > 0 ? `, ${formatShare(queued)} of the records waited for an open call to end` : '';
  const late = worst.ns > LATENESS_P99_NS_MAX;
  return check(
    'lateness',
    !late,
    `${worst.of} ${formatDuration(worst.ns)} (${worst.fleet})${waited}${late ? withoutCpu(threads) : ''}`,
    `p99 at most ${formatDuration(LATENESS_P99_NS_MAX)}`,
    'how late calls were handed to the client, against their planned time: the generator was slow, or all in-flight calls of an agent were taken by a slow endpoint',
  );
}

/** Whether the generator was late for want of a CPU: then it is not the load that is too much for the machine. */
function withoutCpu(threads: readonly ThreadHealth[]): string {
  const share = Math.max(-1, ...threads.map(({ cpuWaitShare }) => cpuWaitShare ?? -1));
  return share < 0
    ? ''
    : `, and for ${formatShare(share)} of the time a thread of the generator wanted to run while other programs had the CPU`;
}

function sockets({ latencies, errors }: Pick<RunHealth, 'latencies' | 'errors'>): ValidityCheck | undefined {
  const worst = worstOf(latencies, ['setup']);
  if (!worst) return undefined;
  const refused = errors.filter(({ code, message }) => code.startsWith('connection') && OUT_OF_SOCKETS.test(message));
  const refusals = refused.reduce((total, { count }) => total + count, 0);
  return check(
    'sockets',
    refusals === 0 && worst.ns <= SETUP_P99_NS_MAX,
    `set-up ${worst.of} ${formatDuration(worst.ns)} (${worst.fleet})${refusals > 0 ? `, ${refusals} calls found no socket on this machine: ${refused[0]!.message}` : ''}`,
    `p99 at most ${formatDuration(SETUP_P99_NS_MAX)}, and a socket for every call`,
    'from handing a call over to its first byte: signing, and connecting where no connection was free',
  );
}

function loopDelay(threads: readonly ThreadHealth[]): ValidityCheck {
  const worstNs = Math.max(...threads.map(({ loopDelayP99Ns }) => loopDelayP99Ns));
  return check(
    'event loop',
    worstNs <= LOOP_DELAY_P99_NS_MAX,
    `p99 ${formatDuration(worstNs)} late`,
    `p99 at most ${formatDuration(LOOP_DELAY_P99_NS_MAX)}`,
    'how late the event loops of the generator ran their timers',
  );
}

function cpu(threads: readonly ThreadHealth[], precise: boolean): ValidityCheck {
  const busy = Math.max(...threads.map(({ utilization }) => utilization));
  const onCpu = Math.max(...threads.map(({ cpuShare }) => cpuShare));
  return check(
    'generator CPU',
    precise || busy <= UTILIZATION_MAX,
    `${formatShare(busy)} busy, ${formatShare(onCpu)} on a CPU`,
    precise ? 'none: precise pacing keeps its thread busy' : `at most ${formatShare(UTILIZATION_MAX)} busy`,
    'the busiest generator thread: one without idle time sends late and measures itself; busy and yet not on a CPU, others had it',
  );
}

function garbage(threads: readonly ThreadHealth[]): ValidityCheck {
  const share = Math.max(...threads.map(({ gcShare }) => gcShare));
  const pauseNs = Math.max(...threads.map(({ gcPauseNsMax }) => gcPauseNsMax));
  return check(
    'garbage collection',
    share <= GC_SHARE_MAX && pauseNs <= GC_PAUSE_NS_MAX,
    `${formatShare(share)} of the time, longest pause ${formatDuration(pauseNs)}`,
    `at most ${formatShare(GC_SHARE_MAX)}, and ${formatDuration(GC_PAUSE_NS_MAX)}`,
    'while a generator thread collects garbage it neither sends nor reads the clock',
  );
}

function offered({ counts }: Pick<RunHealth, 'counts'>): ValidityCheck | undefined {
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
function answered({ counts, fleets: names }: Pick<RunHealth, 'counts' | 'fleets'>): ValidityCheck {
  const fleets = [...new Set(names)].map((fleet) => {
    const of = (metric: string) =>
      sum(
        counts.filter((doc) => doc.fleet === fleet),
        metric,
      );
    const polls = of('polls') - of('polls-failed');
    const listings = of('listings') - of('listings-failed');
    const requests = of('listings') === 0 ? of('objects') + of('requests-refused') : 0;
    return {
      fleet,
      answers: requests + listings + of('accepted') + of('throttled') + polls + of('events') + of('heartbeats'),
    };
  });
  const silent = fleets.filter(({ answers }) => answers === 0).map(({ fleet }) => fleet);
  const total = fleets.reduce((all, { answers }) => all + answers, 0);
  return check(
    'samples',
    silent.length === 0,
    silent.length === 0
      ? `${formatCount(total)} records, polls and events answered`
      : `${silent.join(', ')} got no answer at all`,
    'at least one answer for each fleet',
    'what the figures rest on: accepted or throttled records, polls and listings that did not fail, and events of subscriptions',
  );
}

/** A shard that a consumer reads no more is missing from all its figures. */
function read({ counts, errors }: Pick<RunHealth, 'counts' | 'errors'>): ValidityCheck | undefined {
  if (!counts.some(({ metric }) => metric === 'received')) return undefined;
  const found = errors.filter(({ code }) => code === GIVEN_UP);
  const shards = found.reduce((total, { count }) => total + count, 0);
  return check(
    'shards read',
    shards === 0,
    shards === 0 ? 'no shard was given up' : `given up: ${formatPlural(shards, 'shard')} (${found[0]!.message})`,
    'every shard is read to the end of the run',
    'after eight refusals in a row that no waiting would mend a consumer reads a shard no more, and its figures are of what came before',
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
