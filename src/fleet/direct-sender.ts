/**
 * Sends what falls due as calls of their own. When `inFlightMax` calls are open, the next is skipped (and counted) or waits (and
 * its lateness shows it). A chained put waits for the one before it of its key; it counts as open meanwhile.
 */
import type { ProduceFleet } from '../scenario/plan.ts';
import { InFlight } from './in-flight.ts';
import { KeyChain } from './key-chain.ts';
import type { ProducerBooks } from './producer-books.ts';
import type { PutClient } from './put-client.ts';
import { entryOf, type PutRecord } from './put-record.ts';

/** Takes records as they fall due. */
export interface Sender {
  /** Takes over the records that are due now; resolves when it is ready for the next. */
  take(records: readonly PutRecord[]): Promise<void>;
  /** Nothing more comes: resolves when every record has its outcome. */
  finish(): Promise<void>;
}

/** Whether the load has been over for `sinceNs` and longer, or the run was stopped: what has waited until then is not sent any more. */
export type Over = (sinceNs?: number) => boolean;

export class DirectSender implements Sender {
  readonly #fleet: ProduceFleet;
  readonly #client: PutClient;
  readonly #books: ProducerBooks;
  readonly #over: Over;
  readonly #stop: AbortSignal;
  readonly #inFlight: InFlight;
  readonly #chain: KeyChain | undefined;

  constructor(fleet: ProduceFleet, client: PutClient, books: ProducerBooks, over: Over, stop: AbortSignal) {
    this.#fleet = fleet;
    this.#client = client;
    this.#books = books;
    this.#over = over;
    this.#stop = stop;
    this.#inFlight = new InFlight(fleet.inFlightMax);
    if (fleet.chain) this.#chain = new KeyChain();
  }

  async take(records: readonly PutRecord[]): Promise<void> {
    if (this.#inFlight.full) {
      if (this.#fleet.late === 'skip') {
        this.#books.skipped(records);
        return;
      }
      await this.#inFlight.freed();
    }
    if (this.#over()) this.#books.skipped(records);
    else this.#inFlight.add(this.#chain ? this.#putChained(this.#chain, records[0]!) : this.#put(records));
  }

  finish(): Promise<void> {
    return this.#inFlight.settled();
  }

  async #put(records: readonly PutRecord[]): Promise<void> {
    const { answers, what, answeredNs } = await this.#client.put(records.map(entryOf), this.#stop);
    for (const [index, record] of records.entries()) {
      const answer = answers[index]!;
      if (answer.kind !== 'placed') this.#books.givenUp(record, answer, answeredNs);
    }
    this.#books.response(records[0]!.dueNs, what, answeredNs);
  }

  async #putChained(chain: KeyChain, record: PutRecord): Promise<void> {
    const { key } = record;
    await chain.turn(key);
    if (this.#over()) {
      this.#books.skipped([record]);
      chain.done(key);
      return;
    }
    const { answers, what, answeredNs } = await this.#client.put([entryOf(record)], this.#stop, {
      chained: chain.last(key),
    });
    const answer = answers[0]!;
    if (answer.kind === 'placed') chain.done(key, { key, ...answer });
    else {
      this.#books.givenUp(record, answer, answeredNs);
      chain.done(key);
    }
    this.#books.response(record.dueNs, what, answeredNs);
  }
}
