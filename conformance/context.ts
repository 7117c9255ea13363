/**
 * What a check works with: a client of the target, streams made for it, patience with a deadline, seeded randomness and the
 * counters of what was exercised.
 */
import type { Clock } from '../src/clock.ts';
import type { HashRange } from '../src/protocol/hash.ts';
import type { Input, OperationName, Shard } from '../src/protocol/operations.ts';
import type { Random } from '../src/random.ts';
import type { Credentials } from '../src/target/target.ts';
import type { TransportChoice, WireClient } from '../src/wire/client.ts';
import type { Received } from '../src/wire/received.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import type { World } from './world.ts';

/** What the target answered, when it left a check without anything to judge by. */
export class Unobservable extends Error {
  override readonly name = 'Unobservable';
}

/** A stream that is ACTIVE. */
export interface Stream {
  readonly name: string;
  /** Its open shards, sorted by hash range. */
  readonly shards: readonly Shard[];
  readonly ranges: readonly HashRange[];
}

/**
 * For whom it is made. `shared`: for whoever wants as many shards · `fresh`: for one check, empty, and removed after it · `kept`: empty,
 * and left for checks that come later.
 */
export type StreamKind = 'shared' | 'fresh' | 'kept';

/** The world of one check. */
export interface Context {
  readonly clock: Clock;
  readonly random: Random;
  readonly client: WireClient;
  /** Where it is judged: raw requests, and what only some endpoints have (restart, other accounts, keys), by capability. */
  readonly world: World;
  /** The session that the check is one of: what checks make for each other hangs on it. */
  readonly session: object;
  /** A client that speaks in another way, or as somebody else. It is closed with the session. */
  speaking(how: Partial<TransportChoice>, as?: Credentials): WireClient;
  /** How long a record that was acknowledged may stay invisible before a check gives it up, in ns. */
  readonly settleNs: number;
  readonly deadlineNs: number;
  /** A stream of this many shards. */
  stream(shards: number, kind?: StreamKind): Promise<Stream>;
  /** Keeps a stream of an earlier check until this one has ended; false where it had to make room for another. */
  holds(stream: Stream): boolean;
  /** A call that waits out throttles until the deadline; anything else but an answer makes the check indeterminate. */
  readonly send: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Received<O>>;
  /** Counts something that was exercised. */
  count(what: string, by?: number): void;
  /** What makes the names of everything that is made unique, and shows whose it is. */
  readonly run: string;
  /** Base64 of text that no other record of the run carries. */
  data(): string;
  /** Every answer as it came over the wire, until the returned function is called. */
  tap(listener: (answer: TransportAnswer) => void): () => void;
}
