/**
 * Asks a search cluster, again and again, for documents that were not there before. What one round of questions finds new is noted
 * down together, as an answer: it is taken for a buffer, though a refresh may show more than one of them, or a part.
 */
import type { ConsumeFleet } from '../scenario/plan.ts';
import { type FoundDocument, SearchClient } from '../wire/search-client.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { documentsIn } from './delivered-documents.ts';
import { SequenceWindow } from './sequence-window.ts';
import type { WatchBooks } from './watch-books.ts';

export class DocumentQuery {
  readonly #context: FleetContext;
  readonly #fleet: string;
  readonly #books: WatchBooks;
  readonly #index: string;
  readonly #client: SearchClient;
  /** By `<index>/<shard>`. */
  readonly #windows = new Map<string, SequenceWindow>();
  #answers = 0;

  constructor({ name }: ConsumeFleet, context: FleetContext, { search }: DeliveryPlace, books: WatchBooks) {
    this.#context = context;
    this.#fleet = name;
    this.#books = books;
    this.#index = search!.index;
    this.#client = new SearchClient(context.clients.receivers!.ask, search!.origin);
  }

  /** One round: a document is there when the last answer of the round that first had it is. */
  async look(stop: AbortSignal): Promise<void> {
    const { clock, errors } = this.#context;
    const fresh: FoundDocument[] = [];
    let failed = false;
    for await (const page of documentsIn(this.#index, this.#client, (shard) => this.#windowOf(shard).behind)) {
      if (page.kind === 'error') {
        errors.add(this.#fleet, 'Search', page.code, page.message);
        failed = true;
        break;
      }
      const { shard, documents } = page.value;
      const window = this.#windowOf(shard);
      const atNs = clock.monotonicNs();
      fresh.push(...documents.filter(({ seq }) => window.see(seq, atNs)));
      if (stop.aborted) break;
    }
    const visibleNs = clock.monotonicNs();
    for (const window of this.#windows.values()) window.advance(visibleNs);
    this.#books.listed(!failed, visibleNs);
    if (fresh.length === 0) return;
    this.#answers += 1;
    this.#books.answered({ key: `answer ${this.#answers} (${this.#index})`, documents: fresh, visibleNs });
  }

  #windowOf(shard: string): SequenceWindow {
    let window = this.#windows.get(shard);
    if (!window) this.#windows.set(shard, (window = new SequenceWindow()));
    return window;
  }
}
