/** `kinebench gate`: did it get worse than the baseline? */
import { writeFileSync } from 'node:fs';
import type { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { gate } from '../gate/gate.ts';
import { gateJunit } from '../gate/junit.ts';
import { comparedOf, parseRule } from '../gate/rule.ts';
import { gateMarkdown, gateText } from '../gate/summary.ts';
import { readResults } from './results.ts';

export interface GateArguments {
  readonly result: readonly string[];
  readonly baseline: readonly string[];
  readonly rule: readonly string[];
  readonly junit?: string | undefined;
  readonly markdown?: string | undefined;
}

export async function runGate(args: GateArguments): Promise<ExitCode> {
  const current = args.result.flatMap(readResults).map(({ result }) => result);
  const plans = new Set(current.map(({ scenario }) => scenario.planHash));
  const all = args.baseline.flatMap(readResults).map(({ result }) => result);
  // A folder of baselines may hold those of other scenarios: they are for other calls.
  const ofScenario = all.filter(({ scenario }) => current.some((one) => one.scenario.plan.name === scenario.plan.name));
  if (ofScenario.length === 0) {
    throw new OperatorError(`no baseline of ${current[0]!.scenario.plan.name} in ${args.baseline.join(', ')}`, {
      code: 'not-comparable',
      hint: 'commit a result.json of this scenario under reports/baselines/',
    });
  }
  const same = ofScenario.filter(({ scenario }) => plans.has(scenario.planHash));
  const baseline = same.length > 0 ? same : ofScenario;
  const compared = comparedOf([...current, ...baseline]);
  const rules = args.rule.flatMap((text) => parseRule(text, compared));
  const report = gate(current, baseline, rules);
  if (args.junit !== undefined) writeFileSync(args.junit, gateJunit(report));
  if (args.markdown !== undefined) writeFileSync(args.markdown, gateMarkdown(report));
  console.log(gateText(report));
  return report.exitCode;
}
