/**
 * How many a second: of whole bins, by the time of the answer. What was due in a phase and answered behind it was not done in its
 * time, and a bin that lies only partly in a phase would count what is not of it. The one reckoning of rates, for expectations,
 * the terminal, the report and the gate, so that they cannot disagree; it needs only these parts of a result.
 */

/** A stretch of a run, in ns from its start. */
export interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

/** Counts of one kind over time: a value and bytes for each bin. */
export interface BinnedLine {
  readonly fleet: string;
  readonly shard: string | null;
  readonly metric: string;
  readonly values: readonly number[];
  readonly bytes: readonly number[];
}

export interface Bins {
  readonly binNs: number;
  readonly bins: number;
  readonly counts: readonly BinnedLine[];
}

/** Events, their bytes, and the seconds they took. */
export interface Settled {
  readonly count: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** What the lines that `fits` takes have in the bins that lie wholly in one of the spans; null where there is no such bin. */
export function settledWithin(
  series: Bins,
  spans: readonly Span[],
  fits: (line: BinnedLine) => boolean,
): Settled | null {
  const { binNs } = series;
  const inside = (bin: number) =>
    spans.some(({ startNs, endNs }) => bin * binNs >= startNs - 1 && (bin + 1) * binNs <= endNs + 1);
  const bins = Array.from({ length: series.bins }, (_, bin) => bin).filter(inside);
  if (bins.length === 0) return null;
  const lines = series.counts.filter(fits);
  const sum = (of: 'values' | 'bytes') =>
    lines.reduce((all, line) => all + bins.reduce((some, bin) => some + (line[of][bin] ?? 0), 0), 0);
  return { count: sum('values'), bytes: sum('bytes'), seconds: (bins.length * binNs) / 1e9 };
}

/** What a rate over all measured phases is made of. */
export interface Measured {
  readonly phases: readonly (Span & { readonly kind: string; readonly measured: boolean })[];
  readonly counts: readonly {
    readonly fleet: string;
    readonly phase: string | null;
    readonly metric: string;
    readonly count: number;
    readonly bytes: number;
  }[];
  readonly series: Bins;
}

export interface Pace {
  readonly countPerS: number;
  readonly bytesPerS: number;
}

/** The measured phases in which producers send. */
export function loadPhases<P extends Measured['phases'][number]>(phases: readonly P[]): readonly P[] {
  return phases.filter(({ kind, measured, startNs, endNs }) => kind === 'timed' && measured && endNs > startNs);
}

/**
 * The pace of one metric over the load that was measured, of one fleet or of all; by when it was due where no whole bin lies in a
 * phase. null when it was not counted, nothing was measured, or a document has its sum and not its course.
 */
export function paceOf({ phases, counts, series }: Measured, metric: string, fleet?: string): Pace | null {
  const fits = (line: { readonly fleet: string; readonly metric: string }) =>
    line.metric === metric && (fleet === undefined || line.fleet === fleet);
  const docs = counts.filter((doc) => doc.phase === null && fits(doc));
  const due = { count: sumOf(docs, 'count'), bytes: sumOf(docs, 'bytes') };
  const load = loadPhases(phases);
  if (docs.length === 0 || load.length === 0) return null;
  const settled = settledWithin(series, load, (line) => line.shard === null && fits(line));
  if (settled && due.count > 0 && !series.counts.some(fits)) return null;
  const seconds = settled?.seconds ?? load.reduce((sum, { startNs, endNs }) => sum + (endNs - startNs), 0) / 1e9;
  const { count, bytes } = settled ?? due;
  return { countPerS: count / seconds, bytesPerS: bytes / seconds };
}

function sumOf<K extends string>(docs: readonly Readonly<Record<K, number>>[], field: K): number {
  return docs.reduce((sum, doc) => sum + doc[field], 0);
}
