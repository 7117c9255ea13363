/**
 * Sockets to an endpoint. The address policy is `per-connection` (the resolver is asked for each, so that a load spreads over
 * what a name stands for as it changes) or `once` (asked for the first, and its addresses are used in turn: no lookup can
 * delay a connection later). TLS sessions are resumed.
 */
import { lookup } from 'node:dns';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export const addressPolicies = ['per-connection', 'once'] as const;
export type AddressPolicy = (typeof addressPolicies)[number];

/** How connections are made and kept. */
export interface ConnectionPolicy {
  /** Connections at the most; each carries one request in HTTP/1.1, `streamsMax` of them in HTTP/2. */
  readonly connectionsMax: number;
  /** For how long a connection may be unused and still be used again, in ns. Servers hang up on idle ones. */
  readonly idleNs: number;
  readonly addresses: AddressPolicy;
}

/** Bytes that are read at once at the most. */
const READ_BYTES = 64 * 1024;

export interface SocketOptions {
  /** PEM of a certificate authority to trust besides the system's. */
  readonly ca?: string | undefined;
  readonly addresses: AddressPolicy;
  readonly protocol: 'http/1.1' | 'h2';
}

/** A socket that is connecting, and the event that says it is connected. */
export interface Connecting {
  readonly socket: Socket;
  readonly event: 'connect' | 'secureConnect';
}

/** Makes sockets to one host and port. */
export class Sockets {
  readonly #url: URL;
  readonly #options: SocketOptions;
  readonly #lookup: LookupFunction | undefined;
  #session: Buffer | undefined;

  constructor(url: URL, options: SocketOptions) {
    this.#url = url;
    this.#options = options;
    this.#lookup = options.addresses === 'once' ? lookupOnce() : undefined;
  }

  get secure(): boolean {
    return this.#url.protocol === 'https:';
  }

  /** @param onBytes takes what comes, lent until it returns (false stops reading); without it the socket emits `data` */
  connect(onBytes?: (bytes: Buffer) => boolean): Connecting {
    const url = this.#url;
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const buffer = Buffer.allocUnsafeSlow(onBytes ? READ_BYTES : 0);
    const address = {
      host,
      port: Number(url.port || (this.secure ? 443 : 80)),
      noDelay: true,
      ...(this.#lookup && { lookup: this.#lookup }),
      ...(onBytes && {
        onread: { buffer, callback: (count: number) => onBytes(buffer.subarray(0, count)) },
      }),
    };
    if (!this.secure) return { socket: connectPlain(address), event: 'connect' };
    const socket = connectTls({
      ...address,
      ALPNProtocols: [this.#options.protocol],
      ...(isIP(host) === 0 && { servername: host }),
      ...(this.#options.ca !== undefined && { ca: this.#options.ca }),
      ...(this.#session && { session: this.#session }),
    });
    socket.on('session', (session: Buffer) => (this.#session = session));
    return { socket, event: 'secureConnect' };
  }
}

/** Resolves a name once and hands its addresses out in turn. */
function lookupOnce(): LookupFunction {
  let known: { address: string; family: number }[] | undefined;
  let next = 0;
  return (hostname, options, callback) => {
    const give = (found: { address: string; family: number }[]) => {
      known ??= found;
      const turn = next++ % known.length;
      const turned = [...known.slice(turn), ...known.slice(0, turn)];
      if (options.all) callback(null, turned);
      else callback(null, turned[0]!.address, turned[0]!.family);
    };
    if (known) {
      give(known);
      return;
    }
    lookup(hostname, { all: true }, (error, found) => {
      if (error) callback(error, '');
      else give(found);
    });
  };
}

/** `connect ECONNREFUSED 127.0.0.1:1` also where Node wraps one error per address. */
export function describe(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map((one: unknown) => (one as Error).message).join(', ')
    : error.message;
}
