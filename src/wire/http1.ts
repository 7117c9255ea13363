/**
 * HTTP/1.1 over a pool of our own connections, plain or TLS. The policy: a connection carries one request at a time; the one
 * used last is used first; a request that finds none free opens one; beyond `connectionsMax` it waits in turn (and its
 * lateness shows it). A connection that was idle for `idleNs`, or nearly as long as the server said it would wait, is not
 * used again. A connection that cannot be made fails the request that has waited longest.
 */
import type { Clock } from '../clock.ts';
import { Connecting } from './connecting.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import { Exchange, type ExchangeAnswer } from './exchange.ts';
import { type ConnectionOwner, Http1Connection } from './http1-connection.ts';
import { type ConnectionPolicy, Sockets } from './socket.ts';
import type { Transport, TransportAnswer, TransportFailure, TransportRequest, TransportStream } from './transport.ts';

export const http1Policy: ConnectionPolicy = {
  connectionsMax: 1024,
  // Less than what servers of Node (5 s, and they say so) and load balancers (60 s) wait: assumed for AWS.
  idleNs: 30_000_000_000,
  addresses: 'per-connection',
};

/** @param ca PEM of a certificate authority to trust besides the system's, for `https:` */
export function http1Transport(url: URL, clock: Clock, ca?: string, policy: Partial<ConnectionPolicy> = {}): Transport {
  return new Http1Pool(url, clock, ca, { ...http1Policy, ...policy });
}

class Http1Pool implements Transport, ConnectionOwner {
  readonly hostHeader = 'host';
  readonly clock: Clock;
  readonly host: string;
  readonly #policy: ConnectionPolicy;
  readonly #sockets: Sockets;
  readonly #watch: DeadlineWatch;
  readonly #connections = new Set<Http1Connection>();
  /** The one used last is at the end. */
  readonly #idle: Http1Connection[] = [];
  #waiting: Exchange[] = [];
  readonly #connecting = new Connecting<Http1Connection>();
  #closed = false;

  constructor(url: URL, clock: Clock, ca: string | undefined, policy: ConnectionPolicy) {
    this.clock = clock;
    this.host = url.host;
    this.#policy = policy;
    this.#sockets = new Sockets(url, { ca, addresses: policy.addresses, protocol: 'http/1.1' });
    this.#watch = new DeadlineWatch(clock, () => [
      ...this.#waiting,
      ...[...this.#connections].flatMap(({ exchange }) => exchange ?? []),
    ]);
  }

  send(request: TransportRequest): Promise<TransportAnswer> {
    return new Promise<ExchangeAnswer>((resolve) => {
      this.#begin(new Exchange(request, false, this.clock, resolve));
    }) as Promise<TransportAnswer>;
  }

  stream(request: TransportRequest, signal?: AbortSignal): Promise<TransportStream | TransportFailure> {
    return new Promise<ExchangeAnswer>((resolve) => {
      const exchange = new Exchange(request, true, this.clock, resolve);
      exchange.endOn(signal);
      if (exchange.open) this.#begin(exchange);
    }) as Promise<TransportStream | TransportFailure>;
  }

  async open(calls: number): Promise<number> {
    const wanted = Math.min(calls, this.#policy.connectionsMax);
    while (this.#connections.size < wanted && !this.#closed) this.#connect();
    await this.#connecting.settled(this.clock);
    return this.#connections.size - this.#connecting.size;
  }

  close(): void {
    this.#closed = true;
    for (const exchange of this.#waiting.splice(0)) exchange.fail('closed', 'the client was closed');
    for (const connection of this.#connections) connection.destroy();
  }

  onReady(connection: Http1Connection): void {
    this.#connecting.delete(connection);
    const next = this.#waiting.shift();
    if (next) connection.start(next);
    else this.#idle.push(connection);
  }

  onGone(connection: Http1Connection, unmade: string | undefined): void {
    this.#connections.delete(connection);
    const place = this.#idle.lastIndexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
    this.#connecting.delete(connection);
    if (unmade !== undefined) this.#waiting.shift()?.fail('unreachable', unmade);
    this.#connectForWaiting();
  }

  #begin(exchange: Exchange): void {
    if (this.#closed) {
      exchange.fail('closed', 'the client was closed');
      return;
    }
    this.#watch.begin();
    const connection = this.#takeIdle(exchange.createdNs);
    if (connection) {
      connection.start(exchange);
      return;
    }
    this.#waiting.push(exchange);
    exchange.abandon = () => (this.#waiting = this.#waiting.filter((one) => one !== exchange));
    this.#connectForWaiting();
  }

  #takeIdle(nowNs: number): Http1Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection || connection.idleUntilNs > nowNs) return connection;
      connection.destroy();
    }
  }

  #connectForWaiting(): void {
    while (
      !this.#closed &&
      this.#connecting.size < this.#waiting.length &&
      this.#connections.size < this.#policy.connectionsMax
    )
      this.#connect();
  }

  #connect(): void {
    const connection = new Http1Connection(this, (onBytes) => this.#sockets.connect(onBytes), this.#policy.idleNs);
    this.#connections.add(connection);
    this.#connecting.add(connection);
  }
}
