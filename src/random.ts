import { randomInt } from 'node:crypto';

/**
 * The seeded generator, the only randomness of kinebench: xoshiro128** (Blackman and Vigna, 2018), seeded through
 * SplitMix32. Not for secrets. Two generators with the same seed and path give the same numbers on every machine, and
 * `fork` gives an independent one by name, so that a part of a plan can be generated without generating the rest.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    let state = this.#seed;
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** The generator of a named part: a pure function of this one's seed and the path, whatever was drawn before. */
  fork(...path: readonly (string | number)[]): Random {
    let hash = this.#seed ^ 0x811c9dc5;
    for (const byte of Buffer.from(path.join('\u0000'))) hash = Math.imul(hash ^ byte, 0x01000193);
    return new Random(hash);
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** An exponentially distributed number with the given mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.uniform()) * mean;
  }

  /** A standard normal number (Box and Muller; one of the pair is thrown away to keep the generator stateless). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** A seed nobody chose, to be printed so that the run can be repeated; and run ids that do not meet. Not for secrets. */
export function freshSeed(): number {
  return randomInt(2 ** 32 - 1);
}

/** An identifier of lower-case letters and digits. */
export function freshId(length: number): string {
  return Array.from({ length }, () => randomInt(36).toString(36)).join('');
}
