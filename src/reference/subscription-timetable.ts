/**
 * When to wake whom: thousands of subscriptions wait on one sleep of the clock, for the earliest of their times. A binary
 * heap; who waits stands in it at most once, and setting a time again moves it.
 */
import type { Clock } from '../clock.ts';

/** Who can be woken. The timetable keeps its place in the heap here. */
export interface Alarm {
  atNs: number;
  /** Place in the heap; -1 while it is not set. */
  place: number;
  /** Called when its time has come; it is not set any more then. */
  ring(): void;
}

/** The alarms of one endpoint. */
export class Timetable {
  readonly #clock: Clock;
  readonly #heap: Alarm[] = [];
  #sleepingUntilNs = Number.POSITIVE_INFINITY;
  #sleep: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many alarms are set. */
  get size(): number {
    return this.#heap.length;
  }

  /** Sets an alarm to a time, or to another one. */
  set(alarm: Alarm, atNs: number): void {
    if (alarm.place === -1) alarm.place = this.#heap.push(alarm) - 1;
    alarm.atNs = atNs;
    this.#lift(alarm);
    this.#sink(alarm);
    const firstNs = this.#heap[0]!.atNs;
    // A sleep that ends too early costs one look; one that ends too late would be a defect.
    if (firstNs < this.#sleepingUntilNs) this.#sleepUntil(firstNs);
  }

  /** Takes an alarm off; nothing happens when it is not set. */
  clear(alarm: Alarm): void {
    const { place } = alarm;
    if (place === -1) return;
    alarm.place = -1;
    const last = this.#heap.pop()!;
    if (last !== alarm) {
      this.#put(last, place);
      this.#lift(last);
      this.#sink(last);
    }
    if (this.#heap.length === 0) this.#sleepUntil(Number.POSITIVE_INFINITY);
  }

  /** Leaves the present sleep for another one; none when the time is infinite. */
  #sleepUntil(atNs: number): void {
    this.#sleep?.abort();
    this.#sleepingUntilNs = atNs;
    if (atNs === Number.POSITIVE_INFINITY) {
      this.#sleep = undefined;
      return;
    }
    const sleep = new AbortController();
    this.#sleep = sleep;
    void this.#clock.sleepUntil(atNs, sleep.signal).then(() => {
      if (!sleep.signal.aborted) this.#ringDue();
      return undefined;
    });
  }

  #ringDue(): void {
    const nowNs = this.#clock.monotonicNs();
    for (let first = this.#heap[0]; first && first.atNs <= nowNs; first = this.#heap[0]) {
      this.clear(first);
      first.ring();
    }
    this.#sleepUntil(this.#heap[0]?.atNs ?? Number.POSITIVE_INFINITY);
  }

  #lift(alarm: Alarm): void {
    for (let parent = (alarm.place - 1) >> 1; alarm.place > 0; parent = (alarm.place - 1) >> 1) {
      const above = this.#heap[parent]!;
      if (above.atNs <= alarm.atNs) return;
      this.#put(above, alarm.place);
      this.#put(alarm, parent);
    }
  }

  #sink(alarm: Alarm): void {
    for (;;) {
      const left = this.#heap[alarm.place * 2 + 1];
      const right = this.#heap[alarm.place * 2 + 2];
      const below = right && left && right.atNs < left.atNs ? right : left;
      if (!below || below.atNs >= alarm.atNs) return;
      const { place } = below;
      this.#put(below, alarm.place);
      this.#put(alarm, place);
    }
  }

  #put(alarm: Alarm, place: number): void {
    this.#heap[place] = alarm;
    alarm.place = place;
  }
}
