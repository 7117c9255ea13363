/**
 * A search cluster as a destination: which index, how often a new one begins, which cluster, and which records can be documents. A
 * document is an object in JSON, and a cluster may write it anew: what comes back is compared as it is written from its values,
 * which is what templates of `json:` are, and no text of another's making.
 */
import type { Cursor } from './cursor.ts';
import { type DeliveryDestination, type DeliveryPlan, rotations, type SearchPlan } from './delivery-plan.ts';
import type { ProduceFleet } from './plan.ts';

/** The model takes 80 characters; the prefix of a run has 19, and the time behind has 14 at the most. */
const INDEX_CHARACTERS_MAX = 40;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** What only search clusters have; a fault where another destination is told it. */
export function resolveSearch(at: Cursor, destination: DeliveryDestination): { readonly search?: SearchPlan } {
  const keys = ['index', 'rotation', 'cluster'] as const;
  if (destination !== 'opensearch') {
    for (const key of keys)
      if (at.at(key).present)
        at.at(key).faultAtKey(`${destination} has no ${key}`, 'take it away, or destination: opensearch');
    return {};
  }
  const index = at.at('index').text() ?? at.name;
  if (!/^[a-z][a-z0-9_-]*$/.test(index) || index.length > INDEX_CHARACTERS_MAX)
    at.at('index').fault(
      `no index is called ${index} here`,
      `small letters, digits, _ and -, a letter first, ${INDEX_CHARACTERS_MAX} at the most`,
    );
  const rotation = at.at('rotation').word(rotations, 'day');
  const cluster = resolveCluster(at.at('cluster'));
  return { search: { index, rotation, ...(cluster !== undefined && { cluster }) } };
}

function resolveCluster(at: Cursor): string | undefined {
  const text = at.text();
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && `${url.origin}/` === url.href;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!bare || !safe) {
    at.fault(
      `${text} is not where a cluster is asked`,
      'https://host, or http on the loopback of this machine, with no path and no password',
    );
    return undefined;
  }
  return url.origin;
}

/** Faults for delivery streams that write into one index. */
export function checkIndices(root: Cursor, deliveries: readonly DeliveryPlan[]): void {
  const owners = new Map<string, string>();
  for (const { alias, search } of deliveries) {
    if (!search) continue;
    const { cluster = '', index } = search;
    const place = `${cluster} ${index}`;
    const owner = owners.get(place);
    if (owner !== undefined)
      root
        .at('delivery')
        .at(alias)
        .faultAtKey(`${owner} writes into the index ${index} too`, 'an index of its own for each');
    owners.set(place, alias);
  }
}

/** Faults for records that are no documents. */
export function checkDocuments(root: Cursor, { alias, processing }: DeliveryPlan, fed: readonly ProduceFleet[]): void {
  const wrong = fed.find(({ data }) => {
    if (data.kind === 'text') return !processing?.lambda;
    return data.kind !== 'json' || typeof data.template !== 'object' || Array.isArray(data.template);
  });
  if (!wrong) return;
  const at = root.at('fleets').at(wrong.name);
  at.faultAtKey(
    `${alias} delivers documents, and what ${wrong.name} puts is no object in JSON`,
    "record: { data: { json: { id: '{id}' } } }, or text: with a function that makes objects of it",
  );
}
