/** The lists of objects, in both versions. */
import { afterToken, listKeys, tokenOf } from './listing.ts';
import { document, isoTime, OWNER, quoted, written, type Call, type Operation } from './operation.ts';
import { countIn } from './request.ts';
import type { XmlContent } from './xml.ts';

/** Keys and prefixes of a page at the most. */
const KEYS_MAX = 1000;

export const listObjectsV2: Operation = (call) => {
  const { store, bucket, query } = call;
  const holder = store.bucket(bucket);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const page = listKeys(holder.keys, { ...wantedOf(query), after: afterToken(query) ?? startAfter });
  return document('ListBucketResult', {
    ...headOf(call),
    ...(startAfter !== '' && { StartAfter: written(query, startAfter) }),
    ...(token !== null && { ContinuationToken: token }),
    KeyCount: page.keys.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    NextContinuationToken: page.next === undefined ? undefined : tokenOf(page.next),
    ...entriesOf(call, page),
  });
};

/** The first version, with markers. NextMarker is given with a delimiter only, as AWS does it: else the last key is the marker. */
export const listObjects: Operation = (call) => {
  const { store, bucket, query } = call;
  const after = query.get('marker') ?? '';
  const page = listKeys(store.bucket(bucket).keys, { ...wantedOf(query), after });
  const named = page.next !== undefined && (query.get('delimiter') ?? '') !== '';
  return document('ListBucketResult', {
    ...headOf(call),
    Marker: written(query, after),
    IsTruncated: page.next !== undefined,
    NextMarker: named ? written(query, page.next) : undefined,
    ...entriesOf(call, page),
  });
};

function wantedOf(query: URLSearchParams): { prefix: string; delimiter: string; max: number } {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    max: countIn(query, 'max-keys', KEYS_MAX),
  };
}

function headOf({ bucket, query }: Call): Record<string, XmlContent> {
  const { prefix, delimiter, max } = wantedOf(query);
  return {
    Name: bucket,
    Prefix: written(query, prefix),
    ...(delimiter !== '' && { Delimiter: written(query, delimiter) }),
    MaxKeys: max,
    ...(query.get('encoding-type') === 'url' && { EncodingType: 'url' }),
  };
}

function entriesOf({ store, bucket, query }: Call, page: { keys: readonly string[]; prefixes: readonly string[] }) {
  const holder = store.bucket(bucket);
  const withOwner = query.get('list-type') !== '2' || query.get('fetch-owner') === 'true';
  return {
    Contents: page.keys.map((key) => {
      const { lastModifiedMs, etag, body } = holder.get(key)!;
      return {
        Key: written(query, key),
        LastModified: isoTime(lastModifiedMs),
        ETag: quoted(etag),
        Size: body.length,
        ...(withOwner && { Owner: OWNER }),
        StorageClass: 'STANDARD',
      };
    }),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: written(query, prefix) })),
  };
}
