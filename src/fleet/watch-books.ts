/**
 * What a watcher notes down of an object, or of a request that came to it: for the recorder when each of its records became visible, against when it was sent
 * (propagation) and due (delivery), for the ledger that it was seen, and for the result what the object was and which hint it
 * was written for. Behind the times of the records of an object stands one independent event.
 */
import type { FlushCondition, FreshnessDoc, ObjectDoc } from '../measure/flush.ts';
import type { CountMetric, DeliveryPlan, WatchFleet } from '../scenario/plan.ts';
import { DeliveredReader } from '../verify/delivered-reader.ts';
import type { PollSums } from './consumer-books.ts';
import type { FleetContext } from './context.ts';
import { Freshness } from './freshness.ts';
import { openBody } from '../wire/object-body.ts';
import type { Agent } from './share.ts';

/** Objects that are told one by one; of more there are counts. */
const OBJECTS_MAX = 1000;

/** Ages are differences of clock readings: one that is short of the interval by less is not. */
const AGE_ERROR_NS = 1e6;

/** An object as it was fetched. */
export interface FetchedObject {
  readonly key: string;
  readonly body: Buffer;
  /** When the listing that first had it was answered. */
  readonly visibleNs: number;
}

/** An object that was opened, or what a request carried. */
interface OpenedObject {
  readonly key: string;
  readonly plain: Buffer;
  /** Of the object or the request as it came. */
  readonly storedBytes: number;
  readonly visibleNs: number;
}

/** What a watcher hands over beside what its reader saw. */
export interface WatchExport {
  readonly fleet: string;
  readonly objects: readonly ObjectDoc[];
  readonly omitted: number;
  readonly freshness: FreshnessDoc;
}

/** Who watches polls no shard. */
export function noPolls(): PollSums {
  return { records: 0, polls: 0, propagationNs: 0, callNs: 0, intervals: 0, intervalNs: 0, intervalSquaredNs: 0 };
}

export class WatchBooks {
  readonly reader: DeliveredReader;
  readonly #objects: ObjectDoc[] = [];
  #omitted = 0;
  readonly #freshness = new Freshness();
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #delivery: DeliveryPlan;

  constructor(agent: Agent<WatchFleet>, context: FleetContext, delivery: DeliveryPlan) {
    this.#agent = agent;
    this.#context = context;
    this.#delivery = delivery;
    this.reader = new DeliveredReader(agent.name, context.run, (producer) => context.sendLogs[producer] !== null);
  }

  /** A listing was answered, or not. */
  listed(ok: boolean, atNs: number): void {
    this.#count('listings', atNs, atNs, 1, 0);
    if (!ok) this.#count('listings-failed', atNs, atNs, 1, 0);
  }

  /** A request was answered with 503. */
  refused(atNs: number): void {
    this.#count('requests-refused', atNs, atNs, 1, 0);
  }

