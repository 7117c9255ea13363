/**
 * HTTP/2 by Node's own client, plain (prior knowledge) or TLS: few sessions, many streams in each. The policy: the session with
 * the fewest streams takes the next request; where all have as many as they may, another session is made, up to
 * `connectionsMax`; beyond that a request waits in turn. HTTP/2 costs several times the CPU of our HTTP/1.1; it is there
 * for what speaks nothing else, and for subscriptions.
 */
import type { Clock } from '../clock.ts';
import { Connecting } from './connecting.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import { Exchange, type ExchangeAnswer } from './exchange.ts';
import { Http2Session, type SessionOwner } from './http2-session.ts';
import { type ConnectionPolicy, Sockets } from './socket.ts';
import type { Transport, TransportAnswer, TransportFailure, TransportRequest, TransportStream } from './transport.ts';

export interface SessionPolicy extends ConnectionPolicy {
  /** Streams of one session at a time, at the most; fewer where the server says so. */
  readonly streamsMax: number;
}

export const http2Policy: SessionPolicy = {
  connectionsMax: 16,
  streamsMax: 100,
  idleNs: 30_000_000_000,
  addresses: 'per-connection',
};

/** @param ca PEM of a certificate authority to trust besides the system's, for `https:` */
export function http2Transport(url: URL, clock: Clock, ca?: string, policy: Partial<SessionPolicy> = {}): Transport {
  return new Http2Pool(url, clock, ca, { ...http2Policy, ...policy });
}

class Http2Pool implements Transport, SessionOwner {
  readonly hostHeader = ':authority';
  readonly clock: Clock;
  readonly url: URL;
  readonly #policy: SessionPolicy;
  readonly #sockets: Sockets;
  readonly #watch: DeadlineWatch;
  readonly #sessions = new Set<Http2Session>();
  readonly #connecting = new Connecting<Http2Session>();
  #waiting: Exchange[] = [];
  #closed = false;

  constructor(url: URL, clock: Clock, ca: string | undefined, policy: SessionPolicy) {
    this.url = url;
    this.clock = clock;
    this.#policy = policy;
    this.#sockets = new Sockets(url, { ca, addresses: policy.addresses, protocol: 'h2' });
    this.#watch = new DeadlineWatch(clock, () => [
      ...this.#waiting,
      ...[...this.#sessions].flatMap(({ exchanges }) => exchanges),
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
    const { connectionsMax, streamsMax } = this.#policy;
    const wanted = Math.min(Math.ceil(calls / streamsMax), connectionsMax);
    while (this.#sessions.size < wanted && !this.#closed) this.#connect();
    await this.#connecting.settled(this.clock);
    return this.#sessions.size - this.#connecting.size;
  }

  close(): void {
    this.#closed = true;
    for (const exchange of this.#waiting.splice(0)) exchange.fail('closed', 'the client was closed');
    for (const session of this.#sessions) session.destroy();
  }

  onRoom(session: Http2Session): void {
    this.#connecting.delete(session);
    session.idleUntilNs = this.clock.monotonicNs() + this.#policy.idleNs;
    while (this.#waiting.length > 0 && session.hasRoom) session.start(this.#waiting.shift()!);
    this.#connectForWaiting();
  }

  onGone(session: Http2Session, unmade: string | undefined): void {
    this.#sessions.delete(session);
    this.#connecting.delete(session);
    if (unmade !== undefined) this.#waiting.shift()?.fail('unreachable', unmade);
    this.#connectForWaiting();
  }

  #begin(exchange: Exchange): void {
    if (this.#closed) {
      exchange.fail('closed', 'the client was closed');
      return;
    }
    this.#watch.begin();
    const session = this.#leastLoaded();
    if (session) {
      session.start(exchange);
      return;
    }
    this.#waiting.push(exchange);
    exchange.abandon = () => (this.#waiting = this.#waiting.filter((one) => one !== exchange));
    this.#connectForWaiting();
  }

  #leastLoaded(): Http2Session | undefined {
    let least: Http2Session | undefined;
    for (const session of this.#sessions) {
      if (!session.hasRoom) continue;
      if (session.load === 0 && session.idleUntilNs <= this.clock.monotonicNs()) session.destroy();
      else if (!least || session.load < least.load) least = session;
    }
    return least;
  }

  #connectForWaiting(): void {
    const { connectionsMax, streamsMax } = this.#policy;
    while (
      !this.#closed &&
      this.#connecting.size < Math.ceil(this.#waiting.length / streamsMax) &&
      this.#sessions.size < connectionsMax
    )
      this.#connect();
  }

  #connect(): void {
    const session = new Http2Session(this, this.#sockets, this.#policy.streamsMax);
    this.#sessions.add(session);
    this.#connecting.add(session);
  }
}
