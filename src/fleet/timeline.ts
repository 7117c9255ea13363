/** The phases of a run in time: what is due (or happens) at a moment belongs to the phase that holds it. */
import type { PhasePlan } from '../scenario/plan.ts';

interface Span {
  readonly name: string;
  readonly kind: PhasePlan['kind'];
  readonly measured: boolean;
  /** From the start of the first phase, ns. */
  readonly fromNs: number;
  readonly toNs: number;
}

export class Timeline {
  /** Start of the first phase, monotonic ns. To be set by `begin` before anything is due. */
  startNs = 0;
  readonly spans: readonly Span[];
  /** How long producers run: to the end of the last timed phase, ns. */
  readonly loadNs: number;

  constructor(phases: readonly PhasePlan[]) {
    const spans: Span[] = [];
    let fromNs = 0;
    for (const phase of phases) {
      const toNs = fromNs + (phase.kind === 'timed' ? phase.durationNs : phase.withinNs);
      spans.push({
        name: phase.name,
        kind: phase.kind,
        measured: phase.kind === 'timed' && phase.measure,
        fromNs,
        toNs,
      });
      fromNs = toNs;
    }
    this.spans = spans;
    this.loadNs = spans.filter(({ kind }) => kind === 'timed').reduce((latest, { toNs }) => Math.max(latest, toNs), 0);
  }

  begin(startNs: number): void {
    this.startNs = startNs;
  }

  get loadEndNs(): number {
    return this.startNs + this.loadNs;
  }

  /** The name of the phase at a monotonic time; the last one's for times beyond. */
  phaseAt(atNs: number): string {
    const offsetNs = atNs - this.startNs;
    return (this.spans.find(({ toNs }) => offsetNs < toNs) ?? this.spans.at(-1)!).name;
  }

  /** Whether what is due in this phase counts. */
  measured(phase: string): boolean {
    return this.spans.some((span) => span.name === phase && span.measured);
  }
}
