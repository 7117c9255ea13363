/**
 * One session of the matrix: statements judged on a reference of its own with one fault, or under one control, or with neither.
 * Everything in it follows from the seed. Each statement in it is a cell.
 */
import { createHash } from 'node:crypto';
import type { Outcome } from '../../src/conformance-result.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { judge } from '../judge.ts';
import { statements } from '../registry.ts';
import { Session } from '../session.ts';
import { type World, virtualWorld } from '../world.ts';
import { controlled } from './controls.ts';

/** What a session is made of. */
export interface SessionOrder {
  /** Judged one after another. */
  readonly statements: readonly string[];
  readonly seed: number;
  /** As `--fault` of the reference takes them. */
  readonly faults: readonly string[];
  readonly control?: string | undefined;
}

export interface Cell {
  readonly id: string;
  /** `crashed`: the check threw what no check may throw; `hung`: it did not end. */
  readonly outcome: Outcome | 'crashed' | 'hung';
  readonly message: string;
  /** Of the whole judgement: what was seen, counted and exchanged, and how long it took. Two of one order are alike. */
  readonly digest: string;
  /** How often each fault had done something once this statement was judged. */
  readonly activations: Readonly<Record<string, number>>;
}

export interface JudgedSession {
  /** In the order of the statements. */
  readonly cells: readonly Cell[];
  /** Of a session without fault and control: the faults that anything asked for. */
  readonly asked: readonly string[];
  /** Time of the thread's processor, in ms. */
  readonly cpuMs: number;
}

const embedded = loadTarget('embedded');

/** As long as a record may stay invisible, in ms: the reference shows it at once. */
const SETTLE_MS = 500;

/** Judges a session. Never throws: what goes wrong is a cell too. */
export async function judgeSession({ statements: ids, seed, faults, control }: SessionOrder): Promise<JudgedSession> {
  const before = process.threadCpuUsage();
  const spec = { ...embedded, latency: 'none', seed, faults } as EmbeddedSpec;
  const virtual = virtualWorld(spec);
  const asked = faults.length === 0 && control === undefined ? virtual.watchFaults() : [];
  const world: World = control === undefined ? virtual : controlled(virtual, control, seed);
  const session = new Session({ world, seed, settleMs: SETTLE_MS, run: `cell-${seed.toString(36)}` });
  const cells: Cell[] = [];
  for (const id of ids) {
    const seen = await judged(id, session);
    cells.push({ id, ...seen, activations: virtual.activations() });
  }
  session.close();
  const { user, system } = process.threadCpuUsage(before);
  return { cells, asked: [...asked], cpuMs: Math.round((user + system) / 1000) };
}

async function judged(id: string, session: Session): Promise<Omit<Cell, 'id' | 'activations'>> {
  const statement = statements.find((one) => one.id === id);
  if (statement === undefined) throw new Error(`there is no statement ${id}`);
  try {
    const judgement = await judge(statement, session);
    const { outcome, message } = judgement;
    const digest = createHash('sha256').update(JSON.stringify(judgement)).digest('hex').slice(0, 16);
    return { outcome, message, digest };
  } catch (error) {
    return { outcome: 'crashed', message: String(error), digest: '' };
  }
}
