/**
 * Finds a knee by bisection: the highest value at which something still holds. Pure: it asks for a value, is told whether it
 * held there, and asks for the next. Both ends come first; then the middle (by ratio, since loads span decades) of the widest
 * gap; when the bracket is narrow enough its ends are probed once more, because one lucky probe must not settle it. Probes that
 * contradict one another widen the bracket to where no probe contradicts, and the gaps on both sides are closed in on.
 */

/** Whether it held; `unknown` for a probe that proves nothing. */
export type ProbeVerdict = 'holds' | 'breaks' | 'unknown';

export interface Probe {
  readonly value: number;
  readonly verdict: ProbeVerdict;
}

export interface KneeOptions {
  /** Above zero; whole numbers where both ends are. */
  readonly low: number;
  readonly high: number;
  /** A gap of this share of its lower end is narrow enough. */
  readonly within: number;
  readonly probesMax: number;
}

export interface Knee {
  /** `always`: it held at the upper end; `never`: not even at the lower; `undecided`: a probe proved nothing, or there were too few. */
  readonly outcome: 'found' | 'always' | 'never' | 'undecided';
  readonly probes: readonly Probe[];
  /** The highest value that held below every one that did not; null if there is none. */
  readonly low: number | null;
  /** The lowest value that did not hold above every one that did. */
  readonly high: number | null;
  /** The middle of the bracket; null unless found. */
  readonly value: number | null;
  /** Half the bracket, as a share of the value. */
  readonly uncertainty: number | null;
  /** Values that held although a lower one did not, and the reverse. */
  readonly contradictions: number;
  readonly explanation: string;
}

/** Yields the next value to probe, takes whether it held, and returns the knee. */
export function* searchKnee(options: KneeOptions): Generator<number, Knee, ProbeVerdict> {
  const { low, high, probesMax } = options;
  const probes: Probe[] = [];
  const confirmed = new Set<number>();
  let next: number | null = low;
  while (next !== null && probes.length < probesMax) {
    const value: number = next;
    const verdict: ProbeVerdict = yield value;
    probes.push({ value, verdict });
    if (verdict === 'unknown') return kneeOf(probes, 'undecided', `the probe at ${value} proved nothing`);
    if (value === low && probes.length === 1) {
      if (verdict === 'breaks') return kneeOf(probes, 'never', `it does not hold even at ${low}`);
      next = high;
    } else if (value === high && probes.length === 2 && verdict === 'holds')
      return kneeOf(probes, 'always', `it holds even at ${high}`);
    else next = nextProbe(probes, confirmed, options);
  }
  return next === null
    ? kneeOf(probes, 'found', '')
    : kneeOf(probes, 'found', `the bracket is as wide as ${probesMax} probes left it`);
}

function nextProbe(probes: readonly Probe[], confirmed: Set<number>, options: KneeOptions): number | null {
  const whole = Number.isInteger(options.low) && Number.isInteger(options.high);
  const gaps = gapsOf(probes)
    .map(([from, to]) => ({ from, to, middle: whole ? Math.round(Math.sqrt(from * to)) : Math.sqrt(from * to) }))
    .filter(({ from, to, middle }) => to / from > 1 + options.within && middle > from && middle < to)
    .sort((a, b) => b.to / b.from - a.to / a.from);
  if (gaps[0]) return gaps[0].middle;
  const { low, high } = bracketOf(probes);
  const end = [low, high].find((each) => each !== null && !confirmed.has(each));
  if (end === undefined || end === null) return null;
  confirmed.add(end);
  return end;
}

const valuesOf = (probes: readonly Probe[], verdict: ProbeVerdict) =>
  probes.filter((probe) => probe.verdict === verdict).map(({ value }) => value);

function bracketOf(probes: readonly Probe[]): { low: number | null; high: number | null } {
  const [held, broke] = [valuesOf(probes, 'holds'), valuesOf(probes, 'breaks')];
  const below = held.filter((value) => value < Math.min(...broke));
  const above = broke.filter((value) => value > Math.max(...held));
  return { low: below.length > 0 ? Math.max(...below) : null, high: above.length > 0 ? Math.min(...above) : null };
}

/** Where nothing was probed between a value that held and one that did not: one gap, or two with a contradiction between them. */
function gapsOf(probes: readonly Probe[]): (readonly [from: number, to: number])[] {
  const [held, broke] = [valuesOf(probes, 'holds'), valuesOf(probes, 'breaks')];
  const { low, high } = bracketOf(probes);
  if (low === null || high === null) return [];
  const [highestHeld, lowestBroke] = [Math.max(...held), Math.min(...broke)];
  return highestHeld < lowestBroke
    ? [[low, high]]
    : [
        [low, lowestBroke],
        [highestHeld, high],
      ];
}

function kneeOf(probes: readonly Probe[], wanted: Knee['outcome'], note: string): Knee {
  const { low, high } = bracketOf(probes);
  const [held, broke] = [valuesOf(probes, 'holds'), valuesOf(probes, 'breaks')];
  const against = new Set([
    ...held.filter((value) => value >= Math.min(...broke)),
    ...broke.filter((value) => value <= Math.max(...held)),
  ]);
  const found = wanted === 'found' && low !== null && high !== null;
  const outcome = wanted === 'found' && !found ? 'undecided' : wanted;
  const value = found ? Math.sqrt(low * high) : null;
  const told = [
    note,
    found
      ? `held at ${low}, did not at ${high}`
      : wanted === 'found'
        ? 'the probes contradict one another at an end'
        : '',
    against.size > 0 ? `${against.size} values contradict others: the endpoint is noisy near the knee` : '',
  ];
  return {
    outcome,
    probes,
    low,
    high,
    value,
    uncertainty: found ? (high - low) / 2 / value! : null,
    contradictions: against.size,
    explanation: told.filter((part) => part !== '').join('; '),
  };
}
