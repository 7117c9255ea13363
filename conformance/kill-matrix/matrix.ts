/**
 * The kill matrix: every fault of the reference against every statement, seed by seed, and the harmless controls. A cell is red
 * where the check finds its statement broken; it is a kill where the fault did something in that very session.
 *
 * Most cells need not be judged: a session without a fault notes which of them the reference asks for at all. One that is never
 * asked for cannot change a session in which everything follows from the seed.
 */
import { nearest } from '../../src/nearest.ts';
import { OperatorError } from '../../src/operator-error.ts';
import { faultDescriptions } from '../../src/target/embedded-virtual.ts';
import type { Statement } from '../statement.ts';
import type { Cell, JudgedSession, SessionOrder } from './cell.ts';
import { columnsOf } from './columns.ts';
import { controls } from './controls.ts';

export const KILL_MATRIX_FORMAT = 'kinebench-kill-matrix';
export const KILL_MATRIX_VERSION = 2;

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

export type Row = Readonly<Record<string, Tally>>;

export interface KillMatrix {
  readonly format: typeof KILL_MATRIX_FORMAT;
  readonly version: typeof KILL_MATRIX_VERSION;
  readonly kinebench: string;
  readonly seeds: readonly number[];
  /** Whether all statements and all faults there are. */
  readonly complete: boolean;
  /** The columns, each with the fault that it names. */
  readonly statements: readonly { readonly id: string; readonly fault: string; readonly sentence: string }[];
  readonly baseline: Row;
  readonly controls: Readonly<Record<string, Row>>;
  /** A row for each fault: the cells in which it was at work, or something else was seen than without it. */
  readonly faults: Readonly<Record<string, Row>>;
  readonly sessions: {
    readonly judged: number;
    /** Cells, seed by seed, that needed no session. */
    readonly spared: number;
    /** Of all that were judged, also by earlier runs. */
    readonly cpuS: number;
  };
}

export interface MatrixOptions {
  readonly statements: readonly Statement[];
  readonly complete: boolean;
  readonly faults: readonly string[];
  /** Judges each statement with the fault it names, and with no other. */
  readonly diagonal?: boolean;
  readonly seeds: readonly number[];
  readonly kinebench: string;
  readonly judge: (order: SessionOrder) => Promise<JudgedSession>;
  /** Called after each session. */
  readonly onSession?: ((judged: number) => void) | undefined;
}

/** Judges all cells; `judge` decides how many sessions at a time. */
export async function killMatrix(options: MatrixOptions): Promise<KillMatrix> {
  const { statements, faults, seeds, complete, kinebench, diagonal = false } = options;
  const sessions = { judged: 0, spared: 0, cpuMs: 0 };
  const table = new Map<string, Map<string, Cell[]>>();
  const enter = (row: string, judged: JudgedSession) => {
    const cells = table.get(row) ?? new Map<string, Cell[]>();
    for (const cell of judged.cells) cells.set(cell.id, [...(cells.get(cell.id) ?? []), cell]);
    table.set(row, cells);
  };
  const judge = async (order: SessionOrder) => {
    const judged = await options.judge(order);
    sessions.judged += 1;
    sessions.cpuMs += judged.cpuMs;
    options.onSession?.(sessions.judged);
    return judged;
  };
  const column = async (ids: readonly string[], seed: number) => {
    const order = { statements: ids, seed, faults: [] };
    const baseline = await judge(order);
    enter('', baseline);
    const asked = new Set(baseline.asked);
    const named = new Set(statements.flatMap(({ id, fault }) => (ids.includes(id) ? [fault] : [])));
    await Promise.all([
      ...Object.keys(controls).map(async (control) => enter(control, await judge({ ...order, control }))),
      ...faults
        .filter((fault) => !diagonal || named.has(fault))
        .map(async (fault) => {
          if (asked.has(fault)) return enter(fault, await judge({ ...order, faults: [fault] }));
          sessions.spared += ids.length;
          return enter(fault, baseline);
        }),
    ]);
  };
  const columns = columnsOf(statements);
  for (const seed of seeds) await Promise.all(columns.map((ids) => column(ids, seed)));
  const row = (name: string): Row =>
    Object.fromEntries(
      statements.flatMap(({ id }) => {
        const cells = table.get(name)?.get(id);
        return cells ? [[id, tallyOf(cells, name)]] : [];
      }),
    );
  const striking = (cells: Row): Row =>
    Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell.activated > 0 || cell.holds < seeds.length));
  return {
    format: KILL_MATRIX_FORMAT,
    version: KILL_MATRIX_VERSION,
    kinebench,
    seeds,
    complete,
    statements: statements.map(({ id, fault, sentence }) => ({ id, fault, sentence })),
    baseline: row(''),
    controls: Object.fromEntries(Object.keys(controls).map((name) => [name, row(name)])),
    faults: Object.fromEntries(faults.map((name) => [name, striking(row(name))])),
    sessions: { judged: sessions.judged, spared: sessions.spared, cpuS: Math.round(sessions.cpuMs / 1000) },
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
  const named = (name: string) => all.filter((fault) => fault === name || fault.startsWith(`${name}.`));
  const unknown = names.find((name) => named(name).length === 0);
  if (unknown !== undefined) {
    const near = nearest(unknown, all);
    const hint = near === undefined ? 'src/reference/fault-descriptions.ts lists them' : `did you mean ${near}?`;
    throw new OperatorError(`no fault is called ${unknown}`, { code: 'fault-unknown', hint });
  }
  const chosen = new Set(names.flatMap(named));
  return names.length === 0 ? all : all.filter((fault) => chosen.has(fault));
}
