/**
 * The way of requests to destinations that are spoken to: what is sent, what comes back, and what can go wrong between. This part
 * has no sockets; `transport/socket-sender.ts` does it over them, and a simulation or a test answers in process, on its own clock.
 */
import { NS_PER_MS, type Clock } from '../../clock.ts';

/** One request; everything is a POST. */
export interface OutgoingRequest {
  /** With its query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Bytes of the answer at the most; a mebibyte unless it says otherwise. */
  readonly answerBytesMax?: number;
}

/** What came back; names of headers in lower case. */
export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** Why nothing came back. */
export type Trouble = 'timeout' | 'connection-failed' | 'connection-reset' | 'tls' | 'answer-too-large';

/** A rejection of a sender that says why. */
export class SendError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause?: unknown) {
    super(trouble, { cause });
    this.trouble = trouble;
  }
}

/** Bytes of an answer at the most (source: the developer guide, HTTP endpoints; for Splunk assumed). */
export const ANSWER_BYTES_MAX = 1_048_576;

/** Sends a request; follows no redirects, takes no larger answers than it may, ends when the signal aborts. */
export type Sender = (request: OutgoingRequest, signal: AbortSignal) => Promise<IncomingAnswer>;

/** Sends a request and waits so long for all of its answer. Any rejection that is none of a sender's own is a failed connection. */
export async function ask(
  sender: Sender,
  clock: Clock,
  request: OutgoingRequest,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<IncomingAnswer | Trouble> {
  const over = new AbortController();
  const either = AbortSignal.any([over.signal, signal]);
  const sent = async () => sender(request, either);
  const answered = sent().catch((error: unknown) =>
    error instanceof SendError ? error.trouble : ('connection-failed' as const),
  );
  const late = clock.sleepUntil(clock.monotonicNs() + timeoutMs * NS_PER_MS, either).then((): Trouble => 'timeout');
  const first = await Promise.race([answered, late]);
  over.abort();
  return first;
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** What is wrong with the address of a destination: it is https, or http to this machine (AWS: https alone). */
export function wrongUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return `${text} is not a URL.`;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return undefined;
  return `${text} is neither an https URL nor an http one of this machine's loopback.`;
}
