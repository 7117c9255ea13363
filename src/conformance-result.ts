/**
 * What a conformance run found, as a document: the narrow waist between the suite and everything after it (terminal, page, JUnit,
 * Markdown, known failures). Two figures and never one score: divergence (of what was judged, how much is broken) and
 * coverage (of what applies, how much was judged). A skip stays in the denominator of coverage: a suite that drops what it
 * could not do gets a better mark by doing less. Versioned: a reader refuses a version it does not know.
 */
import { ExitCode, gravest } from './exit-code.ts';
import type { Verdict } from './verify/verdict.ts';

export const CONFORMANCE_FORMAT = 'kinebench-conformance';
export const CONFORMANCE_VERSION = 1;
/** The name of the file. */
export const CONFORMANCE_FILE = 'conformance.json';

export const levels = ['MUST', 'SHOULD', 'INFO'] as const;
export type Level = (typeof levels)[number];

export const outcomes = ['holds', 'broken', 'loose', 'unobserved', 'skipped'] as const;
export type Outcome = (typeof outcomes)[number];

/** One call of a check and its answer, as text: cut where it is long, and without keys. */
export interface Exchange {
  readonly operation: string;
  readonly sent: string;
  readonly came: string;
}

/** A verdict that was expected of this target. */
export interface KnownFailure {
  /** What is accepted; the first is the usual one. */
  readonly verdicts: readonly Verdict[];
  readonly reason: string;
  readonly link?: string | undefined;
  /** The last day it holds, such as 2027-05-31. */
  readonly expires?: string | undefined;
}

/** What another client found, asked the same. */
export interface Witness {
  /** `the SDK over HTTP/2`. */
  readonly by: string;
  readonly outcome: Outcome;
  readonly message: string;
}

/** What was found about one statement on one target. */
export interface Judgement {
  readonly id: string;
  readonly level: Level;
  readonly profile: string;
  /** Its evidence is not AWS's own text, so its verdict is capped at warn. */
  readonly provisional: boolean;
  readonly sentence: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly message: string;
  readonly exercised: Readonly<Record<string, number>>;
  /** On the clock it was judged by, in ms. */
  readonly tookMs: number;
  /** The last calls before the verdict, where it is no pass. */
  readonly exchanges: readonly Exchange[];
  /** Its entry in the list of known failures, where it has one. */
  readonly known?: KnownFailure | undefined;
  /** The version of the catalogue that it came with, where the run was pinned to an earlier one. */
  readonly newIn?: number | undefined;
  /** Second witnesses, where it was judged again. */
  readonly witnesses?: readonly Witness[] | undefined;
}

/** Statements that are broken, of those that were judged. */
export interface Divergence {
  readonly broken: number;
  readonly judged: number;
  /** Of the broken: by level, those with evidence of AWS's own. */
  readonly byLevel: Readonly<Record<Level, number>>;
  /** Of the broken: those whose evidence is provisional; they warn, whatever their level. */
  readonly provisional: number;
  /** Of the broken: those that are known. */
  readonly known: number;
}

/** Statements that were judged, of all that were asked for. */
export interface Coverage {
  readonly judged: number;
  readonly applicable: number;
  readonly skipped: number;
  readonly indeterminate: number;
}

export interface Figures {
  readonly divergence: Divergence;
  readonly coverage: Coverage;
}

export interface ConformanceResult extends Figures {
  readonly format: typeof CONFORMANCE_FORMAT;
  readonly version: typeof CONFORMANCE_VERSION;
  /** The version of kinebench, and with it of its statements. */
  readonly kinebench: string;
  /** The version of the catalogue that it was judged by; missing in results of kinebench 0.1.0 before there were versions. */
  readonly catalogue?: number | undefined;
  readonly run: {
    readonly startedAt: string;
    readonly endedAt: string;
    readonly seed: number;
    readonly interrupted: boolean;
    /** Why the target died, if it did. */
    readonly died: string | null;
  };
  readonly target: {
    readonly name: string;
    readonly kind: 'embedded' | 'sockets' | 'aws';
    readonly description: string;
    /** null for the reference in process. */
    readonly url: string | null;
    readonly transport: string | null;
    readonly capabilities: readonly string[];
  };
  /** The titles of the groups that were asked for, in the order of the catalogue. */
  readonly groups: Readonly<Record<string, string>>;
  /** In the order of the catalogue. */
  readonly judgements: readonly Judgement[];
  /** Statements confirmed by a recorded run against AWS. */
  readonly awsValidated: number;
  /** The list of known failures that was applied. */
  readonly expected: string | null;
  /** What went wrong beside the statements, such as a stream that could not be removed. */
  readonly troubles: readonly string[];
}

/** `KIN-ORD-02` → `ORD`. */
export function groupOf(id: string): string {
  return id.split('-')[1] ?? id;
}

/** The two figures of some judgements. */
export function figuresOf(judgements: readonly Judgement[]): Figures {
  const count = (is: (judgement: Judgement) => boolean) => judgements.filter(is).length;
  const broken = judgements.filter(({ outcome }) => outcome === 'broken');
  const atLevel = (level: Level) => broken.filter((one) => one.level === level && !one.provisional).length;
  const skipped = count(({ outcome }) => outcome === 'skipped');
  const indeterminate = count(({ outcome }) => outcome === 'unobserved');
  const judged = judgements.length - skipped - indeterminate;
  return {
    divergence: {
      broken: broken.length,
      judged,
      byLevel: { MUST: atLevel('MUST'), SHOULD: atLevel('SHOULD'), INFO: atLevel('INFO') },
      provisional: broken.filter(({ provisional }) => provisional).length,
      known: broken.filter(({ verdict }) => verdict === 'known-fail').length,
    },
    coverage: { judged, applicable: judgements.length, skipped, indeterminate },
  };
}

/** The figures of each level or group that has statements, in the order they come in. */
export function figuresBy(
  judgements: readonly Judgement[],
  keyOf: (judgement: Judgement) => string,
): ReadonlyMap<string, Figures> {
  const parts = Map.groupBy(judgements, keyOf);
  return new Map([...parts].map(([key, part]) => [key, figuresOf(part)]));
}

/** Whether a judgement speaks against the target, known or not, or against its list of known failures. */
export function isMiss({ verdict, outcome }: Judgement): boolean {
  return verdict === 'fail' || outcome === 'broken' || outcome === 'loose';
}

/** Whether a second witness saw another thing. Who saw nothing disagrees with nobody. */
export function disagrees({ outcome }: Judgement, witness: Witness): boolean {
  const nothing: readonly Outcome[] = ['unobserved', 'skipped'];
  return outcome !== witness.outcome && !nothing.includes(outcome) && !nothing.includes(witness.outcome);
}

/** 5 when a MUST fails or a known failure passes, 6 when nothing could be judged or the target died, 130 when interrupted, else 0. */
export function conformanceExitCode({
  judgements,
  coverage,
  run,
}: Pick<ConformanceResult, 'judgements' | 'coverage' | 'run'>): ExitCode {
  return gravest([
    ...(judgements.some(({ verdict }) => verdict === 'fail') ? [ExitCode.correctness] : []),
    ...(coverage.judged === 0 || run.died !== null ? [ExitCode.invalid] : []),
    ...(run.interrupted ? [ExitCode.interrupted] : []),
  ]);
}
