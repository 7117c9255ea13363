/**
 * Whether the suite gives the same verdicts each time: what two runs of it gave is held against one another. With the same seed
 * every judgement is the same to the byte, words and counts and the last calls; with another one the verdicts are.
 */
/** What one run said of one statement. */
export interface Said {
  readonly id: string;
  /** A verdict, or what was found. */
  readonly what: string;
  readonly message: string;
  /** Undefined where runs are not alike to the byte, such as those on the machine's clock. */
  readonly digest?: string | undefined;
}

/** One run of the suite. */
export interface Run {
  /** Such as `run 7, seed 8`. */
  readonly name: string;
  readonly seed: number;
  readonly said: readonly Said[];
}

/** What the reference without faults must not be found to be: broken by a verdict, or as it was seen. */
const missed = ['fail', 'warn', 'known-fail', 'broken', 'crashed', 'hung'];

/** What a run of the reference finds broken, a line each. */
export function misses({ name, said }: Run): string[] {
  return said
    .filter(({ what }) => missed.includes(what))
    .map(({ id, what, message }) => `${id}: ${what} in ${name}: ${message}`);
}

/** What a run has otherwise than the first one, a line each. */
export function differences(first: Run, run: Run): string[] {
  const before = new Map(first.said.map((one) => [one.id, one]));
  const found = run.said.flatMap(({ id, what, message, digest }) => {
    const known = before.get(id);
    if (known === undefined) return [`${id}: ${what} in ${run.name}, not judged in ${first.name}`];
    if (known.what !== what) {
      return [`${id}: ${what} in ${run.name} (${message}), ${known.what} in ${first.name} (${known.message})`];
    }
    const alike = run.seed !== first.seed || known.digest === digest;
    return alike
      ? []
      : [`${id}: ${what} in ${run.name} as in ${first.name}, in other words or by other calls: ${message}`];
  });
  const judged = new Set(run.said.map(({ id }) => id));
  const lacking = first.said.filter(({ id }) => !judged.has(id));
  return [...found, ...lacking.map(({ id }) => `${id}: not judged in ${run.name}`)];
}
