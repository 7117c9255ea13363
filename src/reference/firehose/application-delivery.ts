/**
 * The delivery of a stream whose destination is spoken to: a buffer whose content a courier hands over, and up to two buffers that
 * end as objects in the backup bucket: one of failed records, under the error prefix, and one of all records, where the backup is
 * to have them. Both go by the buffering hints of the backup (that failed records do is assumed).
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
  /** Objects of all records; undefined where the backup gets the failed ones alone. */
  readonly all: S3Settings | undefined;
}

/** What a delivery goes by whose destination is spoken to; its settings are of the buffer alone. */
export interface SpokenPlan extends DeliveryPlan {
  /** Undefined where that stays as it is. */
  readonly spoken: ApplicationPlan | undefined;
}

/** Buffers, a courier and a backup. */
export class ApplicationDelivery {
  readonly #main: Delivery;
  readonly #failed: Delivery;
  readonly #all: Delivery;
  #spoken: ApplicationPlan;

  constructor(
    parts: DeliveryParts & { readonly sender: Sender; readonly streamArn: string },
    plan: SpokenPlan & { readonly spoken: ApplicationPlan },
  ) {
    const { sender, streamArn, ...own } = parts;
    const { clock, faults } = parts;
    this.#spoken = plan.spoken;
    const of = (name: string, settings: S3Settings) =>
      new Delivery({ ...own, random: parts.random.fork(name) }, { ...plan, settings });
    this.#failed = of('failed', this.#spoken.failed);
    this.#all = of('all', this.#spoken.all ?? this.#spoken.failed);
    const courier = new Courier({
      clock,
      faults,
      sender,
      streamArn,
      random: parts.random.fork('courier'),
      application: () => this.#spoken.application,
      keep: (line, at) => this.#failed.accept(line, at),
    });
    this.#main = new Delivery({ ...own, carry: (batch, until) => courier.carry(batch, until) }, plan);
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#main.admits(this.#spoken.all ? 2 * bytes : bytes);
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    this.#main.accept(data, at);
    if (this.#spoken.all) this.#all.accept(data, at);
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: SpokenPlan): void {
    this.#spoken = plan.spoken ?? this.#spoken;
    const { failed, all = failed } = this.#spoken;
    this.#failed.replan({ ...plan, settings: failed });
    this.#all.replan({ ...plan, settings: all });
    this.#main.replan(plan);
  }

  /** Delivers what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    for (const delivery of [this.#failed, this.#all, this.#main]) delivery.finishAt(atNs);
  }

  /** Gives up what is not delivered. */
  end(): void {
    for (const delivery of [this.#main, this.#failed, this.#all]) delivery.end();
  }
}
