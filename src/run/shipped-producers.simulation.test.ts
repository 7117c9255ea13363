/** The shipped scenarios about producers hold what they expect of the reference, in virtual time. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { parseScenario } from '../scenario/parse.ts';
import { resolveScenarioFile } from '../scenario/shipped.ts';
import { simulate } from './simulation.ts';

test.each(['recovery-after-throttling', 'linger', 'aggregation', 'chained-puts', 'replay-data-set'])(
  '%s',
  async (name) => {
    const file = resolveScenarioFile(name);
    const text = readFileSync(file, 'utf8');
    const { plan, planHash } = parseScenario(text, { file });
    const result = await simulate({
      scenario: { file, text, planHash, plan, overrides: [] },
      seed: 1,
      endpoint: { latency: 'aws' },
    });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  },
);
