/**
 * What happens to records before they are buffered for the destination, in AWS's order: they are taken apart, go through a Lambda
 * function, and are put where they belong. What fails on the way goes to the error output. Where nothing is to be done a record
 * goes straight into the buffer.
 */
import type { Instant } from '../topology.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import { ErrorOutput } from './error-output.ts';
import type { LambdaInvoker } from './lambda.ts';
import { LambdaTransformation, type LambdaSettings, type Transformed } from './lambda-transformation.ts';

/** What it is made of. */
export interface ProcessingParts extends DeliveryParts {
  readonly lambda: LambdaInvoker;
  readonly deliveryStreamArn: string;
  readonly region: string;
}

/** The processing and the delivery of one stream. */
export class Processing {
  readonly #parts: ProcessingParts;
  readonly #delivery: Delivery;
  readonly #errors: ErrorOutput;
  #lambda: LambdaTransformation | undefined;
  /** Whether new records go through the function. */
  #transforms = false;
  #finishNs: number | undefined;

  constructor(parts: ProcessingParts, plan: DeliveryPlan) {
    this.#parts = parts;
    this.#delivery = new Delivery(parts, plan);
    this.#errors = new ErrorOutput({ ...parts, random: parts.random.fork('error-output') }, plan);
    this.#setUp(plan.settings.processing.lambda);
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#delivery.admits(bytes);
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    if (this.#transforms) this.#lambda!.accept(data, at);
    else this.#delivery.accept(data, at);
  }

  /** Goes by another plan from now on; what is buffered too. */
  replan(plan: DeliveryPlan): void {
    this.#setUp(plan.settings.processing.lambda);
    this.#delivery.replan(plan);
    this.#errors.replan(plan);
  }

  /** Delivers all that is there, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#finishNs = atNs;
    this.#lambda?.finishAt(atNs);
    this.#finish();
  }

  /** Gives up what is not delivered. */
  end(): void {
    this.#lambda?.end();
    this.#delivery.end();
    this.#errors.end();
  }

  #setUp(settings: LambdaSettings | undefined): void {
    this.#transforms = settings !== undefined;
    if (!settings) {
      // What waits for the function still gets it; nothing new does.
      this.#lambda?.flush();
    } else if (this.#lambda) this.#lambda.reset(settings);
    else {
      const { lambda: invoker, random, ...rest } = this.#parts;
      const done = (batch: readonly Transformed[]) => this.#route(batch);
      this.#lambda = new LambdaTransformation({ ...rest, invoker, random: random.fork('lambda'), done }, settings);
    }
  }

  #route(batch: readonly Transformed[]): void {
    const { clock } = this.#parts;
    for (const { data, arrivedMs, verdict, attempts, functionArn } of batch) {
      if (verdict.kind === 'ok') {
        this.#delivery.accept(verdict.data, { nowNs: clock.monotonicNs(), nowMs: arrivedMs });
      } else if (verdict.kind === 'failed') {
        const record = {
          attemptsMade: attempts,
          arrivalTimestamp: arrivedMs,
          errorCode: verdict.code,
          errorMessage: verdict.message,
          attemptEndingTimestamp: clock.now(),
          rawData: data.toString('base64'),
          // So observed; the guide writes lambdaArn.
          lambdaARN: functionArn,
        };
        this.#errors.accept('processing-failed', record, arrivedMs);
      }
    }
    this.#finish();
  }

  /** A stream that is being deleted keeps nothing back. */
  #finish(): void {
    if (this.#finishNs === undefined) return;
    this.#delivery.finishAt(this.#finishNs);
    this.#errors.finishAt(this.#finishNs);
  }
}
