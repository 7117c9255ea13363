/**
 * What a subscription to a shard says, message by message, with the time at which the bytes that completed it were received.
 * An iteration ends with exactly one message that is no event: the end, an exception that the service put into the stream, or
 * what broke it. Taking messages slowly stops the reading of the socket; leaving the iteration ends the subscription.
 */
import { type Codec, readBody } from './codec.ts';
import { type EventMessage, EventStreamFault, EventStreamReader } from './event-stream.ts';
import type { BrokenReason, Broken, Refused, TimedOut } from './outcome.ts';
import { type ReceivedEvent, receivedEvent } from './received.ts';
import type { TransportStream } from './transport.ts';

/** What became of a call of SubscribeToShard. */
export type SubscribeOutcome = Subscribed | Refused | TimedOut | Broken;

export interface Subscribed {
  readonly kind: 'ok';
  readonly messages: AsyncIterable<SubscriptionMessage>;
  readonly sentNs: number;
  /** When the head of the answer was there. */
  readonly answeredNs: number;
}

export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: ReceivedEvent; readonly receivedNs: number }
  /** The other side ended it in order, as it does after five minutes. */
  | { readonly kind: 'end'; readonly receivedNs: number }
  /** The service ended it with an error in the stream. */
  | { readonly kind: 'exception'; readonly code: string; readonly message: string; readonly receivedNs: number }
  /** `bad-crc` for bytes that are no message, `malformed` for a message that cannot be read, else as for a call. */
  | {
      readonly kind: 'broken';
      readonly reason: BrokenReason | 'bad-crc';
      readonly message: string;
      readonly receivedNs: number;
    };

/** The messages in an answer's pieces. */
export async function* messagesIn(
  { pieces }: Pick<TransportStream, 'pieces'>,
  codec: Codec,
): AsyncGenerator<SubscriptionMessage, void, void> {
  const reader = new EventStreamReader();
  for await (const piece of pieces) {
    const { receivedNs } = piece;
    if (piece.kind === 'failure') {
      yield { kind: 'broken', reason: piece.reason, message: piece.message, receivedNs };
      return;
    }
    if (piece.kind === 'end') {
      if (reader.pending) yield { kind: 'broken', reason: 'cut', message: 'the stream ended in a message', receivedNs };
      else yield { kind: 'end', receivedNs };
      return;
    }
    for (const message of read(reader, piece.bytes)) {
      const said =
        message instanceof EventStreamFault
          ? ({ kind: 'broken', reason: 'bad-crc', message: message.message, receivedNs } as const)
          : meaningOf(message, codec, receivedNs);
      if (said) yield said;
      if (said && said.kind !== 'event') return;
    }
  }
}

/** The messages that these bytes complete, and last the fault, if there is one. */
function read(reader: EventStreamReader, bytes: Buffer): (EventMessage | EventStreamFault)[] {
  try {
    return reader.read(bytes);
  } catch (error) {
    if (error instanceof EventStreamFault) return [error];
    throw error;
  }
}

/** undefined for what only says that it begins, and for events that a later version may add. */
function meaningOf(
  { headers, payload }: EventMessage,
  codec: Codec,
  receivedNs: number,
): SubscriptionMessage | undefined {
  const body = () => readBody(payload, headers.get(':content-type') ?? '', codec);
  switch (headers.get(':message-type')) {
    case 'event': {
      if (headers.get(':event-type') !== 'SubscribeToShardEvent') return undefined;
      const event = receivedEvent(body());
      if (event) return { kind: 'event', event, receivedNs };
      return { kind: 'broken', reason: 'malformed', message: 'an event that cannot be read', receivedNs };
    }
    case 'exception': {
      const fields = Object(body()) as Record<string, unknown>;
      const text = fields['message'] ?? fields['Message'];
      const message = typeof text === 'string' ? text : '';
      return { kind: 'exception', code: headers.get(':exception-type') ?? '', message, receivedNs };
    }
    // Without a modelled shape: its name and text are headers.
    case 'error': {
      const message = headers.get(':error-message') ?? '';
      return { kind: 'exception', code: headers.get(':error-code') ?? '', message, receivedNs };
    }
    case undefined:
    default:
      return { kind: 'broken', reason: 'malformed', message: 'a message that does not say what it is', receivedNs };
  }
}
