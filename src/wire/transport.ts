/**
 * The way a request travels. A transport knows bytes and times, nothing of Kinesis: over sockets (`http1.ts`, `http2.ts`), or
 * straight into an endpoint of the same process for simulations on the virtual clock (`in-process.ts`). It asks for the body
 * and the signature when it is about to send, so that the body is written where it leaves from, and a request that waited
 * for a connection is signed with the time it goes out.
 */
import type { BodyBuffer } from './body-buffer.ts';
import type { BrokenReason } from './outcome.ts';
import type { HostHeader, Signature } from './sign.ts';

export interface TransportRequest {
  /** Value of `x-amz-target`. */
  readonly target: string;
  readonly contentType: string;
  /** Appends the body. */
  write(into: BodyBuffer): void;
  sign(body: Uint8Array): Signature;
  readonly timeoutNs: number;
  /** Called when the first byte is handed over, before any answer can come. */
  readonly onSent?: ((sentNs: number) => void) | undefined;
}

interface Times {
  readonly sentNs: number;
  readonly answeredNs: number;
}

/** A whole answer. */
export interface TransportResponse extends Times {
  readonly kind: 'response';
  readonly status: number;
  /** '' when the answer names none. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** No answer, or none that is whole. */
export type TransportFailure =
  | ({ readonly kind: 'timeout' } & Times)
  | ({
      readonly kind: 'connection';
      readonly reason: BrokenReason;
      readonly message: string;
      readonly maybe: boolean;
    } & Times);

export type TransportAnswer = TransportResponse | TransportFailure;

/** An answer whose body comes in pieces; `answeredNs` is when its head was there. */
export interface TransportStream extends Times {
  readonly kind: 'stream';
  readonly status: number;
  readonly contentType: string;
  /** Ends after an `end` or a `failure`. Leaving the iteration early ends the exchange; not reading stops the sender. */
  readonly pieces: AsyncIterable<StreamPiece>;
}

export type StreamPiece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly receivedNs: number }
  | { readonly kind: 'end'; readonly receivedNs: number }
  | {
      readonly kind: 'failure';
      readonly reason: BrokenReason;
      readonly message: string;
      readonly receivedNs: number;
    };

export interface Transport {
  /** The header that names the host in what is signed. */
  readonly hostHeader: HostHeader;
  /** Never rejects: what goes wrong is an answer. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** The same for an answer that comes in pieces; `timeoutNs` is for its head. An abort of `signal` ends it. */
  stream(request: TransportRequest, signal?: AbortSignal): Promise<TransportStream | TransportFailure>;
  /** Makes connections ahead, for so many calls at a time as far as the policy allows; gives how many are open. */
  open(calls: number): Promise<number>;
  /** Ends every connection; requests under way answer `connection`. */
  close(): void;
}

/** Names and values of a signed request's headers. */
export function headersOf(
  { target, contentType }: Pick<TransportRequest, 'target' | 'contentType'>,
  { stamp, hex }: Signature,
): Record<string, string> {
  return {
    'content-type': contentType,
    'x-amz-date': stamp.date,
    'x-amz-target': target,
    ...(stamp.token === undefined ? {} : { 'x-amz-security-token': stamp.token }),
    authorization: stamp.authorization + hex,
  };
}
