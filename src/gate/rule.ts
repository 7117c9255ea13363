/**
 * What a gate compares, and when worse is too much worse. A value counts as worse only beyond both a ratio and an absolute
 * floor: a ratio alone fails on 0.2 ms against 0.3 ms, a floor alone on anything large.
 */
import { OperatorError } from '../operator-error.ts';
import { percentileNames } from '../result.ts';
import type { PercentileName, Result } from '../result.ts';
import type { CountMetric, FleetPlan, LatencyMetric, Plan } from '../scenario/plan.ts';

/** One comparison of one fleet. */
export interface GateRule {
  readonly subject: GateSubject;
  readonly fleet: string;
  readonly better: 'lower' | 'higher';
  /** New over old beyond which it is worse: above 1 where lower is better, below 1 where higher is. */
  readonly ratio: number;
  /** Difference that is never worse, in the unit of the value. */
  readonly floor: number;
  readonly unit: GateUnit;
}

export type GateSubject =
  | { readonly kind: 'latency'; readonly metric: LatencyMetric; readonly stat: PercentileName | 'mean' }
  | { readonly kind: 'count'; readonly metric: CountMetric; readonly stat: 'rate' | 'throughput' | 'ratio' };

export type GateUnit = 'ns' | 'records/s' | 'polls/s' | 'subscriptions/s' | 'bytes/s' | 'share';

type Has = (fleet: FleetPlan) => boolean;

interface Term {
  readonly has: Has;
  readonly better: GateRule['better'];
  readonly stats: readonly string[];
}

const latencyStats = [...percentileNames, 'mean'] as const;
const latency = (has: Has): Term => ({ has, better: 'lower', stats: latencyStats });

const anyone: Has = () => true;
const produces: Has = ({ kind }) => kind === 'produce';
const gathers: Has = (fleet) => fleet.kind === 'produce' && fleet.gather !== null;
const retries: Has = (fleet) => fleet.kind === 'produce' && fleet.retry.policy !== 'none';
const expires: Has = (fleet) => fleet.kind === 'produce' && fleet.retry.policy === 'kpl';
const consumes: Has = ({ kind }) => kind === 'consume';
const polls: Has = (fleet) => fleet.kind === 'consume' && fleet.method === 'polling';
const isPushed: Has = (fleet) => fleet.kind === 'consume' && fleet.method === 'fan-out';
const watches: Has = (fleet) => fleet.kind === 'consume' && fleet.method === 'watch';
const calls: Has = (fleet) => !isPushed(fleet);

/** A difference of two fleets belongs to neither, and is not compared. */
const latencyTerms: Readonly<Record<Exclude<LatencyMetric, 'paired'>, Term>> = {
  lateness: latency(calls),
  departure: latency(gathers),
  setup: latency(calls),
  service: latency(anyone),
  backoff: latency(retries),
  response: latency(produces),
  propagation: latency(consumes),
  delivery: latency(consumes),
  'renewal-gap': latency(isPushed),
  lag: latency(consumes),
  behind: latency(consumes),
  freshness: latency(watches),
};

/** `offered` and `polls` are what was asked for: neither more nor less of them is better. */
const countTerms: Readonly<Partial<Record<CountMetric, Term>>> = {
  accepted: { has: produces, better: 'higher', stats: ['rate', 'throughput', 'ratio'] },
  throttled: { has: produces, better: 'lower', stats: ['rate', 'throughput', 'ratio'] },
  failed: { has: produces, better: 'lower', stats: ['rate', 'throughput', 'ratio'] },
  queued: { has: produces, better: 'lower', stats: ['rate', 'ratio'] },
  skipped: { has: produces, better: 'lower', stats: ['rate', 'ratio'] },
  expired: { has: expires, better: 'lower', stats: ['rate', 'ratio'] },
  'attempts-throttled': { has: retries, better: 'lower', stats: ['rate'] },
  'attempts-failed': { has: retries, better: 'lower', stats: ['rate'] },
  received: { has: consumes, better: 'higher', stats: ['rate', 'throughput'] },
  'polls-throttled': { has: polls, better: 'lower', stats: ['rate', 'ratio'] },
  'polls-failed': { has: polls, better: 'lower', stats: ['rate', 'ratio'] },
  'iterators-expired': { has: polls, better: 'lower', stats: ['rate'] },
  'subscriptions-refused': { has: isPushed, better: 'lower', stats: ['rate'] },
  'subscriptions-failed': { has: isPushed, better: 'lower', stats: ['rate'] },
  'subscriptions-broken': { has: isPushed, better: 'lower', stats: ['rate'] },
};

/** Beyond these a difference counts, unless a rule says otherwise. */
export const gateDefaults = {
  ratio: { lower: 1.25, higher: 0.95 },
  floor: { ns: 1e6, 'records/s': 1, 'polls/s': 0.1, 'subscriptions/s': 0.01, 'bytes/s': 1024, share: 0.01 },
} as const;

/** Compared unless rules are given: per producing fleet, then per consuming fleet. */
const defaultMetrics = {
  produce: ['response.p50', 'response.p99', 'service.p50', 'service.p99', 'accepted.rate'],
  consume: ['propagation.mean', 'propagation.p50'],
} as const;

/** What rules are read against: who was there to be compared. */
export type Compared = Pick<Plan, 'name' | 'fleets'>;

