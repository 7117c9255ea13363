/**
 * For `vitest run` in the repository: starts the target that KINEBENCH_TARGET (a preset or a file) or KINEBENCH_ENDPOINT (a
 * URL) names, else kinesalite (until the reference is there), and hands it to `statements.test.ts`.
 */
import type { TestProject } from 'vitest/node';
import { loadTarget } from '../src/target/load.ts';
import { startTarget } from '../src/target/start.ts';
import { injectedRun } from './injected.ts';

/** Started by vitest before the first test of the project; what it returns is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KINEBENCH_TARGET: name, KINEBENCH_ENDPOINT: endpoint } = process.env;
  const target = await startTarget(loadTarget(name ?? 'kinesalite', { endpoint }));
  project.provide('run', await injectedRun(target, { seed: 1, settleMs: 3_000, ids: [] }));
  return async () => target[Symbol.asyncDispose]();
}
