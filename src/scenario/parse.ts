/**
 * A scenario's text to a plan, in two passes: the shape by schema, then what the values mean together. Both always run, so
 * that one reading of the message mends the whole file.
 */
import { Cursor } from './cursor.ts';
import { parseExpectation } from './expectation.ts';
import { resolveFleets, resolveStreams } from './fleets.ts';
import { checkDrain, checkWritten, loadNsOf, resolvePhases, resolveVerify } from './phases.ts';
import { deepFreeze, planHashOf } from './plan-hash.ts';
import { PLAN_VERSION } from './plan.ts';
import type { Plan } from './plan.ts';
import { checkShape } from './shape.ts';
import { Source } from './source.ts';

/** A scenario as it will be run. */
export interface ParsedScenario {
  /** Deep-frozen. */
  readonly plan: Plan;
  /** SHA-256 of the canonical plan, hexadecimal. */
  readonly planHash: string;
}

/**
 * Reads a scenario. `set` are assignments such as `fleets.writers.rate=2000 records/s total`, made before anything is
 * checked. Throws OperatorError `scenario-invalid` with every fault as `file:line:column: what — way out`.
 */
export function parseScenario(text: string, options: { file: string; set?: readonly string[] }): ParsedScenario {
  const source = new Source(text, options.file, options.set ?? []);
  const root = new Cursor(source, [], source.value);
  checkShape(root);
  const name = root.at('name').text() ?? '';
  if (name !== '') checkWritten(root.at('name'), name, 'scenario');
  const streams = resolveStreams(root);
  if (root.at('streams').present && streams.length === 0)
    root.at('streams').faultAtKey('there is no stream', 'a scenario needs one, such as events: { shards: 1 }');
  const phases = resolvePhases(root);
  const fleets = resolveFleets(root, streams, loadNsOf(phases));
  checkDrain(root, phases, fleets);
  const verify = resolveVerify(root, fleets);
  const scope = { streams, fleets, phases };
  const expect = root
    .at('expect')
    .items()
    .flatMap((at) => {
      const line = at.text();
      if (line === undefined) return [];
      return parseExpectation(line, scope, (what, wayOut, offset) => at.fault(what, wayOut, offset)) ?? [];
    });
  if (source.faulty) source.throwFaults();
  const plan: Plan = deepFreeze({
    version: PLAN_VERSION,
    name,
    question: root.at('question').text()!.trim(),
    expected: root.at('expected').text()!.trim(),
    streams,
    fleets,
    phases,
    verify,
    expect,
  });
  return { plan, planHash: planHashOf(plan) };
}
