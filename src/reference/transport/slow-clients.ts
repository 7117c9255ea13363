/**
 * Ends connections on which the server has waited for the client too long: for the rest of a request, or for it to read an
 * answer. One sweep for all of them: a timer for each would cost more than the requests. Idle connections between requests
 * may stay. Sockets live in the machine's time, whatever clock the endpoint has.
 */
import { sleepFor, systemClock, NS_PER_S } from '../../clock.ts';

/** A connection, as the watch sees it. */
export interface Connection {
  /** Whether the server waits for the client: for the rest of a request, or for it to read its answer. */
  readonly waitsForClient: boolean;
  /** Grows with every request that was complete and every answer that was read; single bytes are no progress. */
  readonly progress: number;
  /** Ends it; a client that has not finished its request is told so. */
  expire(): void;
}

interface Watched {
  progress: number;
  sweeps: number;
}

/** Sweeps until a connection has expired; the patience is divided into so many. */
const SWEEPS = 4;

/** The connections of one server. */
export class SlowClients {
  readonly #watched = new Map<Connection, Watched>();

  /** Watches until the signal aborts; a client may be waited for `patienceS` seconds. */
  constructor(patienceS: number, signal: AbortSignal) {
    void this.#sweep((patienceS * NS_PER_S) / SWEEPS, signal);
  }

  add(connection: Connection): void {
    this.#watched.set(connection, { progress: connection.progress, sweeps: 0 });
  }

  delete(connection: Connection): void {
    this.#watched.delete(connection);
  }

  async #sweep(everyNs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleepFor(systemClock, everyNs, signal);
      if (signal.aborted) return;
      for (const [connection, watched] of this.#watched) {
        const waiting = connection.waitsForClient && connection.progress === watched.progress;
        watched.sweeps = waiting ? watched.sweeps + 1 : 0;
        watched.progress = connection.progress;
        if (watched.sweeps >= SWEEPS) connection.expire();
      }
    }
  }
}
