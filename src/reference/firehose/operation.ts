import type { FirehoseInput, FirehoseOperation, FirehoseOutput } from '../../protocol/firehose/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { Refusal } from '../refusal.ts';
import type { DeliveryService } from './service.ts';

/** What an operation answers, and when. */
export interface FirehoseAnswer<T> {
  readonly atNs: number;
  readonly value: T;
}

/** One operation on a request that has passed all checks of shape. Decides everything at once; the caller waits. */
export type FirehoseHandler<O extends FirehoseOperation> = (
  service: DeliveryService,
  input: FirehoseInput<O>,
  arrival: Arrival,
) => FirehoseAnswer<FirehoseOutput<O>> | Refusal;
