/** What the threads of a run say of their CPU, as the result holds it: one entry for those that have the same fleets. */
import type { CpuDoc } from '../result.ts';

export function cpuDocs(
  all: readonly { readonly fleets: readonly string[]; readonly cpuNs: number; readonly threads?: number }[],
): CpuDoc[] {
  const docs = new Map<string, CpuDoc>();
  for (const { fleets, cpuNs, threads = 1 } of all) {
    const before = docs.get(JSON.stringify(fleets)) ?? { fleets, threads: 0, cpuNs: 0 };
    docs.set(JSON.stringify(fleets), { fleets, threads: before.threads + threads, cpuNs: before.cpuNs + cpuNs });
  }
  return [...docs.values()];
}
