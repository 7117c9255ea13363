import { describe, expect, test } from 'vitest';
import { sampleResult } from './gate/sample-result.ts';
import { parseResult } from './result-reader.ts';

const sample = sampleResult();

test('a result survives being written and read', () => {
  expect(parseResult(JSON.stringify(sample), 'r.json')).toEqual(sample);
});

test('what a later patch adds is kept', () => {
  expect(parseResult(JSON.stringify({ ...sample, more: 1 }), 'r.json')).toMatchObject({ more: 1 });
});

describe('what is no result is refused with file and path', () => {
  test.each<[string, string, string]>([
    ['no JSON', '{"format":', 'r.json: not JSON'],
    ['another document', '{"a":1}', 'r.json: not a kinebench result'],
    ['null', 'null', 'r.json: not a kinebench result'],
    ['another version', JSON.stringify({ ...sample, version: 2 }), 'r.json: version: 2, this kinebench reads 1'],
    ['a missing part', JSON.stringify({ ...sample, counts: undefined }), 'r.json: counts: '],
    [
      'a wrong type deep inside',
      JSON.stringify({ ...sample, latencies: [{ ...sample.latencies[0], percentilesNs: { p50: 'fast' } }] }),
      'r.json: latencies.0.percentilesNs.p50: ',
    ],
  ])('%s', (_, json, message) => {
    expect(() => parseResult(json, 'r.json')).toThrow(
      expect.objectContaining({ code: 'result-invalid', exitCode: 2, message: expect.stringContaining(message) }),
    );
  });
});
