/**
 * A search cluster in memory, as much of OpenSearch and Elasticsearch as a destination of Data Firehose and a reader of it need: bulk
 * requests that index or create documents and make their index, searches of one shard in the order of sequence numbers, refreshes
 * by the clock and by request, the number of shards of an index, and deletion. No query, no mapping, no replica; whatever else
 * is asked is answered with 400. It has no sockets: whoever listens hands requests in.
 */
import { crc32 } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { Shard, type Written } from './shard.ts';

/** A request that came whole. */
export interface ClusterRequest {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  readonly body: Buffer;
}

/** What it is answered with. */
export interface ClusterAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ClusterOptions {
  /** Time between two refreshes, ns: the second that both products have by default. */
  readonly refreshNs?: number;
  /** Of each index. */
  readonly shards?: number;
}

const REFRESH_NS = 1e9;
/** Documents of one answer at the most, as both products have it by default. */
const SIZE_MAX = 10_000;
/** The one order: both products refuse it for an index without documents where the type of what is not there yet is not said. */
const SORT = JSON.stringify([{ _seq_no: { order: 'asc', unmapped_type: 'long' } }]);

export class SearchCluster {
  /** While it is down everything is answered with 503. */
  down = false;
  readonly #clock: Clock;
  readonly #refreshNs: number;
  readonly #shards: number;
  readonly #indices = new Map<string, readonly Shard[]>();
  #named = 0;

  constructor(clock: Clock, { refreshNs = REFRESH_NS, shards = 1 }: ClusterOptions = {}) {
    this.#clock = clock;
    this.#refreshNs = refreshNs;
    this.#shards = shards;
  }

  /** Answers a request. Never throws. */
  receive({ method, path, body }: ClusterRequest): ClusterAnswer {
    if (this.down) return refused(503, 'cluster_block_exception', 'down');
    const { pathname, searchParams } = new URL(path, 'http://cluster');
    const [names = '', operation = ''] = pathname.slice(1).split('/').map(decodeURIComponent);
    try {
      if (method === 'POST' && names === '_bulk') return this.#bulk(body.toString());
      if (method === 'GET' && operation === '_settings') return this.#settings(names);
      if (method === 'POST' && operation === '_refresh') return this.#refresh(names);
      if (method === 'POST' && operation === '_search')
        return this.#search(names, searchParams.get('preference') ?? '', body.toString());
      if (method === 'DELETE' && operation === '') return this.#remove(names);
    } catch (error) {
      return refused(400, 'parse_exception', error instanceof Error ? error.message : String(error));
    }
    return refused(400, 'illegal_argument_exception', `no handler found for ${method} ${pathname}`);
  }

  #bulk(text: string): ClusterAnswer {
    const lines = text.split('\n');
    if (lines.pop() !== '') throw new Error('a bulk request ends with a line feed');
    const items: { readonly [action: string]: Item }[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const [action, place] = actionIn(lines[at]!);
      items.push({ [action]: this.#write(action, place, lines[at + 1] ?? '') });
    }
    const errors = items.some((item) => Object.values(item).some(({ status }) => status > 299));
    return json({ took: 0, errors, items });
  }

  #write(action: Action, { _index, _id = this.#name() }: Place, source: string): Item {
    const about = { _index, _id };
    if (!isObject(source))
      return { ...about, status: 400, ...errorOf('mapper_parsing_exception', 'the document is no object of JSON') };
    const shards = this.#indices.get(_index) ?? Array.from({ length: this.#shards }, () => new Shard());
    this.#indices.set(_index, shards);
    const shard = shards[crc32(_id) % shards.length]!;
    if (action === 'create' && shard.newest(_id))
      return { ...about, status: 409, ...errorOf('version_conflict_engine_exception', 'the document exists already') };
    const { seq, version } = shard.write(_id, source, this.#nextRefreshNs());
    const [status, result] = version === 1 ? ([201, 'created'] as const) : ([200, 'updated'] as const);
    return { ...about, status, result, _version: version, _seq_no: seq, _primary_term: 1 };
  }

  #name(): string {
    this.#named += 1;
    return `document-${this.#named}`;
  }

  /** Refreshes come at multiples of their interval. */
  #nextRefreshNs(): number {
    return (Math.floor(this.#clock.monotonicNs() / this.#refreshNs) + 1) * this.#refreshNs;
  }

  #settings(names: string): ClusterAnswer {
    const found = this.#matching(names).map(([name, shards]) => [
      name,
      { settings: { 'index.number_of_shards': String(shards.length) } },
    ]);
    return json(Object.fromEntries(found));
  }

  #refresh(names: string): ClusterAnswer {
    const nowNs = this.#clock.monotonicNs();
    const shards = this.#matching(names).flatMap(([, each]) => each);
    for (const shard of shards) shard.refresh(nowNs);
    return json({ _shards: { total: shards.length, successful: shards.length, failed: 0 } });
  }

  #search(name: string, preference: string, text: string): ClusterAnswer {
    const shards = this.#indices.get(name);
    if (!shards) return missing(name);
    const shard = shards[Number(/^_shards:(\d+)$/.exec(preference)?.[1])];
    const { size = 10, sort, search_after: after = [-1] }: Search = JSON.parse(text);
    if (!shard || JSON.stringify(sort) !== SORT || size > SIZE_MAX || !Number.isInteger(after[0]))
      throw new Error('one shard is searched, in the order of sequence numbers');
    const hits = shard.behind(after[0]!, size, this.#clock.monotonicNs()).map((written) => hitOf(name, written));
    const told = '"took":0,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}';
    return answer(200, `{${told},"hits":{"max_score":null,"hits":[${hits.join(',')}]}}`);
  }

  #remove(name: string): ClusterAnswer {
    return this.#indices.delete(name) ? json({ acknowledged: true }) : missing(name);
  }

  /** The indices of one name, or of those that begin with what stands before a star. */
  #matching(names: string): (readonly [name: string, shards: readonly Shard[]])[] {
    const begin = names.endsWith('*') ? names.slice(0, -1) : undefined;
    return [...this.#indices].filter(([name]) => (begin === undefined ? name === names : name.startsWith(begin)));
  }
}

type Action = 'index' | 'create';

interface Place {
  readonly _index: string;
  readonly _id?: string;
}

/** What became of one document. */
interface Item {
  readonly status: number;
  readonly [detail: string]: unknown;
}

interface Search {
  readonly size?: number;
  readonly sort?: unknown;
  readonly search_after?: readonly number[];
}

/** Throws an Error for a line that is no action. */
function actionIn(line: string): [Action, Place] {
  const { index, create }: { index?: Place; create?: Place } = JSON.parse(line);
  const place = index ?? create;
  if (typeof place?._index !== 'string') throw new Error('an action is index or create, and names its index');
  return [index ? 'index' : 'create', place];
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The document stands in the answer as it came: clusters do not write it anew. */
function hitOf(index: string, { seq, id, version, source }: Written): string {
  const about = JSON.stringify({ _index: index, _id: id, _version: version, _score: null, sort: [seq] });
  return `${about.slice(0, -1)},"_source":${source}}`;
}

function errorOf(type: string, reason: string) {
  return { error: { type, reason } };
}

function missing(name: string): ClusterAnswer {
  return refused(404, 'index_not_found_exception', `no such index [${name}]`);
}

function refused(status: number, type: string, reason: string): ClusterAnswer {
  return answer(status, JSON.stringify({ ...errorOf(type, reason), status }));
}

function json(value: unknown): ClusterAnswer {
  return answer(200, JSON.stringify(value));
}

function answer(status: number, body: string): ClusterAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}
