/**
 * A fleet that is itself the destination: it listens where the delivery stream sends to, reads each request as it comes and answers in
 * the destination's own protocol. What it takes is noted down at once, so delays are known to the moment. Down, it answers 503
 * and takes nothing; killed it cannot be. What it did not take in time is looked for in the backup: nobody has to wait for that.
 */
import type { WatchFleet } from '../scenario/plan.ts';
import type { DeliveredReader } from '../verify/delivered-reader.ts';
import type { ReceivedRequest, ReceiverAnswer } from '../wire/receiver.ts';
import type { Consumer } from './consumer.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { Hold } from './hold.ts';
import { ObjectWatch } from './object-watch.ts';
import { type DestinationProtocol, protocolOf } from './receiving.ts';
import type { Agent } from './share.ts';
import { noPolls, WatchBooks, type WatchExport } from './watch-books.ts';

/** Time between two looks into the backup, in ns. */
const BACKUP_EVERY_NS = 1e9;

export class ReceiveConsumer implements Consumer {
  readonly hold = new Hold();
  readonly sums = noPolls();
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;
  readonly #protocol: DestinationProtocol;
  readonly #books: WatchBooks;
  readonly #backup: ObjectWatch;
  #requests = 0;
  #leave: () => Promise<void> = () => Promise.resolve();

  constructor(agent: Agent<WatchFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#place = context.deliveries.get(agent.fleet.delivery)!;
    const { plan, receiver } = this.#place;
    this.#books = new WatchBooks(agent, context, this.#place);
    this.#backup = new ObjectWatch(agent, context, this.#books, BACKUP_EVERY_NS);
    this.#protocol = protocolOf(plan.destination === 'splunk' ? 'splunk' : 'http', receiver!.secret);
  }

  get reader(): DeliveredReader {
    return this.#books.reader;
  }

  get backup(): DeliveredReader {
    return this.#books.backup;
  }

  get accounted(): number {
    return this.#books.accounted;
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
    await this.#backup.run(stop);
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
