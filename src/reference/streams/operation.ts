import type { Input, OperationName, Output } from '../../protocol/operations.ts';
import type { StreamedBody } from '../endpoint.ts';
import type { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';

/** What an operation answers and when: a value, (GetRecords) the bytes of the JSON as they lie in the log, or an event stream. */
export type Answer<T> =
  | { readonly atNs: number; readonly value: T }
  | { readonly atNs: number; readonly parts: readonly Uint8Array[] }
  | { readonly atNs: number; readonly events: StreamedBody };

/** One operation on a request that has passed all checks of shape. Decides everything at once; the caller waits. */
export type Handler<O extends OperationName> = (
  service: Service,
  input: Input<O>,
  arrival: Arrival,
) => Answer<Output<O>> | Refusal;
