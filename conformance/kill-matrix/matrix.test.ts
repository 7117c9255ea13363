import { describe, expect, test } from 'vitest';
import { selectStatements, statements } from '../registry.ts';
import { judgeSession, type SessionOrder } from './cell.ts';
import { columnsOf } from './columns.ts';
import { controls } from './controls.ts';
import { problemsOf } from './gates.ts';
import { chosenFaults, killMatrix } from './matrix.ts';
import { SessionPool } from './pool.ts';

const asked = selectStatements(['ORD-02', 'IT-03']);
const faults = ['ord.swap-adjacent', 'iter.at-is-after', 'iter.after-is-at', 'tag.append-only', 'sec.anonymous-ok'];
const options = { statements: asked, complete: false, faults, seeds: [1, 2], kinebench: '0' };

test('faults that are never asked are spared, and sparing them changes nothing', { timeout: 60_000 }, async () => {
  const spared = await killMatrix({ ...options, judge: judgeSession });
  const judgeAll = await killMatrix({
    ...options,
    // As if every fault had been asked for: all cells are judged.
    judge: async (order) => ({ ...(await judgeSession(order)), asked: faults }),
  });
  expect(spared.sessions.spared).toBeGreaterThan(0);
  expect(judgeAll.sessions.judged).toBe(spared.sessions.judged + spared.sessions.spared);
  expect(judgeAll.sessions.spared).toBe(0);
  expect(spared.faults).toEqual(judgeAll.faults);
  expect(spared.faults['iter.at-is-after']!['KIN-IT-03']).toMatchObject({ broken: 2, killed: 2, activated: 2 });
  expect(problemsOf(spared)).toEqual([]);
});

test('the diagonal is each statement with the fault it names', { timeout: 60_000 }, async () => {
  const { faults: rows, sessions } = await killMatrix({ ...options, diagonal: true, seeds: [1], judge: judgeSession });
  const cells = Object.entries(rows).flatMap(([fault, row]) => Object.keys(row).map((id) => `${id} ${fault}`));
  expect(cells).toEqual(['KIN-ORD-02 ord.swap-adjacent', 'KIN-IT-03 iter.at-is-after']);
  expect(sessions.judged).toBe(2 * (1 + 3 + 1));
});

test('a thread judges as this one does', { timeout: 60_000 }, async () => {
  await using pool = new SessionPool(1);
  const order = { statements: ['KIN-IT-03'], seed: 3, faults: ['iter.at-is-after'] };
  const sessions = await Promise.all([pool.judge(order), pool.judge(order), judgeSession(order)]);
  const [first, ...others] = sessions.map(({ cells }) => cells);
  expect(first).toMatchObject([{ outcome: 'broken', activations: { 'iter.at-is-after': expect.any(Number) } }]);
  for (const cells of others) expect(cells).toEqual(first);
});

describe('statements that look at the same', () => {
  const together = columnsOf(statements).filter((ids) => ids.length > 1);
  /** What is seen in a session, without the words: they tell of records by numbers and names. */
  const seen = async (order: Omit<SessionOrder, 'seed'>) => {
    const { cells } = await judgeSession({ ...order, seed: 1 });
    const [fault = ''] = order.faults;
    return cells.map(({ id, outcome, activations }) => [id, outcome, (activations[fault] ?? 0) > 0]);
  };

  test.each(together.map((ids) => [ids[0]!, ids] as const))(
    'are judged with %s in one session as each would be alone',
    { timeout: 120_000 },
    async (_first, ids) => {
      for (const armed of [[], ['seq.renumber-on-read'], ['batch.code-other'], ['reshard.child-overlap']]) {
        const alone = await Promise.all(ids.map((id) => seen({ statements: [id], faults: armed })));
        expect(await seen({ statements: ids, faults: armed })).toEqual(alone.flat());
      }
    },
  );

  test('every statement stands in one column', () => {
    const ids = columnsOf(statements).flat();
    expect(ids.toSorted()).toEqual(statements.map(({ id }) => id).toSorted());
  });
});

test.each(Object.keys(controls))('%s can be told from no control, and is harmless', async (control) => {
  const { cells } = await judgeSession({ statements: ['KIN-ORD-09'], seed: 1, faults: [], control });
  expect(cells[0]!.outcome).toBe(control === 'control.lost-acknowledgements' ? 'unobserved' : 'holds');
});

test('faults are chosen by name or by what stands before the dot', () => {
  expect(chosenFaults(['ret.trim-early', 'tag'])).toEqual(
    expect.arrayContaining(['ret.trim-early', 'tag.append-only']),
  );
  expect(chosenFaults(['tag']).every((name) => name.startsWith('tag.'))).toBe(true);
  expect(chosenFaults([]).length).toBeGreaterThan(100);
  expect(() => chosenFaults(['tag', 'ret.trim-erly'])).toThrow(
    expect.objectContaining({ message: 'no fault is called ret.trim-erly', hint: 'did you mean ret.trim-early?' }),
  );
});
