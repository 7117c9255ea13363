/**
 * CPU for each call of a fleet: that of the threads its agents ran in, by the calls that left. Only where a fleet had
 * its threads for itself; of a thread that several share, nobody can tell whose CPU it was. Needs these parts of a result only.
 */
import { formatDuration } from './format.ts';

export interface CpuEvidence {
  readonly cpu?: readonly { readonly fleets: readonly string[]; readonly cpuNs: number }[];
  readonly latencies: readonly {
    readonly fleet: string;
    readonly phase: string | null;
    readonly metric: string;
    readonly count: number;
  }[];
}

export interface FleetCpu {
  readonly fleet: string;
  /** Puts or polls of the measured phases, each attempt one. */
  readonly operations: number;
  /** null where it shared its threads. */
  readonly ns: number | null;
  /** Fleets that it shared its threads with. */
  readonly beside: readonly string[];
}

/** `writers 212 µs` of each fleet, or `writers n/a (shared its threads with …)`; null where nothing was metered. */
export function cpuWords(evidence: CpuEvidence): string | null {
  const words = cpuPerOperation(evidence).map(({ fleet, ns, beside }) =>
    ns === null ? `${fleet} n/a (in one thread with ${beside.join(', ')})` : `${fleet} ${formatDuration(ns)}`,
  );
  return words.length === 0 ? null : words.join(', ');
}

/** Fleets in metered threads that made calls, in the order of the threads. */
export function cpuPerOperation({ cpu = [], latencies }: CpuEvidence): readonly FleetCpu[] {
  const fleets = [...new Set(cpu.flatMap((doc) => doc.fleets))];
  return fleets.flatMap((fleet) => {
    const docs = cpu.filter((doc) => doc.fleets.includes(fleet));
    const beside = [...new Set(docs.flatMap((doc) => doc.fleets))].filter((name) => name !== fleet);
    const operations = latencies
      .filter((doc) => doc.fleet === fleet && doc.phase === null && doc.metric === 'setup')
      .reduce((sum, { count }) => sum + count, 0);
    const cpuNs = docs.reduce((sum, doc) => sum + doc.cpuNs, 0);
    return operations === 0 ? [] : [{ fleet, operations, ns: beside.length > 0 ? null : cpuNs / operations, beside }];
  });
}

/** Why the CPU of a fleet is not known. */
export function besides(fleet: string, beside: readonly string[]): string {
  return `${fleet} shared its threads with ${beside.join(', ')}: whose CPU it was cannot be told`;
}