/** Of a plan that some results share, without the fleets that none of them could run: of those nothing will ever be known. */
export function comparedOf(results: readonly Result[]): Compared {
  const { name, fleets } = results[0]!.scenario.plan;
  const ran = fleets.filter((fleet) =>
    results.some(({ unsupported }) => !unsupported?.some((left) => left.fleet === fleet.name)),
  );
  return { name, fleets: ran };
}

/** The rules for a plan when none are given. */
export function defaultRules(plan: Compared): GateRule[] {
  return plan.fleets.flatMap((fleet) =>
    defaultMetrics[fleet.kind].flatMap((metric) => parseRule(`${metric}{fleet=${fleet.name}}`, plan)),
  );
}

/**
 * Reads a rule: `service.p99{fleet=writers} 1.2x 2ms`. Without a fleet it stands for every fleet that has the metric; ratio and
 * floor have defaults. Throws OperatorError `rule-invalid`.
 */
export function parseRule(text: string, plan: Compared): GateRule[] {
  const match = /^\s*([a-z-]+)\.([a-z0-9.]+)(?:\{\s*fleet\s*=\s*([\w-]+)\s*\})?((?:\s+\S+)*)\s*$/.exec(text);
  if (!match) throw invalid(text, 'it does not read as metric.statistic{fleet=name} ratio floor');
  const [, metric, stat, fleet, limits] = match;
  const { subject, term } = readSubject(metric!, stat!, text);
  const fitting = plan.fleets.filter(term.has).map(({ name }) => name);
  if (fleet !== undefined && !fitting.includes(fleet))
    throw invalid(text, `no fleet "${fleet}" has ${metric}; ${fitting.join(', ') || 'none'} can be named`);
  if (fitting.length === 0) throw invalid(text, `no fleet of ${plan.name} has ${metric}`);
  const unit = unitOf(subject);
  const { ratio, floor } = readLimits(limits!.trim(), term.better, unit, text);
  const names = fleet === undefined ? fitting : [fleet];
  return names.map((name) => ({ subject, fleet: name, better: term.better, ratio, floor, unit }));
}

/** A rule's metric as it is written. */
export function ruleName({ subject, fleet }: GateRule): string {
  return `${subject.metric}.${subject.stat}{fleet=${fleet}}`;
}

function readSubject(metric: string, stat: string, text: string): { subject: GateSubject; term: Term } {
  if (isKey(latencyTerms, metric)) {
    const known = latencyStats.find((each) => each === stat);
    if (known) return { subject: { kind: 'latency', metric, stat: known }, term: latencyTerms[metric] };
    throw invalid(text, `${metric} is compared by ${latencyStats.join(', ')}`);
  }
  const term = isKey(countTerms, metric) ? countTerms[metric] : undefined;
  if (!isKey(countTerms, metric) || !term) {
    const known = [...Object.keys(latencyTerms), ...Object.keys(countTerms)].join(', ');
    throw invalid(text, `"${metric}" cannot be compared; ${known} can`);
  }
  const known = (['rate', 'throughput', 'ratio'] as const).find((each) => each === stat && term.stats.includes(each));
  if (known) return { subject: { kind: 'count', metric, stat: known }, term };
  throw invalid(text, `${metric} is compared by ${term.stats.join(', ')}`);
}

function isKey<K extends string>(table: Readonly<Partial<Record<K, unknown>>>, key: string): key is K {
  return Object.hasOwn(table, key);
}

function unitOf(subject: GateSubject): GateUnit {
  if (subject.kind === 'latency') return 'ns';
  if (subject.stat === 'ratio') return 'share';
  if (subject.stat === 'throughput') return 'bytes/s';
  if (subject.metric.startsWith('subscriptions')) return 'subscriptions/s';
  return subject.metric.startsWith('polls') ? 'polls/s' : 'records/s';
}

const floorUnits: Readonly<Record<GateUnit, Readonly<Record<string, number>>>> = {
  ns: { us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  'records/s': { 'records/s': 1 },
  'polls/s': { 'polls/s': 1 },
  'subscriptions/s': { 'subscriptions/s': 1 },
  'bytes/s': { 'B/s': 1, 'KiB/s': 1024, 'MiB/s': 1024 ** 2 },
  share: { '%': 0.01 },
};

function readLimits(limits: string, better: GateRule['better'], unit: GateUnit, text: string) {
  let ratio: number = gateDefaults.ratio[better];
  let floor: number = gateDefaults.floor[unit];
  let rest = limits;
  const times = /^(\d+(?:\.\d+)?)x(?:\s+|$)/.exec(rest);
  if (times) {
    ratio = Number(times[1]);
    rest = rest.slice(times[0].length);
    const wrong = better === 'lower' ? ratio < 1 : ratio > 1 || ratio === 0;
    if (wrong)
      throw invalid(text, `${better} is better here: the ratio is ${better === 'lower' ? '1x or more' : '1x or less'}`);
  }
  const units = floorUnits[unit];
  const absolute = /^(\d+(?:\.\d+)?)\s*(\S+)$/.exec(rest);
  if (absolute && isKey(units, absolute[2]!)) floor = Number(absolute[1]) * units[absolute[2]]!;
  else if (rest !== '')
    throw invalid(
      text,
      `"${rest}" is no floor; write a number with ${Object.keys(units).join(' or ')}, after the ratio`,
    );
  return { ratio, floor };
}

function invalid(text: string, what: string): OperatorError {
  return new OperatorError(`Rule "${text}": ${what}.`, {
    code: 'rule-invalid',
    hint: 'Such as: service.p99{fleet=writers} 1.2x 2ms',
  });
}
