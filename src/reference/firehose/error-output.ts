/**
 * What could not be processed, as it is written into the bucket: one JSON document a line with the record in base64, under the error
 * prefix and the name of what went wrong (source: the developer guide, failures of each step). A line feed behind each, and the
 * buffer and compression of the destination, are assumed.
 */
import { compressions } from './compression.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import { withErrorType } from './object-prefix.ts';
import type { S3Settings } from './s3-settings.ts';

/** What went wrong, by the name that stands for it in prefixes (that of keys observed, the last assumed, the others the guide's). */
export type ErrorType =
  | 'processing-failed'
  | 'format-conversion-failed'
  | 'metadata-extraction-failed'
  | 'activePartitionExceeded'
  | 's3-failed';

/** The document of a record that failed; members in the order in which they are written. */
export type ErrorRecord = Readonly<Record<string, unknown>> & { readonly rawData: string };

const LINE_FEED = Buffer.from('\n');

/** The error output of one delivery stream. */
export class ErrorOutput {
  readonly #parts: DeliveryParts;
  #plan: DeliveryPlan;
  readonly #deliveries = new Map<ErrorType, Delivery>();
  #finishNs: number | undefined;

  constructor(parts: DeliveryParts, plan: DeliveryPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** Whether nothing is in it. */
  get idle(): boolean {
    return [...this.#deliveries.values()].every(({ idle }) => idle);
  }

  /** Takes the document of a record that arrived at `arrivedMs`. */
  accept(type: ErrorType, record: ErrorRecord, arrivedMs: number): void {
    let delivery = this.#deliveries.get(type);
    if (!delivery) {
      delivery = new Delivery({ ...this.#parts, random: this.#parts.random.fork(type) }, errorPlan(this.#plan, type));
      this.#deliveries.set(type, delivery);
      if (this.#finishNs !== undefined) delivery.finishAt(this.#finishNs);
    }
    delivery.accept(Buffer.from(JSON.stringify(record)), {
      nowNs: this.#parts.clock.monotonicNs(),
      nowMs: arrivedMs,
    });
  }

  replan(plan: DeliveryPlan): void {
    this.#plan = plan;
    for (const [type, delivery] of this.#deliveries) delivery.replan(errorPlan(plan, type));
  }

  finishAt(atNs: number): void {
    this.#finishNs = atNs;
    for (const delivery of this.#deliveries.values()) delivery.finishAt(atNs);
  }

  end(): void {
    for (const delivery of this.#deliveries.values()) delivery.end();
  }
}

function errorPlan(plan: DeliveryPlan, errorType: ErrorType): DeliveryPlan {
  const prefix = withErrorType(plan.settings.errorPrefix, errorType);
  // Beside files of Parquet stand lines of JSON, with no extension (observed).
  const plain = plan.settings.conversion && { compression: compressions.UNCOMPRESSED, extension: '' };
  const settings: S3Settings = { ...plan.settings, ...plain, prefix, delimiter: LINE_FEED };
  return { ...plan, settings };
}
