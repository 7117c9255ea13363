/**
 * The kill matrix: every fault of the reference against every statement, seed by seed, and the harmless controls. A cell is red
 * where the check finds its statement broken; it is a kill where the fault did something in that very session.
 *
 * Most cells need not be judged: a session without a fault notes which of them the reference asks for at all. One that is never
 * asked for cannot change a session in which everything follows from the seed.
 */
import { faultDescriptions } from '../../src/target/embedded-virtual.ts';
import type { Statement } from '../statement.ts';
import type { Cell, CellOrder } from './cell.ts';
import { controls } from './controls.ts';

export const KILL_MATRIX_FORMAT = 'kinebench-kill-matrix';
export const KILL_MATRIX_VERSION = 1;

/** What the sessions of one cell came to, over all seeds. */
export interface Tally {
  readonly holds: number;
  readonly broken: number;
  readonly unobserved: number;
  /** Checks that threw or never ended: defects of the check, whatever the endpoint did. */
  readonly crashed: number;
  /** Sessions in which the fault did something. */
  readonly activated: number;
  /** Broken where the fault did something. */
  readonly killed: number;
  /** What the first session said that did not hold; null where all did. */
  readonly said: string | null;
}

type Row = Readonly<Record<string, Tally>>;

export interface KillMatrix {
  readonly format: typeof KILL_MATRIX_FORMAT;
  readonly version: typeof KILL_MATRIX_VERSION;
  readonly kinebench: string;
  readonly seeds: readonly number[];
  /** The columns: whether all statements there are, and each with the fault that it names. */
  readonly complete: boolean;
  readonly statements: readonly { readonly id: string; readonly fault: string }[];
  readonly baseline: Row;
  readonly controls: Readonly<Record<string, Row>>;
  /** A row for each fault. */
  readonly faults: Readonly<Record<string, Row>>;
  /** Sessions that were judged, and those that were spared. */
  readonly sessions: { readonly judged: number; readonly spared: number };
}

export interface MatrixOptions {
  readonly statements: readonly Statement[];
  readonly complete: boolean;
  readonly faults: readonly string[];
  readonly seeds: readonly number[];
  readonly kinebench: string;
  readonly judge: (order: CellOrder) => Promise<Cell>;
  readonly onCell?: ((judged: number) => void) | undefined;
}

/** Judges all cells; `judge` decides how many at a time. */
export async function killMatrix(options: MatrixOptions): Promise<KillMatrix> {
  const { statements, faults, seeds, complete, kinebench } = options;
  const sessions = { judged: 0, spared: 0 };
  const judge = async (order: CellOrder) => {
    const cell = await options.judge(order);
    sessions.judged += 1;
    options.onCell?.(sessions.judged);
    return cell;
  };
  const table = new Map<string, Map<string, Cell[]>>();
  const enter = (row: string, id: string, cell: Cell) => {
    const cells = table.get(row) ?? new Map<string, Cell[]>();
    table.set(row, cells.set(id, [...(cells.get(id) ?? []), cell]));
  };
  const column = async ({ id }: Statement, seed: number) => {
    const order = { statement: id, seed, faults: [] };
    const baseline = await judge({ ...order, watch: true });
    enter('', id, baseline);
    const asked = new Set(baseline.asked);
    await Promise.all([
      ...Object.keys(controls).map(async (control) => enter(control, id, await judge({ ...order, control }))),
      ...faults.map(async (fault) => {
        if (asked.has(fault)) return enter(fault, id, await judge({ ...order, faults: [fault] }));
        sessions.spared += 1;
        return enter(fault, id, baseline);
      }),
    ]);
  };
  for (const seed of seeds) await Promise.all(statements.map((statement) => column(statement, seed)));
  const row = (name: string): Row =>
    Object.fromEntries(statements.map(({ id }) => [id, tallyOf(table.get(name)?.get(id) ?? [], name)]));
  const rows = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, row(name)]));
  return {
    format: KILL_MATRIX_FORMAT,
    version: KILL_MATRIX_VERSION,
    kinebench,
    seeds,
    complete,
    statements: statements.map(({ id, fault }) => ({ id, fault })),
    baseline: row(''),
    controls: rows(Object.keys(controls)),
    faults: rows(faults),
    sessions,
  };
}

function tallyOf(cells: readonly Cell[], fault: string): Tally {
  const count = (is: (cell: Cell) => boolean) => cells.filter(is).length;
  const active = ({ activations }: Cell) => (activations[fault] ?? 0) > 0;
  const held = ({ outcome }: Cell) => outcome === 'holds' || outcome === 'loose';
  return {
    holds: count(held),
    broken: count(({ outcome }) => outcome === 'broken'),
    unobserved: count(({ outcome }) => outcome === 'unobserved' || outcome === 'skipped'),
    crashed: count(({ outcome }) => outcome === 'crashed' || outcome === 'hung'),
    activated: count(active),
    killed: count((cell) => cell.outcome === 'broken' && active(cell)),
    said: cells.find((cell) => !held(cell))?.message ?? null,
  };
}

/** The faults of the reference that `names` chooses: by name, or by what stands before the dot; all for none. */
export function chosenFaults(names: readonly string[]): string[] {
  const all = Object.keys(faultDescriptions);
  const chosen = (fault: string) => names.some((name) => fault === name || fault.startsWith(`${name}.`));
  return names.length === 0 ? all : all.filter(chosen);
}
