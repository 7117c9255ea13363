/**
 * The delivery of records to Redshift: a buffer that ends as objects in S3, and the loader of what was written, which is the same
 * for all buffers of a delivery stream, since the next COPY begins when the one before is done.
 */
import type { Instant } from '../topology.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import type { DestinationObject } from './destination.ts';
import type { Loader } from './loader.ts';

/** What such a delivery is made of. */
export interface RedshiftParts extends DeliveryParts {
  readonly loader: Loader;
}

/** A buffer and a loader. */
export class RedshiftDelivery {
  readonly #main: Delivery;
  readonly #loader: Loader;

  constructor({ loader, ...parts }: RedshiftParts, plan: DeliveryPlan) {
    this.#loader = loader;
    const write = async (object: DestinationObject) => {
      await parts.destination.write(object);
      loader.add(object);
    };
    this.#main = new Delivery({ ...parts, destination: { write } }, plan);
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#main.admits(bytes);
  }

  /** Whether nothing is buffered and nothing is on its way. */
  get idle(): boolean {
    return this.#main.idle && this.#loader.idle;
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    this.#main.accept(data, at);
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: DeliveryPlan): void {
    this.#main.replan(plan);
  }

  /** Closes the open buffer, whatever is in it. */
  flush(): void {
    this.#main.flush();
  }

  /** Delivers what is buffered, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#loader.finishAt(atNs);
    this.#main.finishAt(atNs);
  }

  /** Gives up what is not delivered. */
  end(): void {
    this.#main.end();
    this.#loader.end();
  }
}
