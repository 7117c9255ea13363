/**
 * What happens to records before they are buffered for the destination, in AWS's order: they are taken apart, go through a Lambda
 * function, and are put where they belong. What fails on the way goes to the error output. Where nothing is to be done a record
 * goes straight into the buffer.
 */
import type { Instant } from '../topology.ts';
import type { Delivery, DeliveryParts, DeliveryPlan } from './delivery.ts';
import type { Unconvertible } from './conversion.ts';
import { takeApart } from './deaggregation.ts';
import { ErrorOutput } from './error-output.ts';
import type { LambdaInvoker } from './lambda.ts';
import { LambdaTransformation, type Transformed } from './lambda-transformation.ts';
import { Partitions, type Misplaced, type Placeable } from './partitions.ts';
import type { ProcessingSettings } from './processors.ts';

/** Where processed records wait for the destination, whichever kind it is of. */
export type Buffers = Pick<Delivery, 'admits' | 'accept' | 'replan' | 'flush' | 'finishAt' | 'end' | 'idle'>;

/** What it is made of. */
export interface ProcessingParts extends DeliveryParts {
  /** Makes the buffers that a plan asks for. */
  readonly begin: (plan: DeliveryPlan) => Buffers;
  readonly lambda: LambdaInvoker;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly activePartitionsMax: number;
}

/** The processing and the delivery of one stream. */
export class Processing {
  readonly #parts: ProcessingParts;
  #plan: DeliveryPlan;
  #delivery: Buffers;
  /** Those that go by a plan of before. */
  #former: Buffers[] = [];
  readonly #errors: ErrorOutput;
  #lambda: LambdaTransformation | undefined;
  readonly #partitions: Partitions | undefined;
  #settings: ProcessingSettings;
  /** Whether nothing is to be done to new records. */
  #plain = true;
  #finishNs: number | undefined;

  constructor(parts: ProcessingParts, plan: DeliveryPlan) {
    this.#parts = parts;
    this.#plan = plan;
    this.#delivery = parts.begin(plan);
    this.#errors = new ErrorOutput({ ...parts, random: parts.random.fork('error-output') }, plan);
    const { processing } = plan.settings;
    if (processing.partitions) {
      const refuse = (record: Placeable, why: Misplaced) => this.#refuse(record, why);
      const deliver = (delivery: Delivery, record: Placeable) => this.#deliver(delivery, record);
      const random = parts.random.fork('partitions');
      this.#partitions = new Partitions({ ...parts, random, refuse, deliver }, plan);
    }
    this.#settings = processing;
    this.#setUp();
  }

  /** Whether so many bytes more may be held. */
  admits(bytes: number): boolean {
    return this.#delivery.admits(bytes);
  }

  /** Whether nothing is in it. */
  get idle(): boolean {
    const parts = [this.#lambda, this.#partitions, this.#errors, this.#delivery, ...this.#former];
    return parts.every((part) => part?.idle !== false);
  }

  /** Takes a record, by copy. */
  accept(data: Uint8Array, at: Instant): void {
    if (this.#plain) {
      this.#delivery.accept(data, at);
      return;
    }
    const { deaggregation, lambda } = this.#settings;
    for (const part of deaggregation ? takeApart(data, deaggregation) : [data]) {
      if (lambda) this.#lambda!.accept(part, at);
      else this.#place({ data: Buffer.from(part), arrivedMs: at.nowMs, lambdaKeys: {} });
    }
  }

  /** Goes by another plan from now on; what is buffered too, unless it is written in another way: that keeps the plan it had. */
  replan(plan: DeliveryPlan): void {
    const converted = plan.settings.conversion?.key !== this.#plan.settings.conversion?.key;
    this.#plan = plan;
    this.#settings = plan.settings.processing;
    this.#setUp();
    if (converted) this.#renew();
    else this.#delivery.replan(plan);
    this.#partitions?.replan(plan);
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
    for (const delivery of [...this.#former, this.#delivery]) delivery.end();
    this.#partitions?.end();
    this.#errors.end();
  }

  #setUp(): void {
    const { lambda: settings, deaggregation, partitions } = this.#settings;
    this.#plain = !settings && !deaggregation && !partitions && !this.#plan.settings.conversion;
    if (!settings) {
      // What waits for the function still gets it; nothing new does.
      this.#lambda?.flush();
    } else if (this.#lambda) this.#lambda.replan(settings);
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
        this.#place({ data: verdict.data, arrivedMs, lambdaKeys: verdict.partitionKeys });
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

  /** Puts a record where it belongs. */
  #place(record: Placeable): void {
    if (this.#partitions) this.#partitions.accept(record);
    else this.#deliver(this.#delivery, record);
  }

  /** Puts a record into a buffer, in lines where it is to be converted. */
  #deliver(delivery: Buffers, record: Placeable): void {
    const { conversion } = this.#plan.settings;
    const at = { nowNs: this.#parts.clock.monotonicNs(), nowMs: record.arrivedMs };
    const lines = conversion ? conversion.lines(record.data) : [record.data];
    if ('code' in lines) this.#refuseRow(record, lines);
    else for (const line of lines) delivery.accept(line, at);
  }

  /** Closes the buffer and begins another one. */
  #renew(): void {
    this.#delivery.flush();
    this.#former = [...this.#former.filter(({ idle }) => !idle), this.#delivery];
    this.#delivery = this.#parts.begin(this.#plan);
  }

  #refuseRow({ data, arrivedMs }: Placeable, { code, message }: Unconvertible): void {
    const {
      catalogId = this.#parts.accountId,
      region = this.#parts.region,
      ...table
    } = this.#plan.settings.conversion!.table;
    const record = {
      attemptsMade: 1,
      arrivalTimestamp: arrivedMs,
      // So observed; one page of the guide writes ErrorCode and ErrorMessage.
      lastErrorCode: code,
      lastErrorMessage: message,
      attemptEndingTimestamp: this.#parts.clock.now(),
      rawData: data.toString('base64'),
      dataCatalogTable: { catalogId, ...table, region },
    };
    this.#errors.accept('format-conversion-failed', record, arrivedMs);
  }

  #refuse({ data, arrivedMs }: Placeable, { type, code, message, attempts = 1 }: Misplaced): void {
    const record = {
      attemptsMade: attempts,
      arrivalTimestamp: arrivedMs,
      errorCode: code,
      errorMessage: message,
      attemptEndingTimestamp: this.#parts.clock.now(),
      rawData: data.toString('base64'),
    };
    this.#errors.accept(type, record, arrivedMs);
  }

  /** A stream that is being deleted keeps nothing back. */
  #finish(): void {
    if (this.#finishNs === undefined) return;
    for (const delivery of [...this.#former, this.#delivery]) delivery.finishAt(this.#finishNs);
    this.#partitions?.finishAt(this.#finishNs);
    this.#errors.finishAt(this.#finishNs);
  }
}
