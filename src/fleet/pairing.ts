/**
 * Pairs of fleets: each record that a consumer of both has received gives one difference of receive times. The consumers of a
 * process are all in one thread, so the two times meet here without a message; what other machines of a run received is not
 * compared, for lack of a common clock.
 *
 * Memory is bounded: a record waits here from its first receipt to its second, and of those that one side is behind the
 * newest are kept. One that is forgotten ranks above every difference where the first fleet is the late one, and is
 * counted as seen by one side only; when it comes to the other after all, by that one only, too.
 */
import type { Recorder } from '../measure/recorder.ts';
import { type ConsumeFleet, pairName, type PairPlan, type Plan } from '../scenario/plan.ts';
import type { Agent } from './share.ts';
import type { Timeline } from './timeline.ts';

/** Records of a pair of agents that one of them may be ahead of the other, each way. */
export const AHEAD_MAX = 1 << 17;

/** What tells a record from all others of its stream: of a tag, a number; else its place. */
export type PairKey = number | string;

/** What a crew found of a pair, in measured phases. */
export interface PairSums extends PairPlan {
  readonly agents: number;
  readonly records: number;
  readonly onlyMinuend: number;
  readonly onlySubtrahend: number;
}

/** One side of a pair as its consumer sees it. */
export interface PairSide {
  /** A record was received for the first time. */
  received(key: PairKey, phase: string, receivedNs: number): void;
  /** What came together is through: one independent event for each phase in which it completed pairs. */
  together(receivedNs: number): void;
}

/** The pairs of a crew. */
export class Pairing {
  readonly #pairs: { readonly plan: PairPlan; readonly duos: readonly Duo[] }[];

  constructor(
    plan: Plan,
    consumers: readonly Agent<ConsumeFleet>[],
    recorder: Recorder,
    timeline: Timeline,
    aheadMax = AHEAD_MAX,
  ) {
    this.#pairs = (plan.pairs ?? []).map((pair) => {
      const of = (name: string) => consumers.filter(({ fleet }) => fleet.name === name);
      const duos = of(pair.minuend).flatMap((first) => {
        const second = of(pair.subtrahend).find(({ agent }) => agent === first.agent);
        return second ? [new Duo(pairName(pair), [first.index, second.index], recorder, timeline, aheadMax)] : [];
      });
      return { plan: pair, duos };
    });
  }

  /** The sides that a consumer is on. */
  sidesOf(index: number): PairSide[] {
    return this.#pairs.flatMap(({ duos }) => duos.flatMap((duo) => duo.sideOf(index) ?? []));
  }

  export(): PairSums[] {
    return this.#pairs.map(({ plan, duos }) => {
      const sum = (of: (duo: Duo) => number) => duos.reduce((total, duo) => total + of(duo), 0);
      return {
        ...plan,
        agents: duos.length,
        records: sum(({ records }) => records),
        onlyMinuend: sum((duo) => duo.only(0)),
        onlySubtrahend: sum((duo) => duo.only(1)),
      };
    });
  }
}

interface Waiting {
  readonly phase: string;
  readonly receivedNs: number;
}

/** Two agents. */
class Duo {
  records = 0;
  readonly #name: string;
  readonly #indices: readonly [number, number];
  readonly #recorder: Recorder;
  readonly #timeline: Timeline;
  readonly #aheadMax: number;
  /** What the one has and the other has not yet, in the order of receipt. */
  readonly #waiting = [new Map<PairKey, Waiting>(), new Map<PairKey, Waiting>()] as const;
  /**
   * From the longest ahead on. One iterator for good: a new one has to step over all that has left the map since it was last
   * packed, up to as many as it holds.
   */
  readonly #longest = [this.#waiting[0].entries(), this.#waiting[1].entries()] as const;
  readonly #forgotten: [number, number] = [0, 0];
  readonly #completed = new Set<string>();

  constructor(
    name: string,
    indices: readonly [number, number],
    recorder: Recorder,
    timeline: Timeline,
    aheadMax: number,
  ) {
    this.#name = name;
    this.#indices = indices;
    this.#recorder = recorder;
    this.#timeline = timeline;
    this.#aheadMax = aheadMax;
  }

  sideOf(index: number): PairSide | undefined {
    const side = this.#indices.indexOf(index);
    if (side === -1) return undefined;
    const of = side === 0 ? 0 : 1;
    return {
      received: (key, phase, receivedNs) => this.#received(of, key, phase, receivedNs),
      together: (receivedNs) => this.#together(receivedNs),
    };
  }

  /** Records of measured phases that one side alone has seen. */
  only(side: 0 | 1): number {
    const left = [...this.#waiting[side].values()].filter(({ phase }) => this.#timeline.measured(phase));
    return this.#forgotten[side] + left.length;
  }

  #received(side: 0 | 1, key: PairKey, phase: string, receivedNs: number): void {
    const [own, others] = side === 0 ? this.#waiting : ([this.#waiting[1], this.#waiting[0]] as const);
    const other = others.get(key);
    if (other) {
      others.delete(key);
      const laterNs = receivedNs - other.receivedNs;
      this.#histogram(other.phase, receivedNs).record(side === 0 ? laterNs : -laterNs);
      this.#completed.add(other.phase);
      if (this.#timeline.measured(other.phase)) this.records += 1;
      return;
    }
    own.set(key, { phase, receivedNs });
    if (own.size > this.#aheadMax) this.#forget(side, receivedNs);
  }

  #forget(side: 0 | 1, atNs: number): void {
    const [key, { phase }] = this.#longest[side].next().value!;
    this.#waiting[side].delete(key);
    if (side === 1) this.#histogram(phase, atNs).outrank();
    if (this.#timeline.measured(phase)) this.#forgotten[side] += 1;
  }

  #together(receivedNs: number): void {
    for (const phase of this.#completed) this.#histogram(phase, receivedNs).event();
    this.#completed.clear();
  }

  #histogram(phase: string, atNs: number) {
    return this.#recorder.latency({ fleet: this.#name, phase, metric: 'paired', outcome: 'received' }, atNs);
  }
}
