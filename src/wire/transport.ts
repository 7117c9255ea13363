/**
 * The way a request travels. A transport knows bytes and times, nothing of Kinesis: over sockets (`http1.ts`), or straight
 * into an endpoint of the same process for simulations on the virtual clock.
 */
import type { Clock } from '../clock.ts';

export interface TransportRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeoutNs: number;
  /** Called when the first byte is handed over, before any answer can come. */
  readonly onSent?: ((sentNs: number) => void) | undefined;
}

export type TransportAnswer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly body: Buffer;
      readonly sentNs: number;
      readonly answeredNs: number;
    }
  | { readonly kind: 'timeout'; readonly sentNs: number; readonly answeredNs: number }
  | {
      readonly kind: 'connection';
      readonly message: string;
      readonly maybe: boolean;
      readonly sentNs: number;
      readonly answeredNs: number;
    };

export interface Transport {
  /** Never rejects: what goes wrong is an answer. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** Ends every connection; requests under way answer `connection`. */
  close(): void;
}

/** What an endpoint of the same process offers. */
export type Handler = (request: {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}) => Promise<{ status: number; body: Uint8Array }>;

/** A transport without sockets: calls the handler of an endpoint in this process and times it on the given clock. */
export function inProcessTransport(handler: Handler, clock: Clock): Transport {
  return {
    async send({ headers, body, timeoutNs, onSent }) {
      const sentNs = clock.monotonicNs();
      onSent?.(sentNs);
      const abort = new AbortController();
      const answer = handler({ method: 'POST', path: '/', headers, body });
      const deadline = clock.sleepUntil(sentNs + timeoutNs, abort.signal).then(() => null);
      const first = await Promise.race([answer, deadline]);
      abort.abort();
      const answeredNs = clock.monotonicNs();
      if (!first) return { kind: 'timeout', sentNs, answeredNs };
      return { kind: 'response', status: first.status, body: Buffer.from(first.body), sentNs, answeredNs };
    },
    close() {},
  };
}
