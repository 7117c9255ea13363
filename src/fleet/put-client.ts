/**
 * Puts records of one agent and books each attempt. With the policy `sdk` a call is made again as a whole before its outcome
 * counts as final; every other policy sees the answer to one attempt.
 */
import { isThrottle } from '../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import type { ProduceFleet } from '../scenario/plan.ts';
import type { Random } from '../random.ts';
import { ConnectionCap } from './connection-cap.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import type { CallOptions } from '../wire/client.ts';
import type { Placed } from './key-order.ts';
import { isFirehoseThrottle, putsToDelivery, putToDelivery } from './firehose-put.ts';
import type { ProducerBooks } from './producer-books.ts';
import {
  answersOf,
  type CallOutcome,
  callOutcomeOf,
  type EntryAnswer,
  type PutOutcome,
  retryableCall,
} from './put-answer.ts';
import { type DataOf, entryOf, type PutEntry, type PutInput, type PutRecord } from './put-record.ts';
import { SdkRetry } from './sdk-retry.ts';

/** What a put came to: an answer for each of its records of the stream. */
export interface PutResult {
  readonly answers: readonly EntryAnswer[];
  readonly what: CallOutcome;
  readonly answeredNs: number;
}

export interface PutOptions {
  /** When a gathered batch was to leave. */
  readonly readyNs?: number;
  /** The put that this one is chained to. */
  readonly chained?: Placed | undefined;
}

/** Whose puts they are, and where they go. */
interface Puts {
  readonly fleet: ProduceFleet;
  readonly stream: StreamInfo;
  readonly random: Random;
  readonly dataOf: DataOf;
}

export class PutClient {
  readonly #puts: Puts;
  readonly #context: FleetContext;
  readonly #books: ProducerBooks;
  readonly #clock: Clock;
  readonly #sdk: SdkRetry | undefined;
  readonly #connections: ConnectionCap | undefined;
  readonly #throttles: (code: string) => boolean;

  constructor(of: Puts, context: FleetContext, books: ProducerBooks) {
    this.#puts = of;
    this.#context = context;
    this.#books = books;
    this.#clock = context.clock;
    this.#throttles = putsToDelivery(of.fleet) ? isFirehoseThrottle : isThrottle;
    if (of.fleet.connections !== null) this.#connections = new ConnectionCap(of.fleet.connections);
    if (of.fleet.retry.policy === 'sdk') this.#sdk = new SdkRetry(of.fleet.retry, of.random.fork('retry'));
  }

  /** Writes the call of these records before it is due, so that it can leave at once when it is. */
  writeAhead(records: readonly PutRecord[]): void {
    const input = this.#inputOf(records.map(entryOf));
    this.#context.clients[this.#puts.fleet.client]!.writeAhead?.(input);
    records[0]!.written = input;
  }

  /** One call, with the attempts that its policy makes of it. */
  async put(entries: readonly PutEntry[], stop: AbortSignal, options: PutOptions = {}): Promise<PutResult> {
    const attempts = this.#sdk?.begin();
    for (;;) {
      const outcome = await this.#attempt(entries, options);
      const result = this.#book(entries, outcome);
      if (!attempts || !this.#sdk) return result;
      const why = retryableCall(outcome, this.#throttles);
      if (outcome.kind === 'ok') this.#sdk.succeeded(attempts);
      const waitNs = why === null || stop.aborted ? null : this.#sdk.failed(attempts, why);
      if (waitNs === null) return result;
      await this.#clock.sleepUntil(outcome.answeredNs + waitNs, stop);
      if (stop.aborted) return result;
    }
  }

  /** Handing a call over ends its lateness; waiting for a connection is set-up. */
  async #attempt(entries: readonly PutEntry[], { readyNs, chained }: PutOptions): Promise<PutOutcome> {
    const { fleet } = this.#puts;
    const handedNs = this.#clock.monotonicNs();
    this.#books.handedOver(entries, { handedNs, readyNs, chained });
    const onSent = (sentNs: number) => this.#books.sent(entries, handedNs, sentNs);
    const options = { timeoutNs: fleet.timeoutNs, onSent };
    const call = putsToDelivery(fleet) ? this.#toDelivery(entries, options) : this.#toStream(entries, chained, options);
    return this.#connections ? this.#connections.with(call) : call();
  }

  #toStream(entries: readonly PutEntry[], chained: Placed | undefined, options: CallOptions) {
    const input = entries[0]!.records[0]!.written ?? this.#inputOf(entries, chained);
    const client = this.#context.clients[this.#puts.fleet.client]!;
    return (): Promise<PutOutcome> =>
      'Records' in input ? client.call('PutRecords', input, options) : client.call('PutRecord', input, options);
  }

  #toDelivery(entries: readonly PutEntry[], options: CallOptions) {
    const { fleet, stream, dataOf } = this.#puts;
    const data = entries.map((entry) => entry.data ?? dataOf(entry.records[0]!));
    return () => putToDelivery(this.#context.clients.firehose!, fleet, stream.name, data, options);
  }

  #inputOf(entries: readonly PutEntry[], chained?: Placed): PutInput {
    const { fleet, stream, dataOf } = this.#puts;
    const inputs = entries.map(({ records, data, partitionKey, explicitHashKey }) => ({
      Data: data ?? dataOf(records[0]!),
      PartitionKey: partitionKey,
      ...(explicitHashKey === undefined ? {} : { ExplicitHashKey: explicitHashKey }),
    }));
    const StreamName = stream.name;
    if (fleet.operation === 'PutRecords') return { StreamName, Records: inputs };
    const ordering = chained ? { SequenceNumberForOrdering: chained.sequenceNumber } : {};
    return { StreamName, ...inputs[0]!, ...ordering };
  }

  #book(entries: readonly PutEntry[], outcome: PutOutcome): PutResult {
    const { answeredNs } = outcome;
    const answers = answersOf(outcome, entries.length, this.#throttles);
    const what = callOutcomeOf(outcome, answers);
    this.#books.service(entries, what, outcome);
    for (const [index, entry] of entries.entries()) {
      const answer = answers[index]!;
      this.#books.metLimits(entry, answer, outcome.sentNs);
      if (answer.kind === 'placed') this.#books.placed(entry, answer, answeredNs);
      else for (const record of entry.records) this.#books.refused(record, answer, answeredNs);
    }
    return { answers, what, answeredNs };
  }
}
