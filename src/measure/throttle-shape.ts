/**
 * Which limiter is at work, told from what it let through. Every limiter here is a leak and a threshold: it keeps a number (what was
 * taken and has not leaked away yet), and lets an attempt pass while that number and the attempt together stay below a
 * threshold. A token bucket leaks steadily, a fixed window leaks all at once at every boundary, a sliding window leaks each
 * attempt one window after it passed. For a guessed leak the number is computed from the attempts that really passed, so one wrong
 * guess does not spoil the next, and the best threshold is found exactly: what it still gets wrong is the residual.
 *
 * The answer is `undecided` where two kinds explain the attempts as well as each other, where none explains them, and where
 * there are too few: evenly spaced load that begins at a window's boundary looks the same to both kinds of window.
 */

import { type Attempt, AttemptView } from './attempt-view.ts';
import { formatCount } from './format.ts';
import { bestBucket, bestFixed, bestSliding, type Fit, type LimiterKind } from './limiter-fit.ts';

export type { Attempt } from './attempt-view.ts';

export interface ThrottleShape {
  readonly kind: LimiterKind | 'none' | 'undecided';
  readonly attempts: number;
  readonly throttled: number;
  /** Share of the attempts that the best of the candidates gets wrong; null where nothing was throttled. */
  readonly residual: number | null;
  /** What passes in the long run, a second. */
  readonly sustainedPerS: number | null;
  /** What passes at once after a pause: the capacity of a bucket, or what fits into a window. */
  readonly burst: number | null;
  /** How long after a burst the next one passes: the time a bucket takes to fill, or the window. */
  readonly recoveryNs: number | null;
  /** All kinds with what each gets wrong, the best first. */
  readonly candidates: readonly { readonly kind: LimiterKind; readonly residual: number }[];
  readonly explanation: string;
}

/** Fewer throttled (or accepted) attempts than these tell nothing. */
const SAMPLES_MIN = 20;
/** A limiter explains the attempts when it gets at most this share of what chance gets wrong. */
const EXPLAINS = 0.3;
/** When all of them get more wrong than this share of chance, there is nothing to explain but chance. */
const EXPLAINS_NOTHING = 0.75;
/** A limiter explains what passes in such times when it is off by at most this share of what chance is off by. */
const EXPLAINS_COARSELY = 0.6;

/** Judges attempts, in any order. */
export function throttleShape(unsorted: readonly Attempt[]): ThrottleShape {
  const attempts = [...unsorted].sort((a, b) => a.atNs - b.atNs);
  const throttled = attempts.filter(({ accepted }) => !accepted).length;
  const counts = { attempts: attempts.length, throttled };
  const unknown = { residual: null, sustainedPerS: null, burst: null, recoveryNs: null, candidates: [] };
  if (throttled === 0)
    return {
      kind: 'none',
      ...counts,
      ...unknown,
      explanation: `none of ${formatCount(attempts.length)} attempts was throttled`,
    };
  const view = new AttemptView(attempts);
  const { chance } = view;
  if (chance < SAMPLES_MIN) {
    const few = throttled === chance ? `${throttled} throttled` : `${chance} accepted`;
    return {
      kind: 'undecided',
      ...counts,
      ...unknown,
      explanation: `${few} attempts are too few to tell a limiter by`,
    };
  }
  const structured = [bestBucket(view), bestFixed(view), bestSliding(view)].sort((a, b) => a.wrong - b.wrong);
  const random: Fit = {
    kind: 'random',
    wrong: chance,
    off: view.chanceOff,
    sustainedPerS: null,
    burst: null,
    recoveryNs: null,
  };
  const fits = [...structured, random].sort((a, b) => a.wrong - b.wrong);
  const candidates = fits.map(({ kind, wrong }) => ({ kind, residual: wrong / attempts.length }));
  const { fit, kind, wrong, explanation } = decide(structured, random, view);
  const { sustainedPerS, burst, recoveryNs } = fit ?? {
    sustainedPerS: view.acceptedPerS,
    burst: null,
    recoveryNs: null,
  };
  return {
    kind,
    ...counts,
    residual: wrong / attempts.length,
    sustainedPerS,
    burst,
    recoveryNs,
    candidates,
    explanation,
  };
}

interface Decision {
  readonly kind: LimiterKind | 'undecided';
  /** Whose figures hold, if anyone's. */
  readonly fit: Fit | null;
  readonly wrong: number;
  readonly explanation: string;
}

const names: Record<LimiterKind, string> = {
  random: 'chance',
  'fixed-window': 'a fixed window',
  'sliding-window': 'a sliding window',
  'token-bucket': 'a token bucket',
};

/** The kind, if the best fit explains the attempts and the second best does not: attempt by attempt, else coarsely. */
function decide(structured: readonly Fit[], random: Fit, view: AttemptView): Decision {
  const fine = choose(structured, random, 'wrong', EXPLAINS, `of ${formatCount(view.length)} attempts`);
  if (fine) return fine;
  const coarse = choose(
    structured,
    random,
    'off',
    EXPLAINS_COARSELY,
    `of ${formatCount(view.length)} attempts, by the tenth of a second,`,
  );
  if (coarse && coarse.kind !== 'undecided') return coarse;
  const { wrong, kind } = structured[0]!;
  if (wrong > EXPLAINS_NOTHING * random.wrong && view.independent) {
    const explanation = 'no limiter explains it better than chance, and one throttle says nothing about the next';
    return { kind: 'random', fit: null, wrong: random.wrong, explanation };
  }
  const explanation = `no limiter explains it: ${formatCount(wrong)} of ${formatCount(view.length)} attempts against ${names[kind]}, ${formatCount(random.wrong)} against chance`;
  return { kind: 'undecided', fit: null, wrong, explanation };
}

/** undefined where not even the best explains enough. */
function choose(
  structured: readonly Fit[],
  random: Fit,
  by: 'wrong' | 'off',
  explains: number,
  what: string,
): Decision | undefined {
  const [first, second] = structured.toSorted((a, b) => a[by] - b[by]) as [Fit, Fit];
  if (first[by] > explains * random[by]) return undefined;
  const [least, next] = [Math.round(first[by]), Math.round(second[by])];
  // Four times the spread of a count: neither luck nor the jitter of arrivals makes such a difference.
  const apart = next > 1.5 * least && next - least > 4 * Math.sqrt(least + next + 1);
  const against = `${least} ${what} against ${names[first.kind]}, ${next} against ${names[second.kind]}`;
  const chance = `${Math.round(random[by])} against chance`;
  if (apart) return { kind: first.kind, fit: first, wrong: first[by], explanation: `${against}, ${chance}` };
  return {
    kind: 'undecided',
    fit: null,
    wrong: first[by],
    explanation: `two kinds explain it as well as each other (${against}): uneven load or pauses would tell them apart`,
  };
}
