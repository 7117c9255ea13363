/**
 * Looks at a bucket: lists what a delivery stream has written on an absolute schedule that begins at a random phase, and reads each
 * object once. What it cannot know better than its interval is when an object became visible.
 */
import { Random } from '../random.ts';
import type { WatchFleet } from '../scenario/plan.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { listedAt } from './delivered-listing.ts';
import type { DocumentQuery } from './document-query.ts';
import type { Hold } from './hold.ts';
import type { Agent } from './share.ts';
import type { WatchBooks } from './watch-books.ts';

export class ObjectWatch {
  readonly #agent: Agent<WatchFleet>;
  readonly #context: FleetContext;
  readonly #place: DeliveryPlace;
  readonly #books: WatchBooks;
  readonly #everyNs: number;
  readonly #query: DocumentQuery | undefined;
  readonly #random: Random;
  readonly #known = new Set<string>();

  /**
   * @param everyNs time between two listings
   * @param query asks a cluster before each, where that is what is delivered to
   */
  constructor(
    agent: Agent<WatchFleet>,
    context: FleetContext,
    books: WatchBooks,
    everyNs: number,
    query?: DocumentQuery,
  ) {
    this.#agent = agent;
    this.#context = context;
    this.#place = context.deliveries.get(agent.fleet.delivery)!;
    this.#books = books;
    this.#everyNs = everyNs;
    this.#query = query;
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
  }

  /** @param hold while it is held, nothing is looked at */
  async run(stop: AbortSignal, hold?: Hold): Promise<void> {
    const { clock, timeline } = this.#context;
    let dueNs = timeline.startNs + this.#random.uniform() * this.#everyNs;
    while (!stop.aborted) {
      await clock.sleepUntil(dueNs, stop);
      if (stop.aborted) return;
      if (hold?.held) await hold.released(stop);
      else await this.#look(stop);
      // A slot that is missed is left out.
      dueNs += this.#everyNs * Math.max(1, Math.ceil((clock.monotonicNs() - dueNs) / this.#everyNs));
    }
  }

  async #look(stop: AbortSignal): Promise<void> {
    await this.#query?.look(stop);
    const { clock, clients, errors } = this.#context;
    const { name } = this.#agent.fleet;
    const { bucket } = this.#place;
    const source = clients.objects!;
    const listed = await listedAt(this.#place, source);
    const visibleNs = clock.monotonicNs();
    // Some services make a bucket with its first object; whether it is there otherwise was asked before the load.
    const empty = listed.kind === 'error' && listed.code === 'NoSuchBucket';
    // Of a cluster a query is what is counted as a listing.
    if (!this.#query) this.#books.listed(listed.kind === 'ok' || empty, visibleNs);
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
