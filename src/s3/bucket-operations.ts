/** The operations on buckets and on many objects at once. */
import { listKeys } from './listing.ts';
import { document, empty, isoTime, quoted, type Call, type Operation } from './operation.ts';
import { contentOf, countIn } from './request.ts';
import { S3Error } from './s3-error.ts';
import { childrenOf, readXml, textIn, type XmlContent } from './xml.ts';

/** Keys of a page at the most, and of a request to delete many. */
const KEYS_MAX = 1000;

export const listBuckets: Operation = ({ store }) => {
  const Bucket = store.buckets.map(({ name, createdMs }) => ({ Name: name, CreationDate: isoTime(createdMs) }));
  return document('ListAllMyBucketsResult', { Owner: { ID: 'kinebench' }, Buckets: { Bucket } });
};

/** In us-east-1, where no configuration is sent, a bucket of one's own may be created again (F: CreateBucket). */
export const createBucket: Operation = ({ store, request, bucket }) => {
  if (!store.createBucket(bucket) && request.body.length > 0) throw new S3Error('BucketAlreadyOwnedByYou');
  return empty(200, { location: `/${bucket}` });
};

export const headBucket: Operation = ({ store, bucket }) => {
  store.bucket(bucket);
  return empty(200);
};

export const deleteBucket: Operation = ({ store, bucket }) => {
  store.deleteBucket(bucket);
  return empty(204);
};

/** There are no regions: what us-east-1 says, whatever the bucket was created with. */
export const getBucketLocation: Operation = ({ store, bucket }) => {
  store.bucket(bucket);
  return document('LocationConstraint', undefined);
};

export const listObjectsV2: Operation = (call) => {
  const { store, bucket, query } = call;
  const holder = store.bucket(bucket);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const page = listKeys(holder.keys, { ...wantedOf(query), after: token === null ? startAfter : keyOfToken(token) });
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

export const deleteObjects: Operation = ({ store, request, bucket }) => {
  const holder = store.bucket(bucket);
  const { body, checked } = contentOf(request);
  if (!checked) throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5');
  const root = readXml(body, 'Delete');
  const keys = childrenOf(root, 'Object').map((object) => textIn(object, 'Key'));
  if (keys.length === 0 || keys.length > KEYS_MAX) throw new S3Error('MalformedXML');
  for (const key of keys) holder.delete(key);
  const quiet = childrenOf(root, 'Quiet')[0]?.text === 'true';
  return document('DeleteResult', { Deleted: quiet ? [] : keys.map((Key) => ({ Key })) });
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
  return {
    Contents: page.keys.map((key) => {
      const { lastModifiedMs, etag, body } = holder.get(key)!;
      return {
        Key: written(query, key),
        LastModified: isoTime(lastModifiedMs),
        ETag: quoted(etag),
        Size: body.length,
        StorageClass: 'STANDARD',
      };
    }),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: written(query, prefix) })),
  };
}

/** A key as the answer has it: with percent signs where its client asks for that. */
function written(query: URLSearchParams, text: string): string {
  if (query.get('encoding-type') !== 'url') return text;
  return encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** Tokens say where to go on; whoever makes one up gets the page that it says. */
function tokenOf(key: string): string {
  return Buffer.from(`1 ${key}`).toString('base64');
}

function keyOfToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('1 ')) throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  return text.slice(2);
}
