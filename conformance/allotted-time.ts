/**
 * The time that a check has of a target on the machine's clock. Where it is over, calls are not sent any more and end at once, so
 * that a check ends however slow the target is, and one that was given up does not go on beside its successors.
 */
import type { Clock } from '../src/clock.ts';
import type { WireClient } from '../src/wire/client.ts';
import type { Broken } from '../src/wire/outcome.ts';
import type { RawAnswer, RawRequest } from './raw.ts';

/** Cuts ways to send calls off at `untilNs`. */
export class AllottedTime {
  readonly #clock: Clock;
  readonly #beganNs: number;
  readonly #untilNs: number;
  /** Calls that got no answer in time: the target may still be at work on them. */
  unanswered = 0;

  constructor(clock: Clock, untilNs: number) {
    this.#clock = clock;
    this.#beganNs = clock.monotonicNs();
    this.#untilNs = untilNs;
  }

  /** The same client, for so long. */
  ofClient(client: WireClient): WireClient {
    return {
      call: async (operation, input, options) => {
        if (this.#isOver) return this.#ended();
        const outcome = await client.call(operation, input, options);
        if (outcome.kind === 'timeout') this.unanswered += 1;
        return outcome;
      },
      subscribe: (input, options) => (this.#isOver ? this.#ended() : client.subscribe(input, options)),
      open: (calls) => client.open(calls),
      close: () => client.close(),
    };
  }

  /** The same way to send bytes, for so long. */
  ofRaw(raw: (request: RawRequest) => Promise<RawAnswer | undefined>): typeof raw {
    return (request) => (this.#isOver ? Promise.resolve(undefined) : raw(request));
  }

  get #isOver(): boolean {
    return this.#clock.monotonicNs() > this.#untilNs;
  }

  #ended(): Promise<Broken> {
    const nowNs = this.#clock.monotonicNs();
    const seconds = Math.round((this.#untilNs - this.#beganNs) / 1e9);
    const message = `not sent: the check has had its ${seconds} s with this target`;
    return Promise.resolve({
      kind: 'connection',
      reason: 'closed',
      message,
      maybe: false,
      sentNs: nowNs,
      answeredNs: nowNs,
    });
  }
}
