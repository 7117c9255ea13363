import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { JudgedSession, SessionOrder } from './cell.ts';
import { Journal } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const orders: SessionOrder[] = [
  { statements: ['KIN-IT-03'], seed: 1, faults: [] },
  { statements: ['KIN-IT-03'], seed: 1, faults: ['iter.at-is-after'] },
  { statements: ['KIN-IT-03'], seed: 2, faults: [] },
  { statements: ['KIN-IT-03'], seed: 1, faults: [], control: 'control.latency' },
];

function judgedAs(outcome: 'holds' | 'hung') {
  const asked: SessionOrder[] = [];
  const judge = async (order: SessionOrder): Promise<JudgedSession> => {
    asked.push(order);
    return {
      cells: [{ id: 'KIN-IT-03', outcome, message: '', digest: '', activations: {} }],
      asked: [],
      cpuMs: asked.length,
    };
  };
  return { asked, judge };
}

test('a run that was stopped goes on: what was judged is not judged again, nor what was judged elsewhere', async () => {
  const path = join(folder, 'one/sessions.jsonl');
  const first = judgedAs('holds');
  const judge = new Journal(path).around(first.judge);
  const cells = [await judge(orders[0]!), await judge(orders[1]!)];
  // Killed while it wrote.
  appendFileSync(path, '{"sources":"');
  const again = judgedAs('holds');
  const journal = new Journal(path);
  const all = await Promise.all(orders.map(journal.around(again.judge)));
  expect(all.slice(0, 2)).toEqual(cells);
  expect(again.asked).toEqual(orders.slice(2));
  expect(journal.found).toBe(2);
  const merged = judgedAs('holds');
  await Promise.all(orders.map(new Journal(join(folder, 'two/sessions.jsonl'), [path]).around(merged.judge)));
  expect(merged.asked).toEqual([]);
});

test('what was judged of other sources, or ended for want of time, is judged again', async () => {
  const path = join(folder, 'three/sessions.jsonl');
  await new Journal(path).around(judgedAs('hung').judge)(orders[0]!);
  await new Journal(path).around(judgedAs('holds').judge)(orders[1]!);
  const other = readFileSync(path, 'utf8').replace(/"sources":"\w/, '"sources":"x');
  const elsewhere = join(folder, 'four/sessions.jsonl');
  const journal = new Journal(elsewhere);
  appendFileSync(elsewhere, other);
  const { asked, judge } = judgedAs('holds');
  await Promise.all(orders.slice(0, 2).map(new Journal(elsewhere).around(judge)));
  expect(asked).toEqual(orders.slice(0, 2));
  expect(journal.found).toBe(0);
});
