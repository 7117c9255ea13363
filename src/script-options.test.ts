import { expect, test } from 'vitest';
import { scriptOptions, wholeNumber } from './script-options.ts';

const options = { seed: { type: 'string', default: '1' }, diagonal: { type: 'boolean', default: false } } as const;

test('options that are known have their values, or their defaults', () => {
  expect(scriptOptions(options, ['--seed', '7'])).toEqual({ seed: '7', diagonal: false });
});

test.each([
  [['--seeds', '7'], 'unknown option --seeds', 'did you mean --seed?'],
  [['--soup'], 'unknown option --soup', 'it can be --seed or --diagonal'],
  [['--seed'], "Option '--seed <value>' argument missing", undefined],
  [['--diagonal=yes'], "Option '--diagonal' does not take an argument", undefined],
  [['7'], "Unexpected argument '7'", undefined],
])('%j: %s', (args, message, hint) => {
  const thrown = () => scriptOptions(options, args);
  expect(thrown).toThrow(expect.objectContaining({ name: 'OperatorError', exitCode: 2, hint }));
  expect(thrown).toThrow(message);
});

test.each(['', ' 7', '7.5', '-1', '1e3', '0x7', 'soup', '9007199254740993'])('%j is no whole number', (text) => {
  expect(() => wholeNumber('seed', text)).toThrow('is no whole number');
});

test('a whole number has its least', () => {
  expect(wholeNumber('seed', '0')).toBe(0);
  expect(wholeNumber('runs', '1', 1)).toBe(1);
  expect(() => wholeNumber('runs', '0', 1)).toThrow('--runs 0 is no whole number of at least 1');
});
