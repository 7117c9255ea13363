/** Shipped scenarios on the virtual clock: as they are, or with what must break them. */
import { readFileSync } from 'node:fs';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { type CellPlan, parseScenario } from '../scenario/parse.ts';
import { resolveScenarioFile } from '../scenario/shipped.ts';
import { simulate, type Simulation } from './simulation.ts';

interface Changes {
  readonly set?: readonly string[];
  /** Names, or what is armed already and counts its activations. */
  readonly faults?: readonly string[] | Faults;
  /** Another endpoint than AWS's figures make. */
  readonly endpoint?: Simulation['endpoint'];
  readonly onProgress?: Simulation['onProgress'];
}

/** The result of each combination of a matrix, or the only one. */
export async function simulateShipped(
  name: string,
  { set = [], faults = [], endpoint: other, onProgress }: Changes = {},
): Promise<Result[]> {
  const file = resolveScenarioFile(name);
  const text = readFileSync(file, 'utf8');
  const { plan, planHash, series } = parseScenario(text, { file, set });
  const cells: readonly CellPlan[] = series?.cells ?? [{ values: {}, plan, planHash }];
  const results: Result[] = [];
  for (const cell of cells) {
    const scenario = { file, text, planHash: cell.planHash, plan: cell.plan, overrides: set };
    const armed = faults instanceof Faults ? faults : new Faults(faults);
    const endpoint = { latency: 'aws', faults: armed, ...other } as const;
    results.push(await simulate({ scenario, seed: 1, endpoint, ...(onProgress ? { onProgress } : {}) }));
  }
  return results;
}
