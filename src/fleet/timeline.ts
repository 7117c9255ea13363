/** The phases of a run in time: what is due (or happens) at a moment belongs to the phase that holds it. */
import type { PhasePlan } from '../scenario/plan.ts';

interface Span {
  readonly name: string;
  readonly measured: boolean;
  readonly startNs: number;
  readonly endNs: number;
}

export class Timeline {
  readonly startNs: number;
  /** When producers stop: the end of the last timed phase. */
  readonly loadEndNs: number;
  readonly spans: readonly Span[];

  constructor(phases: readonly PhasePlan[], startNs: number) {
    this.startNs = startNs;
    const spans: Span[] = [];
    let at = startNs;
    for (const phase of phases) {
      const endNs = at + (phase.kind === 'timed' ? phase.durationNs : phase.withinNs);
      spans.push({ name: phase.name, measured: phase.kind === 'timed' && phase.measure, startNs: at, endNs });
      if (phase.kind === 'timed') at = endNs;
    }
    this.spans = spans;
    this.loadEndNs = at;
  }

  /** The name of the phase at a time; the first or last one for times outside. */
  phaseAt(atNs: number): string {
    const span = this.spans.find(({ endNs }) => atNs < endNs) ?? this.spans.at(-1);
    return span?.name ?? '';
  }

  /** Whether what is due in this phase counts. */
  measured(phase: string): boolean {
    return this.spans.some((span) => span.name === phase && span.measured);
  }
}
