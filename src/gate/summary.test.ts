import { expect, test } from 'vitest';
import { gate } from './gate.ts';
import { gateJunit } from './junit.ts';
import { parseRule } from './rule.ts';
import { sampleLatencies, sampleResult } from './sample-result.ts';
import { gateMarkdown, gateText } from './summary.ts';

const sample = sampleResult();
const rules = ['service.p50', 'service.p99{fleet=writers}', 'service.p99.9{fleet=writers}'].flatMap((text) =>
  parseRule(text, sample.scenario.plan),
);
const worse = { ...sample, run: { ...sample.run, id: 'run-2' }, latencies: sampleLatencies({ p99: 20 }) };
const report = gate(
  [worse],
  [sample],
  rules.filter((rule) => rule.fleet === 'writers'),
);

test('Markdown has the verdict, a row per metric and the reasons', () => {
  expect(gateMarkdown(report)).toBe(`## sample: worse than the baseline

Baseline: sample 1.0.0 (run-1)  
Current: sample 1.0.0 (run-2)

| metric | old | new | ratio | verdict |
|---|--:|--:|--:|---|
| service.p50{fleet=writers} | 4.00 ms | 4.00 ms | 1.00x | no worse |
| service.p99{fleet=writers} | 10.0 ms | 20.0 ms | 2.00x | WORSE |
| service.p99.9{fleet=writers} | — | — | — | NOT DECIDED |

- service.p99{fleet=writers}: 10.0 ms → 20.0 ms (2.00x), worse beyond 1.25x and 1.00 ms.
- service.p99.9{fleet=writers}: baseline run run-1: too few events beyond p99.9 (8000 in all); current run run-2: too few events beyond p99.9 (8000 in all).
`);
});

test('text has the same in columns', () => {
  expect(gateText(report).split('\n').slice(0, 5)).toEqual([
    'sample: worse than the baseline',
    'metric                            old      new  ratio  verdict',
    'service.p50{fleet=writers}    4.00 ms  4.00 ms  1.00x  no worse',
    'service.p99{fleet=writers}    10.0 ms  20.0 ms  2.00x  WORSE',
    'service.p99.9{fleet=writers}        —        —      —  NOT DECIDED',
  ]);
});

test('JUnit counts a regression as a failure and what could not be decided as an error', () => {
  const xml = gateJunit(report);
  expect(xml).toContain('<testsuites tests="4" failures="1" errors="1">');
  expect(xml).toContain(
    '<testcase name="service.p99{fleet=writers}" classname="gate.sample" time="0"><failure type="fail"',
  );
  expect(xml).toContain('<error type="indeterminate"');
  expect(xml).toContain('<testcase name="correctness" classname="gate.sample" time="0"/>');
});

test('JUnit and Markdown escape what a target may have said', () => {
  const broken = sampleResult({ verdict: { exitCode: 5, word: 'broken', reasons: ['<b>"lost" & \u0001|more\n'] } });
  const hostile = gate([broken], [sample]);
  expect(gateJunit(hostile)).toContain('&lt;b&gt;&quot;lost&quot; &amp; ?|more');
  expect(gateJunit(hostile)).toContain('failures="1"');
  expect(gateMarkdown(hostile)).toContain('\\<b\\>"lost" & \u0001\\|more');
  expect(gateMarkdown(hostile)).toContain('correctness broken');
});
