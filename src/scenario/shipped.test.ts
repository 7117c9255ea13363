import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenario } from './parse.ts';
import { scenarioJsonSchema } from './schema.ts';
import { resolveScenarioFile, shippedScenarios } from './shipped.ts';

const shipped = shippedScenarios();

/** Scenarios that ask about time itself; each says in `expected` how long it takes. */
const long: readonly string[] = [
  'on-demand-growth',
  'retention-edge',
  'soak',
  'firehose-buffer-interval',
  'firehose-buffer-size',
  'firehose-zero-buffering',
  'firehose-intervals',
  'firehose-kinesis-source',
  'firehose-compression',
  'firehose-lambda',
  'firehose-parquet',
  'firehose-outage-recovery',
  'firehose-s3-outage',
];

test.each(shipped)(
  '$name is valid, is named as its file, expects something and is over within a minute, or says so',
  ({ name, file }) => {
    const { plan } = parseScenario(readFileSync(file, 'utf8'), { file });
    expect(plan.name).toBe(name);
    expect(plan.question).toMatch(/\?$/);
    expect(plan.expected).toMatch(/wrong|mean/);
    expect(plan.expect.length).toBeGreaterThan(0);
    const loadNs = plan.phases.reduce((sum, phase) => sum + (phase.kind === 'timed' ? phase.durationNs : 0), 0);
    if (long.includes(name)) expect(plan.expected).toMatch(/Takes .* in real time/);
    else expect(loadNs).toBeLessThanOrEqual(45e9);
  },
);

test('limits are judged on the sustained rate, at least 20 s after the load began', () => {
  for (const { name, file } of shipped.filter((each) => each.name.includes('limit'))) {
    const { plan } = parseScenario(readFileSync(file, 'utf8'), { file });
    const rates = plan.expect.filter((each) => each.subject.kind === 'count' && each.subject.stat !== 'count');
    expect(rates.length, name).toBeGreaterThan(0);
    for (const each of rates) expect(each.window?.fromNs, `${name}: ${each.text}`).toBeGreaterThanOrEqual(20e9);
  }
});

test('a name finds its file, a path stays a path, and a typo finds the nearest name', () => {
  expect(resolveScenarioFile('write-limit-records')).toMatch(/scenarios[/\\]write-limit-records\.yaml$/);
  expect(resolveScenarioFile(shipped[0]!.file)).toBe(shipped[0]!.file);
  expect(() => resolveScenarioFile('write-limit-record')).toThrow(
    expect.objectContaining({
      code: 'scenario-not-found',
      hint: 'Shipped scenarios: did you mean write-limit-records?',
    }),
  );
});

test('the schema for editors is fresh (npm run schema)', () => {
  const file = new URL('../../scenarios/scenario.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(scenarioJsonSchema());
});
