/**
 * Random histories for properties: a generator asks a tape what comes next, fast-check draws the tape. Where a tape ends, and
 * where it has zeros, everything goes well, so a counterexample shrinks to the few things that have to go wrong.
 *
 *   PROPERTY_FACTOR=50 PROPERTY_SEED=7 npx vitest run src/verify conformance/history/checkers --testTimeout 0
 */
import * as fc from 'fast-check';

const FULL = 2 ** 20;

export class Tape {
  readonly #draws: readonly number[];
  #at = 0;

  constructor(draws: readonly number[]) {
    this.#draws = draws;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor((this.#draw() * n) / FULL);
  }

  /** True so often. */
  chance(share: number): boolean {
    return this.#draw() >= FULL * (1 - share);
  }

  #draw(): number {
    return this.#draws[this.#at++] ?? 0;
  }
}

/** Tapes of so many draws at the most. */
export function tapes(draws: number): fc.Arbitrary<Tape> {
  return fc
    .noBias(fc.array(fc.nat(FULL - 1), { minLength: Math.ceil(draws / 2), maxLength: draws, size: 'max' }))
    .map((drawn) => new Tape(drawn));
}

const { PROPERTY_FACTOR = '1', PROPERTY_SEED = '1', PROPERTY_SHRINK = 'yes' } = process.env;

/** As many cases as ever, or more, from the seed that is known to bring up every class. */
export const usual = Number(PROPERTY_FACTOR) >= 1 && PROPERTY_SEED === '1';

/** How many cases a property is shown, the same ones each time unless the environment says otherwise. */
export function cases(runs: number): {
  readonly seed: number;
  readonly numRuns: number;
  readonly endOnFailure: boolean;
} {
  return {
    seed: Number(PROPERTY_SEED),
    numRuns: Math.ceil(runs * Number(PROPERTY_FACTOR)),
    endOnFailure: PROPERTY_SHRINK === 'no',
  };
}
