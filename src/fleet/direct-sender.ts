/**
 * Sends what falls due as calls of their own: at once, or when an open call has ended, or never, as its backlog has it. A chained
 * put waits for the one before it of its key, and counts as open meanwhile.
 */
import type { ProduceFleet } from '../scenario/plan.ts';
import { Backlog } from './backlog.ts';
import { KeyChain } from './key-chain.ts';
import type { ProducerBooks } from './producer-books.ts';
import type { PutClient } from './put-client.ts';
import { entryOf, type PutRecord } from './put-record.ts';

/** Takes records as they fall due. */
export interface Sender {
  /** Takes over the records that are due now; tells whether they have to wait for a call to end. */
  offer(records: readonly PutRecord[]): boolean;
  /** The load is over: resolves when every record has its outcome. */
  finish(): Promise<void>;
}

/** The end of a load, for what waits. */
export interface LoadEnd {
  /** Whether it was so long ago, or the run was stopped: what has waited until now is not sent any more. */
  readonly over: (sinceNs?: number) => boolean;
  /** Resolves when it is over, or when `signal` aborts. */
  readonly waited: () => Promise<void>;
  readonly stop: AbortSignal;
}

export class DirectSender implements Sender {
  readonly #client: PutClient;
  readonly #books: ProducerBooks;
  readonly #end: LoadEnd;
  readonly #backlog: Backlog<readonly PutRecord[]>;
  readonly #chain: KeyChain | undefined;

  constructor(fleet: ProduceFleet, client: PutClient, books: ProducerBooks, end: LoadEnd) {
    this.#client = client;
    this.#books = books;
    this.#end = end;
    if (fleet.chain) this.#chain = new KeyChain();
    this.#backlog = new Backlog<readonly PutRecord[]>(
      fleet,
      (records) => (this.#chain ? this.#putChained(this.#chain, records[0]!) : this.#put(records)),
      (records) => books.skipped(records),
    );
  }

  offer(records: readonly PutRecord[]): boolean {
    return this.#backlog.offer(records);
  }

  async finish(): Promise<void> {
    if (this.#backlog.waiting > 0) {
      await Promise.race([this.#backlog.settled(), this.#end.waited()]);
      this.#backlog.drop();
    }
    await this.#backlog.settled();
  }

  async #put(records: readonly PutRecord[]): Promise<void> {
    const { answers, what, answeredNs } = await this.#client.put(records.map(entryOf), this.#end.stop);
    for (const [index, record] of records.entries()) {
      const answer = answers[index]!;
      if (answer.kind !== 'placed') this.#books.givenUp(record, answer, answeredNs);
    }
    this.#books.response(records[0]!.dueNs, what, answeredNs);
  }

  async #putChained(chain: KeyChain, record: PutRecord): Promise<void> {
    const { key } = record;
    await chain.turn(key);
    if (this.#end.over()) {
      this.#books.skipped([record]);
      chain.done(key);
      return;
    }
    const { answers, what, answeredNs } = await this.#client.put([entryOf(record)], this.#end.stop, {
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
