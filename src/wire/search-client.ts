/**
 * A search cluster as a watcher of a destination reads it, by what OpenSearch 2 and 3 and Elasticsearch 7 and 8 have in common.
 * Documents are read in the order of their sequence numbers, the one thing that grows and that every cluster sorts by at no
 * cost: `_id` needs field data, which many clusters forbid, a point in time is made by different calls, and `_doc` is no order
 * that another search goes on from. A sequence number is of one shard, so each shard is asked by itself (`preference`).
 */
import type { ObjectOutcome } from './object-source.ts';
import type { Ask } from './receiver.ts';

/** Documents of one answer at the most. */
export const PAGE_DOCUMENTS = 500;

/** What Data Firehose puts behind the name of an index: nothing, or a month, week, day or hour. */
const ROTATED = /^(-\d{4}-(w\d\d|\d\d(-\d\d(-\d\d)?)?))?$/;

export interface SearchIndex {
  readonly name: string;
  readonly shards: number;
}

export interface FoundDocument {
  readonly index: string;
  readonly id: string;
  /** In its shard. */
  readonly seq: number;
  /** Above 1 where it was written over. */
  readonly version: number;
  readonly source: unknown;
}

export class SearchClient {
  readonly #ask: Ask;
  readonly #origin: string;

  /** @param origin of the cluster: `http://127.0.0.1:9200` */
  constructor(ask: Ask, origin: string) {
    this.#ask = ask;
    this.#origin = origin;
  }

  /** The index of a name, and those that a rotation makes of it: name, hyphen, time. */
  async indices(name: string): Promise<ObjectOutcome<readonly SearchIndex[]>> {
    const told = await this.#call('GET', `${name}*/_settings/index.number_of_shards?flat_settings=true`);
    if (told.kind === 'error') return told;
    const settings = told.value as Readonly<Record<string, { settings?: Readonly<Record<string, unknown>> }>>;
    const value = Object.entries(settings)
      .filter(([each]) => each.startsWith(name) && ROTATED.test(each.slice(name.length)))
      .map(([each, { settings: own }]) => ({ name: each, shards: Number(own?.['index.number_of_shards'] ?? 1) }));
    return { kind: 'ok', value };
  }

  /** What a search finds in a shard behind a sequence number, in their order; all there is where it is less than a page. */
  async behind(index: string, shard: number, seq: number): Promise<ObjectOutcome<readonly FoundDocument[]>> {
    const found = await this.#call('POST', `${index}/_search?preference=_shards:${shard}`, {
      size: PAGE_DOCUMENTS,
      // An index without a document has no such field yet.
      sort: [{ _seq_no: { order: 'asc', unmapped_type: 'long' } }],
      search_after: [seq],
      version: true,
      track_total_hits: false,
    });
    if (found.kind === 'error') return found;
    const { timed_out: late, _shards: shards, hits } = found.value as Partial<Found>;
    if (late !== false || shards?.failed !== 0 || !Array.isArray(hits?.hits))
      return { kind: 'error', code: 'partial-answer', message: JSON.stringify({ timed_out: late, _shards: shards }) };
    const value = hits.hits.map(({ _index, _id, _version, _source, sort }) => ({
      index: _index,
      id: _id,
      seq: sort[0],
      version: _version,
      source: _source,
    }));
    return { kind: 'ok', value };
  }

  /** Shows to searches all that was written. */
  refresh(name: string): Promise<ObjectOutcome<unknown>> {
    return this.#call('POST', `${name}*/_refresh`);
  }

  remove(index: string): Promise<ObjectOutcome<unknown>> {
    return this.#call('DELETE', index);
  }

  async #call(method: string, path: string, body?: unknown): Promise<ObjectOutcome<unknown>> {
    try {
      const url = `${this.#origin}/${path}`;
      const sent = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
      const answer = await this.#ask({ method, url, headers: { 'content-type': 'application/json' }, body: sent });
      const said: unknown = JSON.parse(answer.body.toString());
      if (answer.status < 300 && typeof said === 'object' && said !== null) return { kind: 'ok', value: said };
      const { error } = said as { error?: Reason & { root_cause?: readonly Reason[] } };
      // Of shards that failed it says no more than that, and what it comes from says why.
      const { type = `http-${answer.status}`, reason = '' } = error?.root_cause?.[0] ?? error ?? {};
      return { kind: 'error', code: type, message: reason };
    } catch (error) {
      return { kind: 'error', code: 'no-answer', message: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** Why something was refused. */
interface Reason {
  readonly type?: string;
  readonly reason?: string;
}

/** An answer to a search, as far as it is read. */
interface Found {
  readonly timed_out: boolean;
  readonly _shards: { readonly failed: number };
  readonly hits: {
    readonly hits: readonly {
      readonly _index: string;
      readonly _id: string;
      readonly _version: number;
      readonly _source: unknown;
      readonly sort: readonly [number];
    }[];
  };
}
