import { expect, test } from 'vitest';
import { statements } from './registry.ts';
import { type Selection, selected } from './selection.ts';

const ids = (selection: Selection) => selected(selection).map(({ id }) => id);

test('nothing said is everything', () => {
  expect(ids({})).toEqual(statements.map(({ id }) => id));
});

test('options in any case narrow one another down', () => {
  expect(ids({ groups: ['ord', 'RET'] }).every((id) => /-(ORD|RET)-/.test(id))).toBe(true);
  expect(ids({ groups: ['ord', 'RET'] })).toEqual(expect.arrayContaining(['KIN-ORD-02', 'KIN-RET-01']));
  expect(ids({ groups: ['ord'], only: ['ORD-05', 'IT-01'] })).toEqual(['KIN-ORD-05']);
  expect(selected({ levels: ['must'] }).every(({ level }) => level === 'MUST')).toBe(true);
  expect(selected({ profiles: ['core'] }).every(({ profile = 'core' }) => profile === 'core')).toBe(true);
  expect(selected({ levels: ['must', 'should', 'info'] })).toHaveLength(statements.length);
});

test.each<[Selection, string]>([
  [{ groups: ['ORT'] }, 'no group is called ORT'],
  [{ levels: ['shall'] }, 'no level is called shall'],
  [{ profiles: ['cores'] }, 'no profile is called cores'],
  [{ only: ['IT-01'], groups: ['ORD'] }, 'no statement is all of what was asked for'],
])('%j: %s', (selection, message) => {
  expect(() => selected(selection)).toThrow(message);
});
