/** Sixty-four writers, and a stream that is split and merged twenty times under them: every key stays in order, nothing is lost. */
import { expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { simulateShipped } from './shipped.test-data.ts';

test('twenty reshards under sixty-four writers: nothing lost, nothing reordered within a key', async () => {
  const [result] = await simulateShipped('reshard-under-load');
  const { ledger, steps } = result!;
  expect(steps!.filter(({ outcome }) => outcome === 'done')).toHaveLength(20);
  expect(ledger.verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
  expect(ledger).toMatchObject({ swept: ledger.acknowledged, compared: ledger.acknowledged });
  expect(ledger.acknowledged).toBeGreaterThan(13_000);
  // Nearly every put follows one of its agent and key; none of those pairs lies in shards that are not in line.
  expect(ledger.order.promised).toBeGreaterThan(0.95 * ledger.acknowledged);
  expect(ledger.order.apart).toBe(0);
});

test('with records in flight lost as shards close: found, counted, the first named', async () => {
  const faults = new Faults(['reshard.inflight-lost']);
  const [result] = await simulateShipped('reshard-under-load', { faults });
  const struck = Object.values(faults.activations()).reduce((sum, count) => sum + count, 0);
  const { counts, witnesses, verdicts } = result!.ledger;
  expect(struck).toBeGreaterThan(0);
  expect(counts).toMatchObject({ lost: struck, missed: 0, duplicated: 0, reordered: 0, changed: 0, ghost: 0 });
  expect(witnesses.filter(({ anomaly }) => anomaly === 'lost')).toHaveLength(5);
  expect(witnesses[0]).toMatchObject({ anomaly: 'lost', producer: expect.stringMatching(/^writers\/\d+$/) as string });
  expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
  expect(verdicts.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual(['no-loss']);
});
