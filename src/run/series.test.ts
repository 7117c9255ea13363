import { expect, test } from 'vitest';
import { parseResultSeries } from '../result-series.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Verdict } from '../verify/verdict.ts';
import { parseScenario } from '../scenario/parse.ts';
import { probeVerdict, seriesTasks, spreadOf } from './series.ts';

const seriesOf = (more: string) =>
  parseScenario(
    `name: sample
question: Is it so?
expected: It is.
streams: { events: { shards: 1 } }
fleets: { writers: { produce: PutRecord, rate: "{n} records/s", record: { size: 100 B, key: uniform(10) } } }
phases: [{ name: steady, for: 5s }]
matrix: { n: 1..2 }
${more}`,
    { file: 's.yaml' },
  ).series!;

const order = (more: string) =>
  seriesTasks(seriesOf(more), ['a', 'b']).map(
    ({ cell, target, repetition }) => `${repetition}${target}${cell.values['n']}`,
  );

test('targets take turns on every combination, and all is done once before it is repeated', () => {
  expect(order('repeat: { times: 2 }')).toEqual(['0a1', '0b1', '0a2', '0b2', '1a1', '1b1', '1a2', '1b2']);
  expect(order('repeat: { times: 2, interleave: nothing }')).toEqual([
    '0a1',
    '0a2',
    '1a1',
    '1a2',
    '0b1',
    '0b2',
    '1b1',
    '1b2',
  ]);
});

test('the spread is median, least and most', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ count: 3, median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ count: 4, median: 2.5, min: 1, max: 4 });
  expect(spreadOf([5])).toEqual({ count: 1, median: 5, min: 5, max: 5 });
  expect(spreadOf([])).toEqual({ count: 0, median: null, min: null, max: null });
});

test('a probe holds or breaks by what the search asks for alone, and an invalid run proves nothing', () => {
  const probe = (exitCode: ExitCode, ...verdicts: readonly (readonly [text: string, verdict: Verdict])[]) => {
    const expectations = verdicts.map(([text, verdict]) => ({ text, verdict }));
    return probeVerdict({ verdict: { exitCode }, expectations }, ['a', 'b']);
  };
  expect(probe(0, ['a', 'pass'], ['b', 'pass'])).toBe('holds');
  expect(probe(3, ['a', 'pass'], ['b', 'fail'])).toBe('breaks');
  expect(probe(3, ['a', 'pass'], ['b', 'pass'], ['other', 'fail'])).toBe('holds');
  expect(probe(6, ['a', 'pass'], ['b', 'fail'])).toBe('unknown');
  expect(probe(0, ['a', 'pass'], ['b', 'indeterminate'])).toBe('unknown');
  expect(probe(0)).toBe('unknown');
});

test('a series file that is none, of another version or cut off is refused', () => {
  const refusal = (json: string) => {
    try {
      parseResultSeries(json, 'series.json');
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  expect(refusal('{')).toContain('not JSON');
  expect(refusal('{"format":"kinebench-result","version":1}')).toContain('not a kinebench series');
  expect(refusal('{"format":"kinebench-series","version":2}')).toContain('version: 2, this kinebench reads 1');
  expect(refusal('{"format":"kinebench-series","version":1}')).toContain('points');
});
