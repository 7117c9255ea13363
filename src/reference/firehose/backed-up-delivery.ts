/**
 * The delivery of a stream, and beside it that of a copy of every record as it came, before any processing, where the destination has
 * a backup of everything (source: S3BackupMode of each destination in the service model). The copy has a buffer of its own, by the
 * hints of its own configuration.
 */
import type { Instant } from '../topology.ts';
import { Delivery, type DeliveryPlan } from './delivery.ts';
import { Processing, type ProcessingParts } from './processing.ts';
import type { S3Settings } from './s3-settings.ts';

/** What it goes by. */
export interface BackedUpPlan extends DeliveryPlan {
  /** Of the copy; undefined where there is none. */
  readonly copy: S3Settings | undefined;
}

/** The way of records, and that of their copies. */
export class BackedUpDelivery {
  readonly #main: Processing;
  readonly #copy: Delivery;
  #copies: boolean;

  constructor(parts: ProcessingParts, plan: BackedUpPlan) {
    this.#copies = plan.copy !== undefined;
    this.#main = new Processing(parts, plan);
    this.#copy = new Delivery({ ...parts, random: parts.random.fork('copy') }, copyPlan(plan));
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#main.admits(this.#copies ? 2 * bytes : bytes);
  }

  /** Whether nothing is buffered and nothing is on its way. */
  get idle(): boolean {
    return this.#main.idle && this.#copy.idle;
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    this.#main.accept(data, at);
    if (this.#copies) this.#copy.accept(data, at);
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: BackedUpPlan): void {
    this.#copies = plan.copy !== undefined;
    this.#main.replan(plan);
    // Copies that wait when there are to be none any more go where they would have gone.
    if (plan.copy) this.#copy.replan(copyPlan(plan));
  }

  /** Delivers what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    for (const delivery of [this.#main, this.#copy]) delivery.finishAt(atNs);
  }

  /** Gives up what is not delivered. */
  end(): void {
    for (const delivery of [this.#main, this.#copy]) delivery.end();
  }
}

function copyPlan(plan: BackedUpPlan): DeliveryPlan {
  return { ...plan, settings: plan.copy ?? plan.settings };
}
