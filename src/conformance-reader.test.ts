import { expect, test } from 'vitest';
import { parseConformance } from './conformance-reader.ts';
import { missingMuch } from './report/conformance.test-data.ts';

test('what a run writes is read as it was', () => {
  expect(parseConformance(JSON.stringify(missingMuch()), 'a.json')).toEqual(missingMuch());
});

test.each([
  ['{"format":', 'a.json: not JSON'],
  ['{"format":"kinebench-result","version":1}', 'a.json: not a conformance result'],
  [JSON.stringify({ ...missingMuch(), version: 2 }), 'a.json: version: 2, this kinebench reads 1'],
])('what is none is refused: %s', (text, message) => {
  expect(() => parseConformance(text, 'a.json')).toThrow(message);
});

test('every fault is named with its place', () => {
  const { judgements, ...rest } = missingMuch();
  const spoilt = judgements.map((one, index) => (index === 1 ? { ...one, id: 'ORD', verdict: 'fine' } : one));
  const read = () => parseConformance(JSON.stringify({ ...rest, judgements: spoilt, awsValidated: null }), 'a.json');
  expect(read).toThrow('a.json: judgements.1.id: no id of a statement');
  expect(read).toThrow('a.json: judgements.1.verdict: ');
  expect(read).toThrow('a.json: awsValidated: ');
});
