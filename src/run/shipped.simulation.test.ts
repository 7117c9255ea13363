/** Every shipped scenario holds what it expects of the reference, in virtual time: a new one is run here without further words. */
import { expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { shippedScenarios } from '../scenario/shipped.ts';
import { simulateShipped } from './shipped.test-data.ts';

/** What is run elsewhere, and where. */
const elsewhere: Readonly<Record<string, string>> = {
  'fan-out-delay': 'shipped-fan-out.simulation.test.ts',
  'fan-out-vs-polling': 'shipped-fan-out.simulation.test.ts',
  'consumers-curve': 'shipped-fan-out.simulation.test.ts',
  'sdk-vs-wire': 'the SDK keeps its own time; e2e/cli.test.ts runs it on sockets',
};

test.each(shippedScenarios().filter(({ name }) => !Object.hasOwn(elsewhere, name)))('$name', async ({ name }) => {
  const results = await simulateShipped(name);
  expect(results.flatMap(({ verdict }) => verdict.reasons)).toEqual([]);
  for (const { verdict, ledger, steps = [] } of results) {
    expect(verdict.exitCode).toBe(ExitCode.pass);
    expect(ledger.sent).toBeGreaterThan(0);
    expect(steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  }
});

test('what is not run here is a shipped scenario', () => {
  const names = shippedScenarios().map(({ name }) => name);
  expect(Object.keys(elsewhere).filter((name) => !names.includes(name))).toEqual([]);
});
