/** A subscription that is read in the background: what it said, as it was said and when. */
import { type Clock, sleepFor } from '../src/clock.ts';
import type { ReceivedEvent, ReceivedRecord } from '../src/wire/received.ts';
import type { Subscribed, SubscriptionMessage } from '../src/wire/subscription.ts';

/** Pause between two looks at what has come, in ns. */
const LOOK_NS = 20_000_000;

/** An event, with the time at which it had come. */
export interface TimedEvent {
  readonly event: ReceivedEvent;
  readonly receivedNs: number;
}

/** How a subscription ended. */
export type Ending = Exclude<SubscriptionMessage, { readonly kind: 'event' }>;

export class Following {
  /** What came, oldest first. */
  readonly events: TimedEvent[] = [];
  readonly sentNs: number;
  readonly answeredNs: number;
  #ending: Ending | undefined;
  #left = false;
  readonly #clock: Clock;
  readonly #leaving: AbortController;
  readonly #reading: Promise<void>;

  constructor({ messages, sentNs, answeredNs }: Subscribed, clock: Clock, leaving: AbortController) {
    this.sentNs = sentNs;
    this.answeredNs = answeredNs;
    this.#clock = clock;
    this.#leaving = leaving;
    this.#reading = this.#read(messages);
  }

  /** How the other side ended it; undefined while it lives, and when it was left by us. */
  get ending(): Ending | undefined {
    return this.#left ? undefined : this.#ending;
  }

  /** The records of all events. */
  get records(): ReceivedRecord[] {
    return this.events.flatMap(({ event }) => event.Records);
  }

  /** Where to continue, by its last event that says so. */
  get continuation(): string | undefined {
    for (const { event } of this.events.toReversed()) {
      const { ContinuationSequenceNumber: told } = event;
      if (typeof told === 'string' && told !== '') return told;
    }
    return undefined;
  }

  /** Whether a record has come. */
  has(sequenceNumber: string): boolean {
    return this.events.some(({ event }) => event.Records.some((record) => record.SequenceNumber === sequenceNumber));
  }

  /** Waits until something is true, the subscription is over or the time has come; gives whether it is true. */
  async until(isSo: () => boolean, untilNs: number): Promise<boolean> {
    const over = () => this.#left || this.#ending !== undefined || this.#clock.monotonicNs() >= untilNs;
    while (!isSo() && !over()) await sleepFor(this.#clock, LOOK_NS);
    return isSo();
  }

  /** Leaves it; what has come stays. */
  async stop(): Promise<void> {
    if (!this.#ending) this.#left = true;
    this.#leaving.abort();
    await this.#reading;
  }

  async #read(messages: AsyncIterable<SubscriptionMessage>): Promise<void> {
    for await (const message of messages) {
      if (message.kind === 'event') this.events.push({ event: message.event, receivedNs: message.receivedNs });
      else this.#ending = message;
    }
  }
}

/** An ending, for messages. */
export function endingSaid(ending: Ending | undefined): string {
  if (!ending) return 'did not end';
  if (ending.kind === 'end') return 'ended in order';
  return ending.kind === 'exception'
    ? `ended with ${ending.code} ${ending.message}`
    : `broke: ${ending.reason} ${ending.message}`;
}
