/**
 * A fleet that watches where Data Firehose delivers: it lists the objects of the run's prefix on an absolute schedule that begins at a
 * random phase, and reads each object once; or it asks a search cluster for new documents. What it cannot know better than its
 * interval is when an object, or a document, became visible.
 */
import type { WatchFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import type { DeliveredReader } from '../verify/delivered-reader.ts';
import type { Consumer } from './consumer.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { listedAt } from './delivered-listing.ts';
import { DocumentQuery } from './document-query.ts';
import { Hold } from './hold.ts';
import type { Agent } from './share.ts';
import { noPolls, WatchBooks, type WatchExport } from './watch-books.ts';

export class WatchConsumer implements Consumer {
  readonly hold = new Hold();
  readonly sums = noPolls();
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;
  readonly #books: WatchBooks;
  readonly #query: DocumentQuery | undefined;
  readonly #random: Random;
  readonly #known = new Set<string>();

  constructor(agent: Agent<WatchFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#place = context.deliveries.get(agent.fleet.delivery)!;
    this.#books = new WatchBooks(agent, context, this.#place);
    if (this.#place.search) this.#query = new DocumentQuery(agent.fleet, context, this.#place, this.#books);
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
  }

  get reader(): DeliveredReader {
    return this.#books.reader;
  }

  get watched(): WatchExport {
    return this.#books.export();
  }

  /** There is nothing to take up: whatever is under the prefix of the run was delivered in it. */
  prepare(): Promise<null> {
    return Promise.resolve(null);
  }

  async run(stop: AbortSignal): Promise<void> {
    await this.#watch(stop);
    this.#books.end();
  }

  async #watch(stop: AbortSignal): Promise<void> {
    const { clock, timeline } = this.#context;
    const { everyNs } = this.#agent.fleet;
    let dueNs = timeline.startNs + this.#random.uniform() * everyNs;
    while (!stop.aborted) {
      await clock.sleepUntil(dueNs, stop);
      if (stop.aborted) return;
      if (this.hold.held) await this.hold.released(stop);
      else await this.#look(stop);
      // A slot that is missed is left out.
      dueNs += everyNs * Math.max(1, Math.ceil((clock.monotonicNs() - dueNs) / everyNs));
    }
  }

  async #look(stop: AbortSignal): Promise<void> {
    if (this.#query) return this.#query.look(stop);
    const { clock, clients, errors } = this.#context;
    const { name } = this.#agent.fleet;
    const { bucket } = this.#place;
    const source = clients.objects!;
    const listed = await listedAt(this.#place, source);
    const visibleNs = clock.monotonicNs();
    // Some services make a bucket with its first object; whether it is there otherwise was asked before the load.
    const empty = listed.kind === 'error' && listed.code === 'NoSuchBucket';
    this.#books.listed(listed.kind === 'ok' || empty, visibleNs);
    if (listed.kind === 'error') {
      if (!empty) errors.add(name, 'ListObjectsV2', listed.code, listed.message);
      return;
    }
    const fresh = listed.value.filter(({ key }) => !this.#known.has(key));
    for (const { key } of fresh.sort((a, b) => a.lastModifiedMs - b.lastModifiedMs)) {
      const read = await source.read(bucket, key);
      if (stop.aborted) return;
      if (read.kind === 'error') errors.add(name, 'GetObject', read.code, read.message);
      else {
        this.#known.add(key);
        await this.#books.found({ key, body: read.value.body, visibleNs });
      }
    }
  }
}