  export(): WatchExport {
    const { series } = this.#freshness;
    return { fleet: this.#agent.fleet.name, objects: this.#objects, omitted: this.#omitted, freshness: series };
  }

  /** Nothing comes any more: what is known only now is recorded. */
  end(): void {
    const { clock, recorder, timeline } = this.#context;
    const fleet = this.#agent.fleet.name;
    this.#freshness.sample(clock.monotonicNs() - timeline.startNs, (offsetNs, ageNs) => {
      const atNs = timeline.startNs + offsetNs;
      const phase = timeline.phaseAt(atNs);
      const histogram = recorder.latency({ fleet, phase, metric: 'freshness', outcome: 'received' }, atNs);
      histogram.record(ageNs);
      histogram.event();
    });
  }

  found(object: FetchedObject): void {
    const { key, body, visibleNs } = object;
    let plain: Buffer;
    try {
      plain = openBody(body, this.#delivery.compression);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#context.errors.add(this.#agent.fleet.name, 'GetObject', 'unreadable-object', `${key}: ${why}`);
      const none = { records: 0, bytes: 0, ageNs: null, condition: 'unknown' } as const;
      this.#keep({ ...this.#told(key, visibleNs, body.length), ...none, unreadable: why });
      for (const metric of ['objects', 'objects-by-unknown', 'objects-unreadable'] as const)
        this.#count(metric, visibleNs, visibleNs, 1, 0);
      return;
    }
    this.took({ key, plain, storedBytes: body.length, visibleNs });
  }

  /** An object was opened, or a request taken. */
  took({ key, plain, storedBytes, visibleNs }: OpenedObject): void {
    const { startNs } = this.#context.timeline;
    const oldest = { dueNs: Infinity, sentNs: Infinity, knownNs: Infinity };
    const phases = new Set<string>();
    const { records, outOfOrder, recordBytesMax } = this.reader.read(key, plain, (tag, bytes, fresh) => {
      if (!fresh) return;
      oldest.dueNs = Math.min(oldest.dueNs, tag.dueNs);
      const sentNs = this.#context.sendLogs[tag.producer]!.sentNs(tag.counter);
      oldest.sentNs = Math.min(oldest.sentNs, sentNs ?? Infinity);
      oldest.knownNs = Math.min(oldest.knownNs, sentNs ?? tag.dueNs);
      this.#record(tag.dueNs, sentNs, bytes, visibleNs, phases);
    });
    for (const phase of phases)
      for (const metric of ['propagation', 'delivery'] as const) this.#received(phase, metric, visibleNs).event();
    const ageNs = oldest.sentNs === Infinity ? null : visibleNs - oldest.sentNs;
    if (oldest.knownNs !== Infinity) this.#freshness.delivered(oldest.knownNs - startNs, visibleNs - startNs);
    const condition = this.#conditionOf(plain.length, recordBytesMax, ageNs);
    const found = { records, bytes: plain.length, ageNs, condition, unreadable: null };
    this.#keep({ ...this.#told(key, visibleNs, storedBytes), ...found });
    const dueNs = oldest.dueNs === Infinity ? visibleNs : oldest.dueNs;
    this.#count('objects', dueNs, visibleNs, 1, plain.length);
    this.#count(`objects-by-${condition}`, dueNs, visibleNs, 1, plain.length);
    if (outOfOrder > 0) this.#count('out-of-order', dueNs, visibleNs, outOfOrder, 0);
  }

  /** The buffer was full where another record of the largest size would not have fitted; it was old where it was as old as the hint says. */
  #conditionOf(bytes: number, recordBytesMax: number, ageNs: number | null): FlushCondition {
    const { bufferBytes, intervalNs } = this.#delivery;
    if (ageNs === null) return 'unknown';
    const full = bytes > bufferBytes - recordBytesMax;
    const old = ageNs >= intervalNs - AGE_ERROR_NS;
    return full === old ? 'unknown' : full ? 'size' : 'interval';
  }

  #told(key: string, visibleNs: number, storedBytes: number) {
    return { key, visibleNs: visibleNs - this.#context.timeline.startNs, storedBytes };
  }

  #keep(object: ObjectDoc): void {
    if (this.#objects.length < OBJECTS_MAX) this.#objects.push(object);
    else this.#omitted += 1;
  }

  #record(dueNs: number, sentNs: number | undefined, bytes: number, visibleNs: number, phases: Set<string>): void {
    const phase = this.#context.timeline.phaseAt(dueNs);
    this.#count('received', dueNs, visibleNs, 1, bytes);
    this.#received(phase, 'delivery', visibleNs).record(visibleNs - dueNs);
    const propagation = this.#received(phase, 'propagation', visibleNs);
    if (sentNs === undefined) {
      propagation.outrank();
      this.#count('untimed', dueNs, visibleNs, 1, 0);
    } else propagation.record(visibleNs - sentNs);
    phases.add(phase);
  }

  #received(phase: string, metric: 'propagation' | 'delivery', atNs: number) {
    const fleet = this.#agent.fleet.name;
    return this.#context.recorder.latency({ fleet, phase, metric, outcome: 'received' }, atNs);
  }

  #count(metric: CountMetric, dueNs: number, atNs: number, count: number, bytes: number): void {
    const { recorder, timeline } = this.#context;
    const fleet = this.#agent.fleet.name;
    const phase = timeline.phaseAt(dueNs);
    recorder.count({ fleet, phase, metric, shard: null, attribution: 'none' }, atNs, count, bytes);
  }
}
