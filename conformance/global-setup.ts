/**
 * For `vitest run` in the repository: starts the target that KINEBENCH_TARGET (a preset or a file) or KINEBENCH_ENDPOINT (a
 * URL) names, or leaves the embedded reference to the worker, which makes its own, and hands it to `statements.test.ts`.
 */
import type { TestProject } from 'vitest/node';
import { loadTarget } from '../src/target/load.ts';
import { startTarget } from '../src/target/start.ts';
import { systemClock } from '../src/clock.ts';
import { newest } from './catalogue.ts';
import { cleanUp } from './clean-up.ts';
import { injectedSockets } from './injected.ts';
import { runName } from './session.ts';

/** Started by vitest before the first test of the project; what it returns is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KINEBENCH_TARGET: preset, KINEBENCH_ENDPOINT: endpoint } = process.env;
  const spec = loadTarget(preset, { endpoint });
  const name = runName(systemClock, 1);
  const how = { name, seed: 1, settleMs: 3_000, ids: [], catalogue: newest(), ways: [] };
  if (spec.kind === 'embedded') {
    project.provide('run', { target: { kind: 'reference', spec }, ...how });
    return async () => {};
  }
  const target = await startTarget(spec);
  project.provide('run', { target: await injectedSockets(target), ...how });
  return async () => {
    await cleanUp(target, name, { cut: false, deliveries: true, channels: target.capabilities.has('channels') });
    await target[Symbol.asyncDispose]();
  };
}
