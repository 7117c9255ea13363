/**
 * A fleet that is itself the destination: it listens where the delivery stream sends to, reads each request as it comes and answers in
 * the destination's own protocol. What it takes is noted down at once, so delays are known to the moment. Down, it answers 503
 * and takes nothing; killed it cannot be.
 */
import type { WatchFleet } from '../scenario/plan.ts';
import type { DeliveredReader } from '../verify/delivered-reader.ts';
import type { ReceivedRequest, ReceiverAnswer } from '../wire/receiver.ts';
import type { Consumer } from './consumer.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { Hold } from './hold.ts';
import { type DestinationProtocol, protocolOf } from './receiving.ts';
import type { Agent } from './share.ts';
import { noPolls, WatchBooks, type WatchExport } from './watch-books.ts';

export class ReceiveConsumer implements Consumer {
  readonly hold = new Hold();
  readonly sums = noPolls();
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;
  readonly #protocol: DestinationProtocol;
  readonly #books: WatchBooks;
  #requests = 0;
  #leave: () => Promise<void> = () => Promise.resolve();

  constructor(agent: Agent<WatchFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#place = context.deliveries.get(agent.fleet.delivery)!;
    const { plan, receiver } = this.#place;
    this.#books = new WatchBooks(agent, context, this.#place);
    this.#protocol = protocolOf(plan.destination === 'splunk' ? 'splunk' : 'http', receiver!.secret);
  }

  get reader(): DeliveredReader {
    return this.#books.reader;
  }

  get watched(): WatchExport {
    return this.#books.export();
  }

  async prepare(): Promise<string | null> {
    const { origin } = this.#place.receiver!;
    try {
      this.#leave = await this.#context.clients.receivers!.listen(origin, (request) => this.#receive(request));
      return null;
    } catch (error) {
      return `${this.#agent.fleet.name} cannot listen at ${origin}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async run(stop: AbortSignal): Promise<void> {
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    await this.#leave();
    this.#books.end();
  }

  #receive(request: ReceivedRequest): ReceiverAnswer {
    const { clock, errors } = this.#context;
    const atNs = clock.monotonicNs();
    if (this.hold.held) {
      this.#books.refused(atNs);
      return this.#protocol.refusal(clock.now(), request);
    }
    const given = this.#protocol.given(request);
    if (given.kind === 'answer') return given.answer;
    if (given.kind === 'wrong') {
      errors.add(this.#agent.fleet.name, 'receive', 'bad-request', given.why);
      return this.#protocol.refused(clock.now(), request, given.why);
    }
    this.#requests += 1;
    const { plain, id } = given;
    this.#books.took({
      key: `request ${this.#requests} (${id})`,
      plain,
      body: request.body,
      visibleNs: atNs,
    });
    return this.#protocol.taken(clock.now(), request);
  }
}
