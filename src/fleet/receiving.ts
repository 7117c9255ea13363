/** What a receiver has to know of the protocol that a destination speaks. */
import type { DeliveryDestination } from '../scenario/plan.ts';
import type { ReceivedRequest, ReceiverAnswer } from '../wire/receiver.ts';
import { httpProtocol } from './http-protocol.ts';
import { splunkProtocol } from './splunk-protocol.ts';

/** What a request is. */
export type Given =
  /** Records one behind the other, and what the request is called. */
  | { readonly kind: 'records'; readonly plain: Buffer; readonly id: string }
  /** One that carries none. */
  | { readonly kind: 'answer'; readonly answer: ReceiverAnswer }
  | { readonly kind: 'wrong'; readonly why: string };

/** One side of a protocol. */
export interface DestinationProtocol {
  /** Reads a request. Never throws. */
  given(request: ReceivedRequest): Given;
  /** Says that the records of a request were taken. */
  taken(nowMs: number, request: ReceivedRequest): ReceiverAnswer;
  /** Says that a request is not as it should be. */
  refused(nowMs: number, request: ReceivedRequest, why: string): ReceiverAnswer;
  /** What it answers while it is down: 503. */
  refusal(nowMs: number, request: ReceivedRequest): ReceiverAnswer;
}

/** What a receiver speaks, with the secret that is in the configuration of the delivery stream. */
export function protocolOf(
  destination: Exclude<DeliveryDestination, 's3' | 'opensearch'>,
  secret: string,
): DestinationProtocol {
  return destination === 'http' ? httpProtocol(secret) : splunkProtocol(secret);
}
