import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { wordsOf } from './option-values.ts';

test.each([
  [[], undefined],
  [['IT-03'], ['IT-03']],
  [
    ['IT-03,ORD', 'SEQ-01'],
    ['IT-03', 'ORD', 'SEQ-01'],
  ],
  [[' it-03 , ord'], ['it-03', 'ord']],
])('words of %j', (given, expected) => {
  expect(wordsOf('only', given)).toEqual(expected);
});

/** Nothing of these is ever started: what is wrong is seen before. */
test.each([
  ['conform --seed 1 --seed 2', '--seed was given more than once'],
  ['conform --expected a.yaml --expected b.yaml', '--expected was given more than once'],
  ['conform --endpoint http://a --endpoint http://b', '--endpoint was given more than once'],
  ['conform --out a --out b', '--out was given more than once'],
  ['conform --catalogue 1 --catalogue 1', '--catalogue was given more than once'],
  ['run tour --segment 1/2 --segment 2/2', '--segment was given more than once'],
  ['gate a.json --baseline b.json --junit a --junit b', '--junit was given more than once'],
  ['conform --seed=1 --group IT --seed=1', '--seed was given more than once'],
  ['conform --seed soup', '--seed wants a number'],
  ['conform --catalogue one', '--catalogue wants a number'],
  ['conform --only', 'Not enough arguments following: only'],
  ['conform --only IT-03, --group IT', '--only has an empty word'],
  // What is repeated is taken together, whichever of its words is wrong.
  ['conform --only IT-03 --only SOUP-01', 'no statement is called SOUP-01'],
  ['conform --only SOUP-01 --only IT-03,SOUP-02', 'no statement is called SOUP-01, SOUP-02'],
  ['conform --group IT --group SOUP', 'no group is called SOUP'],
  ['conform --level must --level shall', 'no level is called shall'],
  ['conform --profile core --profile cores', 'no profile is called cores'],
  ['conform --lane gating --lane fast', 'no lane is called fast'],
  ['conform --group IT --lane sentinel', 'no statement is all of what was asked for'],
  ['conform --catalogue 7', 'there is no version 7 of the catalogue'],
  ['conform --catalogue 0', 'there is no version 0 of the catalogue'],
  ['conform --catalogue 1.5', 'there is no version 1.5 of the catalogue'],
  ['conform --target embedded --target kinesalite --expected a.yaml', '--expected is the list of one target'],
  ['conform --target embedded --endpoint http://a', '--endpoint and --target exclude each other'],
  ['conform --merge a.json --only IT', '--only does nothing where results are only merged'],
  ['conform --merge a.json --merge b.json --expected c.yaml', '--expected does nothing where results are only merged'],
  ['conform --merge a.json --lane slow', '--lane does nothing where results are only merged'],
  ['conform --merge a.json --seed 0', '--seed does nothing where results are only merged'],
])('%s: %s', async (words, message) => {
  await expect(commandLine(words.split(' '))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});

test.each([
  ['run tour --output x', 'unknown option --output', 'did you mean --out?'],
  ['conform --update-expcted', 'unknown option --update-expcted', 'did you mean --update-expected?'],
  ['run tour --startat 1', 'unknown option --startat', 'did you mean --start-at?'],
  ['merge a b --soup=1', 'unknown option --soup', 'it can be --version, --help, --result or --out'],
  ['tour -q', 'unknown option -q', 'it can be --version or --help'],
  ['tour soup', 'Unknown command: soup', '`kinebench --help` lists commands and options'],
  ['rum', 'Did you mean run?', '`kinebench --help` lists commands and options'],
])('%s: %s, %s', async (words, message, hint) => {
  await expect(commandLine(words.split(' '))).rejects.toMatchObject({ exitCode: 2, message, hint });
});
