/**
 * What a watcher notes down of an object: for the recorder when each of its records became visible, against when it was sent
 * (propagation) and due (delivery), for the ledger that it was seen, and for the result what the object was and which hint it
 * was written for. Behind the times of the records of an object stands one independent event.
 */
import type { CountMetric, WatchFleet } from '../scenario/plan.ts';
import { DeliveredReader, type OnDelivered } from '../verify/delivered-reader.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { holdsErrors, type OpenedObject, readDelivered, readErrors } from './delivered-object.ts';
import type { Agent } from './share.ts';

/** Objects that are told one by one; of more there are counts. */
const OBJECTS_MAX = 1000;

/** The hint that an object was written for, as far as can be told from outside; unknown where both fit, or neither. */
export type FlushCondition = 'size' | 'interval' | 'unknown';

/** One object as it was found. */
export interface WatchedObject {
  readonly key: string;
  /** When a listing first had it, ns from the start of the load. */
  readonly visibleNs: number;
  /** From when its oldest record was sent until it was visible, ns; null where that is not known. */
  readonly ageNs: number | null;
  readonly records: number;
  /** Before compression; 0 where it could not be opened. */
  readonly bytes: number;
  readonly storedBytes: number;
  readonly condition: FlushCondition;
  /** Why it could not be opened; null where it could. */
  readonly unreadable: string | null;
}

/** An object as it was fetched. */
export interface FetchedObject {
  readonly key: string;
  readonly body: Buffer;
  /** When the listing that first had it was answered. */
  readonly visibleNs: number;
}

export class WatchBooks {
  readonly reader: DeliveredReader;
  readonly objects: WatchedObject[] = [];
  /** Objects beyond those that are told one by one. */
  omitted = 0;
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;

  constructor(agent: Agent<WatchFleet>, context: FleetContext, place: DeliveryPlace) {
    this.#agent = agent;
    this.#context = context;
    this.#place = place;
    this.reader = new DeliveredReader(agent.name, context.run, (producer) => context.sendLogs[producer] !== null);
  }

  /** A listing was answered, or not. */
  listed(ok: boolean, atNs: number): void {
    this.#count('listings', atNs, atNs, 1, 0);
    if (!ok) this.#count('listings-failed', atNs, atNs, 1, 0);
  }

  async found(object: FetchedObject): Promise<void> {
    const { key, body, visibleNs } = object;
    if (holdsErrors(this.#place, key)) return this.#foundErrors(object);
    const oldest = { dueNs: Infinity, sentNs: Infinity };
    const phases = new Set<string>();
    const each: OnDelivered = (tag, bytes, fresh) => {
      if (!fresh) return;
      oldest.dueNs = Math.min(oldest.dueNs, tag.dueNs);
      const sentNs = this.#context.sendLogs[tag.producer]!.sentNs(tag.counter);
      oldest.sentNs = Math.min(oldest.sentNs, sentNs ?? Infinity);
      this.#record(tag.dueNs, sentNs, bytes, visibleNs, phases);
    };
    let opened: OpenedObject;
    try {
      opened = await readDelivered(this.reader, this.#place, key, body, each);
    } catch (error) {
      this.#unreadable(object, error);
      return;
    }
    const { records, outOfOrder, recordBytesMax, bytes: plainBytes } = opened;
    for (const phase of phases)
      for (const metric of ['propagation', 'delivery'] as const) this.#received(phase, metric, visibleNs).event();
    const ageNs = oldest.sentNs === Infinity ? null : visibleNs - oldest.sentNs;
    const condition = this.#conditionOf(plainBytes, recordBytesMax, ageNs);
    this.#keep({ ...this.#told(object), records, bytes: plainBytes, ageNs, condition, unreadable: null });
    const dueNs = oldest.dueNs === Infinity ? visibleNs : oldest.dueNs;
    this.#count('objects', dueNs, visibleNs, 1, plainBytes);
    this.#count(`objects-by-${condition}`, dueNs, visibleNs, 1, plainBytes);
    if (outOfOrder > 0) this.#count('out-of-order', dueNs, visibleNs, outOfOrder, 0);
  }

  /** What is in it was not delivered, and is not lost. */
  #foundErrors(object: FetchedObject): void {
    const { key, body, visibleNs } = object;
    this.#count('objects-of-errors', visibleNs, visibleNs, 1, body.length);
    try {
      readErrors(this.reader, this.#place, key, body, ({ dueNs }, bytes, fresh) => {
        if (fresh) this.#count('processing-failed', dueNs, visibleNs, 1, bytes);
      });
    } catch (error) {
      this.#unreadable(object, error);
    }
  }

  #unreadable(object: FetchedObject, error: unknown): void {
    const { key, visibleNs } = object;
    const why = error instanceof Error ? error.message : String(error);
    this.#context.errors.add(this.#agent.fleet.name, 'GetObject', 'unreadable-object', `${key}: ${why}`);
    this.#keep({ ...this.#told(object), records: 0, bytes: 0, ageNs: null, condition: 'unknown', unreadable: why });
    for (const metric of ['objects', 'objects-by-unknown', 'objects-unreadable'] as const)
      this.#count(metric, visibleNs, visibleNs, 1, 0);
  }

  /** The buffer was full where another record of the largest size would not have fitted; it was old where it was as old as the hint says. */
  #conditionOf(bytes: number, recordBytesMax: number, ageNs: number | null): FlushCondition {
    const { bufferBytes, intervalNs } = this.#place.plan;
    if (ageNs === null) return 'unknown';
    const full = bytes > bufferBytes - recordBytesMax;
    const old = ageNs >= intervalNs;
    return full === old ? 'unknown' : full ? 'size' : 'interval';
  }

  #told({ key, body, visibleNs }: FetchedObject) {
    return { key, visibleNs: visibleNs - this.#context.timeline.startNs, storedBytes: body.length };
  }

  #keep(object: WatchedObject): void {
    if (this.objects.length < OBJECTS_MAX) this.objects.push(object);
    else this.omitted += 1;
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
