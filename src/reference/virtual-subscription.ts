/** A reader of a subscription, in process: takes messages as they come, or one by one, and notes when each came. */
import type { Clock } from '../clock.ts';
import type { SubscribeToShardEvent } from '../protocol/operations.ts';
import type { StreamedBody } from './endpoint.ts';
import { EventStreamReader } from './event-stream-reader.ts';

/** A message with the moment of its arrival, its payload taken for JSON. */
export interface ReceivedMessage {
  readonly atNs: number;
  readonly intact: boolean;
  /** `initial-response`, `SubscribeToShardEvent`, or the name of an exception. */
  readonly name: string;
  readonly kind: 'event' | 'exception';
  readonly body: Record<string, unknown>;
}

/** An event with the moment of its arrival. */
export interface ReceivedEvent extends SubscribeToShardEvent {
  readonly atNs: number;
}

/** What a reader of a subscription has and can do. */
export class VirtualSubscription {
  /** Everything that came. */
  readonly messages: ReceivedMessage[] = [];
  /** The events of it. */
  readonly events: ReceivedEvent[] = [];
  /** When the stream had ended; undefined before. */
  endedAtNs: number | undefined;
  readonly #clock: Clock;
  readonly #reader = new EventStreamReader();
  readonly #gone = new AbortController();
  readonly #stream: AsyncIterator<Uint8Array>;
  #reading: Promise<void> | undefined;

  constructor(body: StreamedBody, clock: Clock) {
    this.#clock = clock;
    this.#stream = body(this.#gone.signal)[Symbol.asyncIterator]();
  }

  /** Whether somebody still listens to this reader's leaving. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Takes one chunk, and is then slow again; false at the end of the stream. */
  async take(): Promise<boolean> {
    const { done, value } = await this.#stream.next();
    if (done === true) {
      this.endedAtNs ??= this.#clock.monotonicNs();
      return false;
    }
    for (const { headers, payload, intact } of this.#reader.read(value)) {
      const kind = headers[':message-type'] === 'exception' ? 'exception' : 'event';
      const body: Record<string, unknown> = JSON.parse(payload.toString());
      const atNs = this.#clock.monotonicNs();
      const name = headers[`:${kind}-type`] ?? '';
      this.messages.push({ atNs, intact, name, kind, body });
      if (name !== 'SubscribeToShardEvent') continue;
      const event: SubscribeToShardEvent = JSON.parse(payload.toString());
      this.events.push({ ...event, atNs });
    }
    return true;
  }

  /** Takes everything from now on. */
  flow(): this {
    this.#reading ??= (async () => {
      while (await this.take());
    })();
    return this;
  }

  /** The client vanishes, as a server sees it: the signal, and no more reading. */
  async leave(): Promise<void> {
    this.#gone.abort();
    await this.#stream.return?.();
    await this.#reading;
  }
}
