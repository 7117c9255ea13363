/**
 * Each kind of limiter at its best: the guess of its leak that, with the best threshold, gets the fewest attempts wrong. Guesses
 * go over a grid and then closer around the best one; a few hundred times through all attempts.
 */
import type { AttemptView } from './attempt-view.ts';

/** What may let attempts pass or not; `random` is chance. */
export type LimiterKind = 'random' | 'fixed-window' | 'sliding-window' | 'token-bucket';

/** Windows that services are built with, in ns. */
const windowsNs = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60].map((seconds) => seconds * 1e9);
const PHASES = 32;

/** What a kind of limiter makes of the attempts at its best. */
export interface Fit {
  readonly kind: LimiterKind;
  /** Attempts that went the other way. */
  readonly wrong: number;
  /** Attempts too many or too few in each tenth of a second, summed. */
  readonly off: number;
  readonly sustainedPerS: number | null;
  readonly burst: number | null;
  readonly recoveryNs: number | null;
}

/** Levels of the guess; by its own decisions where a threshold is given. */
function bucketLevels(view: AttemptView, perNs: number, threshold: number | null = null): void {
  let debt = 0;
  let atNs = view.atNs[0]!;
  for (let index = 0; index < view.length; index += 1) {
    debt = Math.max(0, debt - (view.atNs[index]! - atNs) * perNs);
    atNs = view.atNs[index]!;
    view.level[index] = debt + view.ask[index]!;
    if (view.passes(index, threshold)) debt += view.amount[index]!;
  }
}

function fixedLevels(view: AttemptView, windowNs: number, phaseNs: number, threshold: number | null = null): void {
  let used = 0;
  let window = -Infinity;
  for (let index = 0; index < view.length; index += 1) {
    const now = Math.floor((view.atNs[index]! - phaseNs) / windowNs);
    if (now !== window) used = 0;
    window = now;
    view.level[index] = used + view.ask[index]!;
    if (view.passes(index, threshold)) used += view.amount[index]!;
  }
}

function slidingLevels(view: AttemptView, windowNs: number, threshold: number | null = null): void {
  let used = 0;
  let oldest = 0;
  for (let index = 0; index < view.length; index += 1) {
    for (; view.atNs[oldest]! <= view.atNs[index]! - windowNs; oldest += 1)
      if (view.passes(oldest, threshold)) used -= view.amount[oldest]!;
    view.level[index] = used + view.ask[index]!;
    if (view.passes(index, threshold)) used += view.amount[index]!;
  }
}

/** The refill is looked for from half of what passed to forty times: pauses in the load hide what could have passed. */
export function bestBucket(view: AttemptView): Fit {
  const guess = (perS: number) => {
    bucketLevels(view, perS / 1e9);
    return { perS, ...view.threshold() };
  };
  const seed = view.acceptedPerS || 1;
  let best = guess(seed);
  const consider = (perS: number) => {
    const found = guess(perS);
    if (found.wrong < best.wrong) best = found;
  };
  for (let step = -14; step <= 74; step += 1) consider(seed * 1.05 ** step);
  for (let factor = 1.025; factor > 1.0001; factor = Math.sqrt(factor)) {
    const { perS } = best;
    for (let step = -4; step <= 4; step += 1) consider(perS * factor ** (step / 2));
  }
  const { perS, wrong, at } = best;
  bucketLevels(view, perS / 1e9, at);
  return {
    kind: 'token-bucket',
    wrong,
    off: view.off(at),
    sustainedPerS: perS,
    burst: at,
    recoveryNs: (at / perS) * 1e9,
  };
}

/** The window, where it begins, and what fits into it. */
export function bestFixed(view: AttemptView): Fit {
  let best = { wrong: Infinity, at: 0, windowNs: 1e9, phaseNs: 0 };
  const consider = (windowNs: number, phaseNs: number) => {
    fixedLevels(view, windowNs, phaseNs);
    const found = view.threshold();
    if (found.wrong < best.wrong) best = { ...found, windowNs, phaseNs };
  };
  for (const windowNs of usefulWindows(view))
    for (let phase = 0; phase < PHASES; phase += 1) consider(windowNs, (windowNs * phase) / PHASES);
  for (let stepNs = best.windowNs / PHASES / 2; stepNs > best.windowNs / 4000; stepNs /= 2)
    for (const side of [-1, 1]) consider(best.windowNs, best.phaseNs + side * stepNs);
  fixedLevels(view, best.windowNs, best.phaseNs, best.at);
  return windowFit('fixed-window', view, best);
}

/** The window and what fits into it. */
export function bestSliding(view: AttemptView): Fit {
  let best = { wrong: Infinity, at: 0, windowNs: 1e9, leakNs: 1e9 };
  for (const windowNs of usefulWindows(view)) {
    // A hair shorter too: what is due exactly one window later must not hang on the rounding of times.
    for (const leakNs of [windowNs, windowNs * 0.999]) {
      slidingLevels(view, leakNs);
      const found = view.threshold();
      if (found.wrong < best.wrong) best = { ...found, windowNs, leakNs };
    }
  }
  slidingLevels(view, best.leakNs, best.at);
  return windowFit('sliding-window', view, best);
}

/** A window that the load did not outlast twice has not shown what it does at its end. */
function usefulWindows(view: AttemptView): number[] {
  const useful = windowsNs.filter((windowNs) => windowNs <= view.spanNs / 2);
  return useful.length > 0 ? useful : [windowsNs[0]!];
}

function windowFit(
  kind: LimiterKind,
  view: AttemptView,
  { wrong, at, windowNs }: { readonly wrong: number; readonly at: number; readonly windowNs: number },
): Fit {
  return { kind, wrong, off: view.off(at), sustainedPerS: (at / windowNs) * 1e9, burst: at, recoveryNs: windowNs };
}
