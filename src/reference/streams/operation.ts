import type { GetRecordsOutput, Input, OperationName, Output } from '../../protocol/operations.ts';
import type { Codec } from '../codec.ts';
import type { StreamedBody } from '../endpoint.ts';
import type { RecordPage } from '../record-page.ts';
import type { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';

/**
 * What an operation answers and when: a value; records as they lie in the log, with the other members; or an event stream,
 * whose payloads are written by the codec of the request.
 */
export type Answer<T> =
  | { readonly atNs: number; readonly value: T }
  | { readonly atNs: number; readonly page: RecordPage; readonly rest: Omit<GetRecordsOutput, 'Records'> }
  | { readonly atNs: number; readonly events: (codec: Codec) => StreamedBody };

/** One operation on a request that has passed all checks of shape. Decides everything at once; the caller waits. */
export type Handler<O extends OperationName> = (
  service: Service,
  input: Input<O>,
  arrival: Arrival,
) => Answer<Output<O>> | Refusal;
