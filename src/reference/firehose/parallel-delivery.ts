/**
 * The buffers of a delivery stream that has scaled: side by side, each with the whole size and the interval of the hints and each
 * delivering by itself, so that objects are smaller than one buffer would have made them wherever the interval closes them (source:
 * the knowledge centre of AWS, on small files). AWS says that it scales by itself and not when. Assumed here: what comes in is
 * counted in windows, one after the other; after a window with more than the buffers of now are meant for they are doubled, and
 * never taken away; records go to them in turn.
 */
import { NS_PER_S } from '../../clock.ts';
import type { Instant } from '../topology.ts';
import type { DeliveryPlan } from './delivery.ts';
import type { Buffers } from './processing.ts';

/** When a delivery stream scales. */
export interface Scaling {
  /** Buffers there may be; 1 for no scaling. */
  readonly buffersMax: number;
  /** What one buffer is meant for. */
  readonly bytesPerS: number;
  readonly windowS: number;
}

/** One buffer and, as more comes in, several. */
export class ParallelDelivery implements Buffers {
  readonly #scaling: Scaling;
  readonly #begin: (plan: DeliveryPlan, index: number) => Buffers;
  readonly #buffers: Buffers[];
  #plan: DeliveryPlan;
  #turn = 0;
  #windowNs: number | undefined;
  #windowBytes = 0;

  /** `begin` makes the buffer with an index. */
  constructor(begin: (plan: DeliveryPlan, index: number) => Buffers, plan: DeliveryPlan, scaling: Scaling) {
    this.#scaling = scaling;
    this.#begin = begin;
    this.#plan = plan;
    this.#buffers = [begin(plan, 0)];
  }

  get idle(): boolean {
    return this.#buffers.every(({ idle }) => idle);
  }

  admits(bytes: number): boolean {
    return this.#buffers[0]!.admits(bytes);
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    if (this.#scaling.buffersMax > 1) this.#count(data.length, at.nowNs);
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    this.#buffers[this.#turn]!.accept(data, at);
  }

  replan(plan: DeliveryPlan): void {
    this.#plan = plan;
    for (const buffers of this.#buffers) buffers.replan(plan);
  }

  flush(): void {
    for (const buffers of this.#buffers) buffers.flush();
  }

  finishAt(atNs: number): void {
    for (const buffers of this.#buffers) buffers.finishAt(atNs);
  }

  end(): void {
    for (const buffers of this.#buffers) buffers.end();
  }

  #count(bytes: number, nowNs: number): void {
    const { windowS } = this.#scaling;
    const windows = Math.floor((nowNs - (this.#windowNs ??= nowNs)) / (windowS * NS_PER_S));
    if (windows > 0) {
      this.#scale(this.#windowBytes / windowS);
      this.#windowNs += windows * windowS * NS_PER_S;
      this.#windowBytes = 0;
    }
    this.#windowBytes += bytes;
  }

  #scale(bytesPerS: number): void {
    const { buffersMax, bytesPerS: each } = this.#scaling;
    const now = this.#buffers.length;
    if (bytesPerS <= each * now) return;
    for (let index = now; index < Math.min(2 * now, buffersMax); index += 1) {
      this.#buffers.push(this.#begin(this.#plan, index));
    }
  }
}
