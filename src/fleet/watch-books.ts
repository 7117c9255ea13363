/**
 * What a watcher notes down of an object, or of a request that came to it: for the recorder when each of its records became visible, against when it was sent
 * (propagation) and due (delivery), for the ledger that it was seen, and for the result what the object was and which hint it
 * was written for. Behind the times of the records of an object stands one independent event.
 */
import type { FlushCondition, FreshnessDoc, ObjectDoc } from '../measure/flush.ts';
import type { CountMetric, WatchFleet } from '../scenario/plan.ts';
import { DeliveredReader, type OnDelivered } from '../verify/delivered-reader.ts';
import type { FoundDocument } from '../wire/search-client.ts';
import type { PollSums } from './consumer-books.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import {
  holdsErrors,
  isUnprocessed,
  type OpenedObject,
  readDelivered,
  readDocuments,
  readErrors,
  readPlain,
} from './delivered-object.ts';
import { Freshness } from './freshness.ts';
import type { Agent } from './share.ts';

/** Objects that are told one by one; of more there are counts. */
const OBJECTS_MAX = 1000;

/** Ages are differences of clock readings: one that is short of the interval by less is not. */
const AGE_ERROR_NS = 1e6;

/** An object as it was fetched, or a request as it came. */
export interface FetchedObject {
  readonly key: string;
  readonly body: Buffer;
  /** When the listing that first had it was answered, or the request was here. */
  readonly visibleNs: number;
}

/** What is told of one that was opened. */
type SizedObject = Pick<FetchedObject, 'key' | 'visibleNs'> & { readonly body: { readonly length: number } };

/** The earliest of the records that an object brought, and the phases that they were due in. */
interface Noting {
  readonly dueNs: number;
  readonly sentNs: number;
  /** When a record was sent, or due where nobody knows that. */
  readonly knownNs: number;
  readonly phases: ReadonlySet<string>;
  readonly each: OnDelivered;
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
  /** Of what was delivered. */
  readonly reader: DeliveredReader;
  /** Of what was not, and stands in the backup or among the errors. */
  readonly backup: DeliveredReader;
  /** Records of the backup that were not delivered. */
  #undelivered = 0;
  readonly #objects: ObjectDoc[] = [];
  #omitted = 0;
  readonly #freshness = new Freshness();
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;

  constructor(agent: Agent<WatchFleet>, context: FleetContext, place: DeliveryPlace) {
    this.#agent = agent;
    this.#context = context;
    this.#place = place;
    const ours = (producer: number) => context.sendLogs[producer] !== null;
    this.reader = new DeliveredReader(agent.name, context.run, ours);
    this.backup = new DeliveredReader(`${agent.name} (backup)`, context.run, ours);
  }

  /** Records of whom is known where they are, each once: nobody has to wait for them. */
  get accounted(): number {
    return this.reader.distinct + this.#undelivered;
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

  /** Nothing comes any more: what is known only now is recorded. How old records without a tag were is not known. */
  end(): void {
    if (this.#place.form.field) return;
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

  async found(object: FetchedObject): Promise<void> {
    const { key, body, visibleNs } = object;
    if (holdsErrors(this.#place, key)) return this.#foundErrors(object);
    const noting = this.#noting(visibleNs);
    let opened: OpenedObject;
    try {
      opened = await readDelivered(this.reader, this.#place, key, body, noting.each);
    } catch (error) {
      this.#unreadable(object, error);
      return;
    }
    this.#opened(object, opened, noting);
  }

  /** A request was taken; `plain` is its records, one behind the other. */
  took(request: FetchedObject & { readonly plain: Buffer }): void {
    const { key, plain, visibleNs } = request;
    const noting = this.#noting(visibleNs);
    this.#opened(request, readPlain(this.reader, this.#place, key, plain, noting.each), noting);
  }

  /** A search cluster gave documents that were not there before. */
  answered(answer: Pick<FetchedObject, 'key' | 'visibleNs'> & { readonly documents: readonly FoundDocument[] }): void {
    const { key, documents, visibleNs } = answer;
    const noting = this.#noting(visibleNs);
    const opened = readDocuments(this.reader, this.#place, key, documents, noting.each);
    this.#opened({ key, visibleNs, body: { length: opened.bytes } }, opened, noting);
  }

  /** What is noted down of each record of an object, and what of all of them. */
  #noting(visibleNs: number): Noting {
    const noting = { dueNs: Infinity, sentNs: Infinity, knownNs: Infinity, phases: new Set<string>() };
    const each: OnDelivered = (tag, bytes, fresh) => {
      if (!fresh) return;
      if (this.backup.has(tag)) this.#undelivered -= 1;
      if (typeof tag === 'number') {
        this.#count('received', visibleNs, visibleNs, 1, bytes);
        this.#count('untimed', visibleNs, visibleNs, 1, 0);
        return;
      }
      noting.dueNs = Math.min(noting.dueNs, tag.dueNs);
      const sentNs = this.#context.sendLogs[tag.producer]!.sentNs(tag.counter);
      noting.sentNs = Math.min(noting.sentNs, sentNs ?? Infinity);
      noting.knownNs = Math.min(noting.knownNs, sentNs ?? tag.dueNs);
      this.#record(tag.dueNs, sentNs, bytes, visibleNs, noting.phases);
    };
    return Object.assign(noting, { each });
  }

  #opened(object: SizedObject, opened: OpenedObject, oldest: Noting): void {
    const { visibleNs } = object;
    const { startNs } = this.#context.timeline;
    const { records, outOfOrder, recordBytesMax, bytes } = opened;
    for (const phase of oldest.phases)
      for (const metric of ['propagation', 'delivery'] as const) this.#received(phase, metric, visibleNs).event();
    const ageNs = oldest.sentNs === Infinity ? null : visibleNs - oldest.sentNs;
    if (oldest.knownNs !== Infinity) this.#freshness.delivered(oldest.knownNs - startNs, visibleNs - startNs);
    const condition = this.#conditionOf(bytes, recordBytesMax, ageNs);
    this.#keep({ ...this.#told(object), records, bytes, ageNs, condition, unreadable: null });
    const dueNs = oldest.dueNs === Infinity ? visibleNs : oldest.dueNs;
    this.#count('objects', dueNs, visibleNs, 1, bytes);
    this.#count(`objects-by-${condition}`, dueNs, visibleNs, 1, bytes);
    if (outOfOrder > 0) this.#count('out-of-order', dueNs, visibleNs, outOfOrder, 0);
  }

  /** What is in it was not delivered, and is not lost: the copy of a record that was delivered after all says nothing. */
  #foundErrors(object: FetchedObject): void {
    const { key, body, visibleNs } = object;
    this.#count('objects-of-errors', visibleNs, visibleNs, 1, body.length);
    try {
      readErrors(this.backup, this.#place, key, body, (tag, bytes, fresh) => {
        if (!fresh || this.reader.has(tag)) return;
        this.#undelivered += 1;
        const dueNs = typeof tag === 'number' ? visibleNs : tag.dueNs;
        if (isUnprocessed(key)) this.#count('processing-failed', dueNs, visibleNs, 1, bytes);
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
    const old = ageNs >= intervalNs - AGE_ERROR_NS;
    return full === old ? 'unknown' : full ? 'size' : 'interval';
  }

  #told({ key, body, visibleNs }: SizedObject) {
    return { key, visibleNs: visibleNs - this.#context.timeline.startNs, storedBytes: body.length };
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
