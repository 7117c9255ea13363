import { expect, test } from 'vitest';
import { selectStatements } from '../registry.ts';
import { judgeCell } from './cell.ts';
import { controls } from './controls.ts';
import { problemsOf } from './gates.ts';
import { chosenFaults, killMatrix } from './matrix.ts';
import { CellPool } from './pool.ts';

const asked = selectStatements(['ORD-02', 'IT-03']);
const faults = ['ord.swap-adjacent', 'iter.at-is-after', 'iter.after-is-at', 'tag.append-only', 'sec.anonymous-ok'];
const options = { statements: asked, complete: false, faults, seeds: [1, 2], kinebench: '0' };

test('faults that are never asked are spared, and sparing them changes nothing', { timeout: 60_000 }, async () => {
  const spared = await killMatrix({ ...options, judge: judgeCell });
  const judgeAll = await killMatrix({
    ...options,
    // As if every fault had been asked for: all cells are judged.
    judge: async (order) => ({ ...(await judgeCell(order)), asked: faults }),
  });
  expect(spared.sessions.spared).toBeGreaterThan(0);
  expect(judgeAll.sessions).toEqual({ judged: spared.sessions.judged + spared.sessions.spared, spared: 0 });
  expect(spared.faults).toEqual(judgeAll.faults);
  expect(spared.faults['iter.at-is-after']!['KIN-IT-03']).toMatchObject({ broken: 2, killed: 2, activated: 2 });
  expect(problemsOf(spared)).toEqual([]);
});

test('a thread judges as this one does', { timeout: 60_000 }, async () => {
  await using pool = new CellPool(1);
  const order = { statement: 'KIN-IT-03', seed: 3, faults: ['iter.at-is-after'] };
  const cells = await Promise.all([pool.judge(order), pool.judge(order), judgeCell(order)]);
  expect(cells[0]).toMatchObject({ outcome: 'broken', activations: { 'iter.at-is-after': expect.any(Number) } });
  expect(cells[1]).toEqual(cells[0]);
  expect(cells[2]).toEqual(cells[0]);
});

test.each(Object.keys(controls))('%s can be told from no control, and is harmless', async (control) => {
  const order = { statement: 'KIN-ORD-09', seed: 1, faults: [] };
  const cell = await judgeCell({ ...order, control });
  expect(cell.outcome).toBe(control === 'control.lost-acknowledgements' ? 'unobserved' : 'holds');
});

test('faults are chosen by name or by what stands before the dot', () => {
  expect(chosenFaults(['ret.trim-early', 'tag'])).toEqual(
    expect.arrayContaining(['ret.trim-early', 'tag.append-only']),
  );
  expect(chosenFaults(['tag']).every((name) => name.startsWith('tag.'))).toBe(true);
  expect(chosenFaults([]).length).toBeGreaterThan(100);
});
