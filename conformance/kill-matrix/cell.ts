/**
 * One cell: one statement on a reference of its own with one fault, or under one control, or with neither. Everything in it
 * follows from the seed.
 */
import type { Outcome } from '../../src/conformance-result.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { judge } from '../judge.ts';
import { statements } from '../registry.ts';
import { Session } from '../session.ts';
import { type World, virtualWorld } from '../world.ts';
import { controlled } from './controls.ts';

/** What a cell is made of. */
export interface CellOrder {
  readonly statement: string;
  readonly seed: number;
  /** As `--fault` of the reference takes them. */
  readonly faults: readonly string[];
  readonly control?: string | undefined;
  /** Whether to note which faults were asked for. */
  readonly watch?: boolean | undefined;
}

export interface Cell {
  /** `crashed`: the check threw what no check may throw; `hung`: it did not end. */
  readonly outcome: Outcome | 'crashed' | 'hung';
  readonly message: string;
  /** How often each fault did something. */
  readonly activations: Readonly<Record<string, number>>;
  /** The faults that anything asked for, where that was to be noted. */
  readonly asked: readonly string[];
}

/** As long as a record may stay invisible, in ms: the reference shows it at once. */
const SETTLE_MS = 500;

/** Judges one cell. Never throws: what goes wrong is a cell too. */
export async function judgeCell({ statement: id, seed, faults, control, watch = false }: CellOrder): Promise<Cell> {
  const statement = statements.find((one) => one.id === id);
  if (statement === undefined) throw new Error(`there is no statement ${id}`);
  const spec = { ...loadTarget('embedded'), latency: 'none', seed, faults } as EmbeddedSpec;
  const virtual = virtualWorld(spec);
  const asked = watch ? virtual.watchFaults() : [];
  const world: World = control === undefined ? virtual : controlled(virtual, control, seed);
  const session = new Session({ world, seed, settleMs: SETTLE_MS, run: `cell-${seed.toString(36)}` });
  const seen = () => ({ activations: virtual.activations(), asked: [...asked] });
  try {
    const { outcome, message } = await judge(statement, session);
    return { outcome, message, ...seen() };
  } catch (error) {
    return { outcome: 'crashed', message: String(error), ...seen() };
  } finally {
    session.close();
  }
}
