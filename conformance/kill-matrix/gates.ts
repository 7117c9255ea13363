/**
 * What a kill matrix has to show: the reference without faults is all green; every statement is killed by the fault it names;
 * every fault kills something, and none turns most of the suite red, since what breaks everything tells checks apart from
 * nothing; controls turn nothing red; no check throws or hangs, whatever it is given.
 */
import type { KillMatrix, Row, Tally } from './matrix.ts';

/** The share of statements that one fault may turn red. An assumption of ours: beyond it a fault is too broad to prove anything. */
const RED_SHARE_MAX = 0.4;

const never: Pick<Tally, 'killed' | 'activated' | 'said'> = { killed: 0, activated: 0, said: null };

/** Everything that speaks against the suite or the faults, a line each. */
export function problemsOf(matrix: KillMatrix): string[] {
  const { statements, baseline, controls, faults, seeds } = matrix;
  const of = seeds.length;
  const found: string[] = [];
  for (const [id, { holds, said }] of Object.entries(baseline)) {
    if (holds < of) found.push(`${id} does not hold without a fault (${of - holds} of ${of} seeds): ${said}`);
  }
  for (const [name, row] of Object.entries(controls)) {
    for (const [id, { broken, said }] of Object.entries(row)) {
      if (broken > 0) found.push(`${id} is red under ${name}, which is harmless (${broken} of ${of} seeds): ${said}`);
    }
  }
  for (const { id, fault } of statements) {
    const row = faults[fault];
    if (row === undefined) continue;
    const { killed, activated, said } = row[id] ?? never;
    if (killed === of) continue;
    const why = activated < of ? 'the fault was never at work' : 'the fault was at work and nothing was seen';
    found.push(`${id} is not killed by ${fault} (${of - killed} of ${of} seeds): ${why}; ${said ?? 'it held'}`);
  }
  for (const [fault, row] of Object.entries(faults)) found.push(...againstFault(fault, row, matrix));
  for (const [name, row] of [...Object.entries(faults), ...Object.entries(controls), ['no fault', baseline] as const]) {
    for (const [id, { crashed, said }] of Object.entries(row)) {
      if (crashed > 0) found.push(`${id} crashed or hung with ${name}: ${said}`);
    }
  }
  return found;
}

function againstFault(fault: string, row: Row, { statements, complete }: KillMatrix): string[] {
  const found: string[] = [];
  const red = Object.entries(row).filter(([, { broken }]) => broken > 0);
  for (const [id, { broken, killed, said }] of red) {
    if (broken > killed) found.push(`${id} is red with ${fault}, which did nothing: ${said}`);
  }
  if (!complete) return found;
  if (red.length > RED_SHARE_MAX * statements.length) {
    found.push(`${fault} turns ${red.length} of ${statements.length} statements red: it is too broad`);
  }
  if (!red.some(([, { killed }]) => killed > 0)) found.push(`${fault} kills nothing: no statement can see it`);
  return found;
}

/** Statements that a fault kills in all seeds, in some. */
export function killsOf(row: Row, seeds: number): { always: string[]; sometimes: string[] } {
  const killed = Object.entries(row).filter(([, cell]) => cell.killed > 0);
  return {
    always: killed.filter(([, cell]) => cell.killed === seeds).map(([id]) => id),
    sometimes: killed.filter(([, cell]) => cell.killed < seeds).map(([id]) => id),
  };
}
