/**
 * The delivery of records to a destination that is spoken to: a buffer whose content a courier hands over, and a buffer of what it
 * does not take, which ends as objects in the backup bucket, under the error prefix. That failed records go by the buffering hints
 * of the backup is assumed.
 */
import type { Instant } from '../topology.ts';
import type { Application } from './application.ts';
import { Courier } from './courier.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import type { S3Settings } from './s3-settings.ts';
import type { Sender } from './sender.ts';

/** How records are handed over, and what becomes of those that are not. */
export interface ApplicationPlan {
  readonly application: Application;
  /** Objects of failed records. */
  readonly failed: S3Settings;
}

/** What such a delivery is made of. */
export interface ApplicationParts extends DeliveryParts {
  readonly sender: Sender;
  readonly streamArn: string;
  /** What it goes by now, beside the plan of its buffer. */
  readonly spoken: () => ApplicationPlan;
}

/** Buffers and a courier. */
export class ApplicationDelivery {
  readonly #main: Delivery;
  readonly #failed: Delivery;
  readonly #spoken: () => ApplicationPlan;

  constructor({ sender, streamArn, spoken, ...parts }: ApplicationParts, plan: DeliveryPlan) {
    const { clock, faults, random } = parts;
    this.#spoken = spoken;
    this.#failed = new Delivery({ ...parts, random: random.fork('failed') }, this.#failedPlan(plan));
    const courier = new Courier({
      clock,
      faults,
      sender,
      streamArn,
      random: random.fork('courier'),
      application: () => spoken().application,
      keep: (line, at) => this.#failed.accept(line, at),
    });
    this.#main = new Delivery({ ...parts, carry: (batch, until) => courier.carry(batch, until) }, plan);
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#main.admits(bytes);
  }

  /** Whether nothing is buffered and nothing is on its way. */
  get idle(): boolean {
    return this.#main.idle && this.#failed.idle;
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    this.#main.accept(data, at);
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: DeliveryPlan): void {
    this.#failed.replan(this.#failedPlan(plan));
    this.#main.replan(plan);
  }

  /** Closes the open buffer, whatever is in it. */
  flush(): void {
    this.#main.flush();
  }

  /** Delivers what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    for (const delivery of [this.#failed, this.#main]) delivery.finishAt(atNs);
  }

  /** Gives up what is not delivered. */
  end(): void {
    for (const delivery of [this.#main, this.#failed]) delivery.end();
  }

  #failedPlan(plan: DeliveryPlan): DeliveryPlan {
    return { ...plan, settings: this.#spoken().failed };
  }
}
