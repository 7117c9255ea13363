/**
 * A transport without sockets: calls the handler of an endpoint in this process and times it on the given clock. For
 * simulations, whose clock is virtual, and for tests of what stands above transports.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { BodyBuffer } from './body-buffer.ts';
import { PieceQueue } from './piece-queue.ts';
import {
  headersOf,
  type Transport,
  type TransportAnswer,
  type TransportFailure,
  type TransportRequest,
  type TransportStream,
} from './transport.ts';

/** A body that is made while it is read. The signal aborts when nobody reads it any more. */
export type HandlerStream = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface HandlerAnswer<Body = Uint8Array> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Body;
}

export interface HandlerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What an endpoint of the same process offers, but for streams. */
export type Handler = (request: HandlerRequest) => Promise<HandlerAnswer>;

/** The same with streams. */
export type StreamingHandler = (
  request: HandlerRequest,
) => HandlerAnswer<Uint8Array | HandlerStream> | Promise<HandlerAnswer<Uint8Array | HandlerStream>>;

export function inProcessTransport(handler: StreamingHandler, clock: Clock): Transport {
  const closing = new AbortController();
  /** Buffers that no request uses. */
  const free: BodyBuffer[] = [];
  const ask = async (request: TransportRequest) => {
    const buffer = free.pop() ?? new BodyBuffer();
    const answered = await exchange(handler, clock, request, buffer);
    // A handler that has not answered may still read its request.
    if (answered.answer) free.push(buffer);
    return answered;
  };
  return {
    hostHeader: 'host',
    async send(request): Promise<TransportAnswer> {
      const { answer, ...times } = await ask(request);
      if (!answer) return { kind: 'timeout', ...times };
      const { status, body } = answer;
      if (typeof body === 'function') throw new Error('the answer is a stream');
      return { kind: 'response', status, contentType: typeOf(answer), body: Buffer.from(body), ...times };
    },
    async stream(request, signal): Promise<TransportStream | TransportFailure> {
      const { answer, ...times } = await ask(request);
      if (!answer) return { kind: 'timeout', ...times };
      const pieces = piecesOf(answer.body, clock, AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]));
      return { kind: 'stream', status: answer.status, contentType: typeOf(answer), pieces, ...times };
    },
    open: () => Promise.resolve(0),
    close: () => closing.abort(),
  };
}

function typeOf({ headers = {} }: HandlerAnswer<unknown>): string {
  return headers['content-type'] ?? '';
}

async function exchange(handler: StreamingHandler, clock: Clock, request: TransportRequest, buffer: BodyBuffer) {
  buffer.clear();
  request.write(buffer);
  const { body } = buffer;
  const headers = { host: 'in-process', ...headersOf(request, request.sign(body)) };
  const sentNs = clock.monotonicNs();
  request.onSent?.(sentNs);
  const answered = handler({ method: 'POST', path: '/', headers, body });
  // What is answered at once needs no deadline, which is most of the cost of a small call.
  if (!(answered instanceof Promise)) return { answer: answered, sentNs, answeredNs: clock.monotonicNs() };
  const abort = new AbortController();
  const deadline = clock.sleepUntil(sentNs + request.timeoutNs, abort.signal).then(() => null);
  const answer = await Promise.race([answered, deadline]);
  // With a reason of its own: making the default one costs more than all the rest of the call's timing.
  abort.abort('settled');
  return { answer, sentNs, answeredNs: clock.monotonicNs() };
}

/** Reads the body into a queue, as a socket would: as fast as it is made, no faster than it is taken. */
function piecesOf(body: Uint8Array | HandlerStream, clock: Clock, signal: AbortSignal): PieceQueue {
  const reading = new AbortController();
  const flow = { paused: false };
  const pieces = new PieceQueue({
    pause: () => (flow.paused = true),
    resume: () => (flow.paused = false),
    cancel: () => reading.abort(),
  });
  const giveUp = () => {
    const receivedNs = clock.monotonicNs();
    pieces.end({ kind: 'failure', reason: 'closed', message: 'given up by the caller', receivedNs });
    reading.abort();
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  pieces.onEnd = () => signal.removeEventListener('abort', giveUp);
  const read = async () => {
    for await (const bytes of typeof body === 'function' ? body(reading.signal) : [body]) {
      pieces.push(Buffer.from(bytes), clock.monotonicNs());
      while (flow.paused && !reading.signal.aborted) await sleepFor(clock, 1_000_000, reading.signal);
    }
    pieces.end({ kind: 'end', receivedNs: clock.monotonicNs() });
  };
  read().catch((error: unknown) => {
    pieces.end({ kind: 'failure', reason: 'cut', message: String(error), receivedNs: clock.monotonicNs() });
  });
  return pieces;
}
