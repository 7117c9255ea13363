/**
 * HTTP/1.1 with keep-alive over Node's own client, plain or TLS. A connection carries one request at a time; a request that
 * finds none free opens one. One watch per transport looks for overdue requests, since a timer for each would cost more
 * than the request: a timeout is noticed at most `WATCH_NS` late.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { type Clock, sleepFor } from '../clock.ts';
import type { Transport, TransportAnswer, TransportRequest } from './transport.ts';

const WATCH_NS = 20_000_000;

interface Open {
  readonly deadlineNs: number;
  readonly expire: () => void;
}

/** @param ca PEM of a certificate authority to trust besides the system's, for `https:` */
export function http1Transport(url: URL, clock: Clock, ca?: string): Transport {
  const secure = url.protocol === 'https:';
  const agent = secure
    ? new https.Agent({ keepAlive: true, ca, maxCachedSessions: 100 })
    : new http.Agent({ keepAlive: true });
  const request = secure ? https.request : http.request;
  const open = new Set<Open>();
  let watching = false;

  async function watch(): Promise<void> {
    watching = true;
    while (open.size > 0) {
      await sleepFor(clock, WATCH_NS);
      const nowNs = clock.monotonicNs();
      for (const call of open) if (call.deadlineNs <= nowNs) call.expire();
    }
    watching = false;
  }

  return {
    send: (call) =>
      new Promise((resolve) => {
        const exchange = new Exchange(call, clock, (answer) => {
          open.delete(entry);
          resolve(answer);
        });
        const outgoing = request({
          agent,
          host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
          port: url.port || (secure ? 443 : 80),
          method: 'POST',
          path: '/',
          headers: { ...call.headers, 'content-length': call.body.length },
        });
        const entry: Open = {
          deadlineNs: clock.monotonicNs() + call.timeoutNs,
          expire: () => exchange.expire(outgoing),
        };
        open.add(entry);
        if (!watching) void watch();
        exchange.start(outgoing, secure);
      }),
    close: () => agent.destroy(),
  };
}

/** One request and its answer; settles exactly once. */
class Exchange {
  readonly #call: TransportRequest;
  readonly #clock: Clock;
  readonly #createdNs: number;
  #settle: ((answer: TransportAnswer) => void) | undefined;
  #sentNs: number | undefined;

  constructor(call: TransportRequest, clock: Clock, settle: (answer: TransportAnswer) => void) {
    this.#call = call;
    this.#clock = clock;
    this.#settle = settle;
    this.#createdNs = clock.monotonicNs();
  }

  start(outgoing: http.ClientRequest, secure: boolean): void {
    outgoing.once('socket', (socket: Socket) => {
      socket.setNoDelay(true);
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => this.#sent());
      else this.#sent();
    });
    outgoing.once('response', (incoming) => this.#read(incoming));
    outgoing.once('error', (error) => this.#broken(error));
    outgoing.end(this.#call.body);
  }

  expire(outgoing: http.ClientRequest): void {
    this.#finish({ kind: 'timeout', ...this.#times() });
    outgoing.destroy();
  }

  #sent(): void {
    this.#sentNs = this.#clock.monotonicNs();
    this.#call.onSent?.(this.#sentNs);
  }

  #read(incoming: http.IncomingMessage): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('error', (error) => this.#broken(error));
    incoming.once('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      this.#finish({ kind: 'response', status: incoming.statusCode ?? 0, body, ...this.#times() });
    });
  }

  /** A request of which no byte left this machine cannot have been carried out. */
  #broken(error: Error): void {
    this.#finish({ kind: 'connection', message: describe(error), maybe: this.#sentNs !== undefined, ...this.#times() });
  }

  #times(): { sentNs: number; answeredNs: number } {
    return { sentNs: this.#sentNs ?? this.#createdNs, answeredNs: this.#clock.monotonicNs() };
  }

  #finish(answer: TransportAnswer): void {
    this.#settle?.(answer);
    this.#settle = undefined;
  }
}

/** `connect ECONNREFUSED 127.0.0.1:1` also where Node wraps one error per address. */
function describe(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map((one: unknown) => (one as Error).message).join(', ')
    : error.message;
}
