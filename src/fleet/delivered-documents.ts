/** The documents that a delivery stream put into the indices of a search cluster, shard by shard in the order of their sequence numbers. */
import type { ObjectOutcome } from '../wire/object-source.ts';
import { type FoundDocument, PAGE_DOCUMENTS, type SearchClient } from '../wire/search-client.ts';

/** Documents of one answer. */
export interface DocumentPage {
  /** `<index>/<shard>`. */
  readonly shard: string;
  readonly documents: readonly FoundDocument[];
}

/**
 * Everything that a search finds, answer by answer; ends with the first that is an error.
 * @param behind the sequence number that a shard is read from on, that one left out; -1 for all of it
 */
export async function* documentsIn(
  name: string,
  client: SearchClient,
  behind: (shard: string) => number = () => -1,
): AsyncGenerator<ObjectOutcome<DocumentPage>> {
  const indices = await client.indices(name);
  if (indices.kind === 'error') {
    yield indices;
    return;
  }
  for (const index of indices.value)
    for (let number = 0; number < index.shards; number += 1) {
      const shard = `${index.name}/${number}`;
      for (let last = behind(shard), full = true; full;) {
        const found = await client.behind(index.name, number, last);
        if (found.kind === 'error') {
          yield found;
          return;
        }
        const { value: documents } = found;
        last = documents.at(-1)?.seq ?? last;
        full = documents.length === PAGE_DOCUMENTS;
        yield { kind: 'ok', value: { shard, documents } };
      }
    }
}
