/** A fleet that watches where Data Firehose delivers: the bucket, or a search cluster, and the bucket for what that did not take. */
import type { WatchFleet } from '../scenario/plan.ts';
import type { DeliveredReader } from '../verify/delivered-reader.ts';
import type { Consumer } from './consumer.ts';
import type { FleetContext } from './context.ts';
import { DocumentQuery } from './document-query.ts';
import { Hold } from './hold.ts';
import { ObjectWatch } from './object-watch.ts';
import type { Agent } from './share.ts';
import { noPolls, WatchBooks, type WatchExport } from './watch-books.ts';

export class WatchConsumer implements Consumer {
  readonly hold = new Hold();
  readonly sums = noPolls();
  readonly #books: WatchBooks;
  readonly #watch: ObjectWatch;

  constructor(agent: Agent<WatchFleet>, context: FleetContext) {
    const place = context.deliveries.get(agent.fleet.delivery)!;
    this.#books = new WatchBooks(agent, context, place);
    const query = place.search && new DocumentQuery(agent.fleet, context, place, this.#books);
    this.#watch = new ObjectWatch(agent, context, this.#books, agent.fleet.everyNs, query);
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

  /** There is nothing to take up: whatever is under the prefix of the run was delivered in it. */
  prepare(): Promise<null> {
    return Promise.resolve(null);
  }

  async run(stop: AbortSignal): Promise<void> {
    await this.#watch.run(stop, this.hold);
    this.#books.end();
  }
}
