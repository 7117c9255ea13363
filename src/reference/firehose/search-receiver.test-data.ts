import { json } from './spoken.test-data.ts';
import type { IncomingAnswer, OutgoingRequest, Sender } from './sender.ts';

/** A document as a cluster has it. */
interface Indexed {
  readonly index: string;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly document: unknown;
}

/** A receiver that speaks the bulk API of OpenSearch and Elasticsearch, on whatever carries it. */
export class SearchReceiver {
  readonly requests: OutgoingRequest[] = [];
  readonly indexed: Indexed[] = [];
  /** What it answers instead of looking at the request. */
  instead: (() => IncomingAnswer | Promise<IncomingAnswer>) | undefined;
  /** The status of a document that it does not index. */
  refuses: (document: unknown) => number | undefined = () => undefined;

  /** The texts of all documents, in the order of indexing. */
  get texts(): unknown[] {
    return this.indexed.map(({ document }) => document);
  }

  readonly take: Sender = async (request) => {
    this.requests.push(request);
    if (this.instead) return this.instead();
    const lines = Buffer.from(request.body).toString().split('\n');
    if (!request.url.endsWith('/_bulk') || lines.pop() !== '' || lines.length % 2 !== 0) return json(400, {});
    const items = lines.flatMap((line, at) => (at % 2 === 0 ? [this.#index(line, lines[at + 1]!)] : []));
    return json(200, { took: 1, errors: items.some(({ index }) => index.status > 299), items });
  };

  #index(action: string, text: string) {
    const {
      _index: index,
      _id: id,
      _type: type,
    }: { _index: string; _id?: string; _type?: string } = JSON.parse(action).index;
    const document: unknown = JSON.parse(text);
    const status = this.refuses(document);
    if (status !== undefined) return { index: { _index: index, status, error: { type: 'refused_exception' } } };
    this.indexed.push({ index, id, type, document });
    return { index: { _index: index, _id: id ?? 'made', status: 201 } };
  }
}
