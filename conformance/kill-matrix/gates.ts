/**
 * What a kill matrix has to show: the reference without faults is all green; every statement is killed by the fault it names;
 * every fault that a statement names kills something, and none turns most of the suite red, since what breaks everything
 * tells checks apart from nothing; controls turn nothing red; no check throws or hangs, whatever it is given.
 */
import type { KillMatrix, Tally } from './matrix.ts';

/** The share of statements that one fault may turn red. An assumption of ours: beyond it a fault is too broad to prove anything. */
const RED_SHARE_MAX = 0.4;

/** Everything that speaks against the suite or the faults, a line each. */
export function problemsOf(matrix: KillMatrix): string[] {
  const { statements, baseline, controls, faults, complete, seeds } = matrix;
  const of = seeds.length;
  const found: string[] = [];
  const cells = (row: Readonly<Record<string, Tally>>) => Object.entries(row);
  for (const [id, { holds, said }] of cells(baseline)) {
    if (holds < of) found.push(`${id} does not hold without a fault (${of - holds} of ${of} seeds): ${said}`);
  }
  for (const [name, row] of Object.entries(controls)) {
    for (const [id, { broken, said }] of cells(row)) {
      if (broken > 0) found.push(`${id} is red under ${name}, which is harmless (${broken} of ${of} seeds): ${said}`);
    }
  }
  for (const { id, fault } of statements) {
    const cell = faults[fault]?.[id];
    if (cell === undefined || cell.killed === of) continue;
    const why = cell.activated < of ? 'the fault was never at work' : 'the fault was at work and nothing was seen';
    found.push(
      `${id} is not killed by ${fault} (${of - cell.killed} of ${of} seeds): ${why}; ${cell.said ?? 'it held'}`,
    );
  }
  for (const [fault, row] of Object.entries(faults)) {
    const red = cells(row).filter(([, { broken }]) => broken > 0);
    for (const [id, { broken, killed, said }] of red) {
      if (broken > killed) found.push(`${id} is red with ${fault}, which did nothing: ${said}`);
    }
    if (complete && red.length > RED_SHARE_MAX * statements.length) {
      found.push(`${fault} turns ${red.length} of ${statements.length} statements red: it is too broad`);
    }
  }
  for (const [name, row] of [...Object.entries(faults), ...Object.entries(controls), ['no fault', baseline] as const]) {
    for (const [id, { crashed, said }] of cells(row)) {
      if (crashed > 0) found.push(`${id} crashed or hung with ${name}: ${said}`);
    }
  }
  return found;
}

/** Faults that no statement of the matrix names: of groups that have no statements yet. */
export function unnamedFaults({ statements, faults }: KillMatrix): string[] {
  const named = new Set(statements.map(({ fault }) => fault));
  return Object.keys(faults).filter((fault) => !named.has(fault));
}

/** Statements that a fault kills in all seeds, in some. */
export function killsOf(
  row: Readonly<Record<string, Tally>>,
  seeds: number,
): { always: string[]; sometimes: string[] } {
  const killed = Object.entries(row).filter(([, cell]) => cell.killed > 0);
  return {
    always: killed.filter(([, cell]) => cell.killed === seeds).map(([id]) => id),
    sometimes: killed.filter(([, cell]) => cell.killed < seeds).map(([id]) => id),
  };
}
