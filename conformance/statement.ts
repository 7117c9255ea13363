/**
 * What a statement is: one sentence that AWS documents, and a check that can be wrong about it. The check gives a finding
 * (what it saw); the verdict is graded from it by level and evidence, so that a check never decides how much it matters.
 *
 * A check that passes although it did not exercise what it is about says nothing. Each statement therefore names what has
 * to happen at least how often (`exercises`), and a pass short of that is indeterminate.
 */
import type { Judgement, Level } from '../src/conformance-result.ts';
import type { Capability } from '../src/protocol/capabilities.ts';
import type { Verdict } from '../src/verify/verdict.ts';
import type { Context } from './context.ts';
import type { Uses } from './uses.ts';

export type { Judgement, Level } from '../src/conformance-result.ts';

/**
 * Where a sentence comes from. `model`: the service model's own text or constraints · `guide`: an AWS guide page · `emulator`:
 * an emulator's tests that once ran against AWS · `recorded`: recorded from AWS by a third party · `inferred`: not proved.
 */
export type Evidence = 'model' | 'guide' | 'emulator' | 'recorded' | 'inferred';

/**
 * Which endpoints it is about. `core`: every clone worth the name · `extended`: what larger emulators have · `aws-2026`: what AWS
 * added lately · `firehose`, `security`, `quotas`: as they say.
 */
export const profiles = ['core', 'extended', 'aws-2026', 'firehose', 'security', 'quotas'] as const;
export type Profile = (typeof profiles)[number];

/**
 * When a run is to judge it. `gating`: the same verdict each time, within half a minute · `slow`: a load that lasts, a stream that is
 * resharded (half a minute each at AWS), what expires in minutes · `sentinel`: days, a matter of chance, or costly.
 */
export const lanes = ['gating', 'slow', 'sentinel'] as const;
export type Lane = (typeof lanes)[number];

/** What a check saw: what was sent, what came back, what AWS documents, in one message. */
export interface Finding {
  readonly outcome: 'holds' | 'broken' | 'loose' | 'unobserved';
  readonly message: string;
}

export interface Statement {
  /** Stable: never renumbered, never used again. */
  readonly id: string;
  readonly level: Level;
  /** Default `core`. */
  readonly profile?: Profile;
  readonly evidence: readonly Evidence[];
  /** The version of the catalogue that it came with; default 1. */
  readonly since?: number;
  /** Default `gating`. */
  readonly lane?: Lane;
  /** What it needs of an endpoint, at the most; what is left out is as in `usesDefault`. */
  readonly uses?: Partial<Uses>;
  readonly sentence: string;
  /** The operation or page of AWS that says so. */
  readonly source: string;
  /** The fault of the reference that has to turn it red. */
  readonly fault: string;
  /** Without these it is skipped. */
  readonly needs: readonly Capability[];
  /** What has to have happened, and how often at least, before a pass counts. */
  readonly exercises: Readonly<Record<string, number>>;
  readonly check: (context: Context) => Promise<Finding>;
}

/** A statement as a run judges it. */
export interface Pinned extends Statement {
  /** The version it came with, where that is later than the one a run is pinned to: it informs only. */
  readonly newIn?: number;
}

/** A statement, as its file exports it. */
export function statement(definition: Statement): Statement {
  return Object.freeze(definition);
}

/** The sentence was seen to hold. */
export function holds(message: string): Finding {
  return { outcome: 'holds', message };
}

/** The sentence was seen not to hold. */
export function broken(message: string): Finding {
  return { outcome: 'broken', message };
}

/** It holds in a form that AWS does not document. */
export function loose(message: string): Finding {
  return { outcome: 'loose', message };
}

/** Nothing can be said. */
export function unobserved(message: string): Finding {
  return { outcome: 'unobserved', message };
}

/** The part of a judgement that is known before anything is run. */
export function caption(
  of: Pinned,
): Pick<Judgement, 'id' | 'level' | 'profile' | 'provisional' | 'sentence' | 'source' | 'newIn'> {
  const { id, level, profile = 'core', sentence, source, evidence, newIn } = of;
  const provisional = !evidence.some((from) => from === 'model' || from === 'guide');
  return { id, level, profile, sentence, source, provisional, ...(newIn !== undefined && { newIn }) };
}

/** Grades a finding: what is broken fails at MUST, warns at SHOULD or where the evidence is provisional, informs at INFO. */
export function grade(
  of: Pinned,
  finding: Finding,
  exercised: Readonly<Record<string, number>>,
): Omit<Judgement, 'tookMs' | 'exchanges'> {
  const known = caption(of);
  const lacking = Object.entries(of.exercises).filter(([name, least]) => (exercised[name] ?? 0) < least);
  const vacuous = finding.outcome === 'holds' && lacking.length > 0;
  const shortfall = lacking.map(([name, least]) => `${exercised[name] ?? 0} of ${least} ${name}`).join(', ');
  const judged: Finding = vacuous
    ? unobserved(`what it is about was not exercised (${shortfall}): ${finding.message}`)
    : finding;
  return { ...known, verdict: verdictOf(judged.outcome, known), ...judged, exercised };
}

function verdictOf(
  outcome: Finding['outcome'],
  { level, provisional }: Pick<Judgement, 'level' | 'provisional'>,
): Verdict {
  if (outcome === 'unobserved') return 'indeterminate';
  if (level === 'INFO') return 'info';
  if (outcome === 'holds') return 'pass';
  return outcome === 'broken' && level === 'MUST' && !provisional ? 'fail' : 'warn';
}
