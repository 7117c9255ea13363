/** A run longer than its retention: what has rightly expired is not lost, and what is trimmed too early is. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate } from './simulation.ts';

/** A record a minute for 30 hours, of which the last 24 (or `retention`) are kept. */
async function run({ faults = [], retention = '24h', steps = '', rate = '1 records/min' }: Wanted): Promise<Result> {
  const text = `
name: expiry
question: Is what has expired called lost?
expected: No.
streams: { events: { shards: 1, retention: ${retention} } }
fleets: { writers: { produce: PutRecord, rate: ${rate}, arrivals: uniform, record: { size: 100 B, key: uniform(10) } } }
phases: [{ name: steady, for: 30h }]
${steps}verify: [no-loss, no-duplicates, order, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: 'expiry.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 3, endpoint: { faults: new Faults(faults) } });
}

interface Wanted {
  readonly faults?: readonly string[];
  readonly retention?: string;
  readonly steps?: string;
  readonly rate?: string;
}

const promised = ({ ledger }: Result) => ledger.verdicts.map(({ name, verdict }) => `${name} ${verdict}`);

describe('a run of 30 hours over a stream that keeps 24', { timeout: 120_000 }, () => {
  test('loses nothing: six hours of records have expired', async () => {
    const result = await run({});
    const { counts, acknowledged, swept } = result.ledger;
    expect(acknowledged).toBe(1800);
    expect(counts.lost).toBe(0);
    expect(counts.expired).toBeGreaterThanOrEqual(359);
    expect(counts.expired).toBeLessThanOrEqual(361);
    expect(counts.expired + swept).toBe(acknowledged);
    expect(promised(result)).toEqual(['no-loss pass', 'no-duplicates pass', 'order pass', 'immutability pass']);
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });

  test('what is trimmed an hour too early is lost, and nothing else is', async () => {
    const { ledger, verdict } = await run({ faults: ['ret.trim-early'] });
    // The hour is one of the oldest record left: 60 of a record a minute, but for those at the edge.
    expect(ledger.counts.lost).toBeGreaterThanOrEqual(50);
    expect(ledger.counts.lost).toBeLessThanOrEqual(61);
    expect(ledger.counts.expired).toBeGreaterThanOrEqual(359);
    expect(verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('with more records than times are kept of, nothing is lost either', async () => {
    const { ledger } = await run({ rate: '10 records/min' });
    expect(ledger.acknowledged).toBe(18_000);
    expect(ledger.counts.lost).toBe(0);
    expect(ledger.counts.expired + ledger.swept).toBe(ledger.acknowledged);
  });

  test('a longer retention keeps all', async () => {
    const { ledger } = await run({ retention: '48h' });
    expect(ledger.counts).toMatchObject({ lost: 0, expired: 0 });
  });

  test('a step that shortens the retention lets records expire, also when it is raised again', async () => {
    const steps = 'steps: [{ at: 27h, retention: events, to: 24h }, { at: 28h, retention: events, to: 72h }]\n';
    const { ledger } = await run({ retention: '48h', steps });
    expect(ledger.counts.lost).toBe(0);
    expect(ledger.counts.expired).toBeGreaterThanOrEqual(239);
    expect(ledger.counts.expired).toBeLessThanOrEqual(242);
  });
});
