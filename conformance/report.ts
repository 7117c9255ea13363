/**
 * What a conformance run found, as data. Two figures and never one score: divergence (of what was judged, how much is
 * broken) and coverage (of what applies, how much was judged). A skip stays in the denominator of coverage: a suite that
 * drops what it could not do gets a better mark by doing less.
 */
import { ExitCode } from '../src/exit-code.ts';
import type { Judgement, Level } from './statement.ts';

/** Statements that are broken, of those that were judged. */
export interface Divergence {
  readonly broken: number;
  readonly judged: number;
  /** Of the broken: by level, those with evidence of AWS's own. */
  readonly byLevel: Readonly<Record<Level, number>>;
  /** Of the broken: those whose evidence is provisional; they warn, whatever their level. */
  readonly provisional: number;
}

/** Statements that were judged, of all that were asked for. */
export interface Coverage {
  readonly judged: number;
  readonly applicable: number;
  readonly skipped: number;
  readonly indeterminate: number;
}

export interface ConformanceReport {
  readonly target: string;
  readonly description: string;
  readonly seed: number;
  readonly judgements: readonly Judgement[];
  readonly divergence: Divergence;
  readonly coverage: Coverage;
  /** Statements confirmed by a recorded run against AWS: none yet. */
  readonly awsValidated: number;
  /** What went wrong beside the statements, such as a stream that could not be removed. */
  readonly troubles: readonly string[];
}

/** The two figures of a run. */
export function figuresOf(judgements: readonly Judgement[]): { divergence: Divergence; coverage: Coverage } {
  const count = (is: (judgement: Judgement) => boolean) => judgements.filter(is).length;
  const broken = judgements.filter(({ outcome }) => outcome === 'broken');
  const atLevel = (level: Level) => broken.filter((one) => one.level === level && !one.provisional).length;
  const skipped = count(({ verdict }) => verdict === 'skip');
  const indeterminate = count(({ verdict }) => verdict === 'indeterminate');
  const judged = judgements.length - skipped - indeterminate;
  return {
    divergence: {
      broken: broken.length,
      judged,
      byLevel: { MUST: atLevel('MUST'), SHOULD: atLevel('SHOULD'), INFO: atLevel('INFO') },
      provisional: broken.filter(({ provisional }) => provisional).length,
    },
    coverage: { judged, applicable: judgements.length, skipped, indeterminate },
  };
}

/** 5 when a MUST fails, 6 when nothing could be judged, else 0. */
export function conformanceExitCode(report: Pick<ConformanceReport, 'judgements' | 'coverage'>): ExitCode {
  if (report.judgements.some(({ verdict }) => verdict === 'fail')) return ExitCode.correctness;
  return report.coverage.judged === 0 ? ExitCode.invalid : ExitCode.pass;
}
