/** The operations on one object: put, copy, get, head, delete. */
import type { StoredObject } from './bucket.ts';
import { assertMayWrite, isUnmodified, mayRange } from './conditions.ts';
import { document, empty, isoTime, quoted, type Call, type Operation } from './operation.ts';
import { contentOf, decoded, headerIn, keptHeaders } from './request.ts';
import { S3Error } from './s3-error.ts';

/** What a presigned address may say of the answer's headers. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const;

const COPY_TO_ITSELF =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

export const putObject: Operation = ({ store, request, bucket, key }) => {
  const holder = store.bucket(bucket);
  assertMayWrite(request, holder.get(key));
  const { body, checksum } = contentOf(request);
  const object = holder.put(key, { body, checksum, headers: keptHeaders(request) }, store.nowMs);
  return empty(200, { etag: quoted(object.etag), ...(checksum && { [checksum.header]: checksum.value }) });
};

export const copyObject: Operation = ({ store, request, bucket, key }) => {
  const holder = store.bucket(bucket);
  const named = headerIn(request, 'x-amz-copy-source') ?? '';
  if (named.includes('?')) throw new S3Error('NotImplemented', 'Versions are not built in this reference yet.');
  const source = decoded(named).replace(/^\//, '');
  const slash = source.indexOf('/');
  if (slash < 1) throw new S3Error('InvalidArgument', 'Invalid copy source object key');
  const object = store.bucket(source.slice(0, slash)).get(source.slice(slash + 1));
  if (!object) throw new S3Error('NoSuchKey');
  if (isUnmodified(request, object, 'x-amz-copy-source-')) throw new S3Error('PreconditionFailed');
  assertMayWrite(request, holder.get(key));
  const { body, checksum } = object;
  const directive = headerIn(request, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw new S3Error('InvalidArgument', 'Unknown metadata directive.');
  }
  const replaces = directive === 'REPLACE';
  if (!replaces && object === holder.get(key)) throw new S3Error('InvalidRequest', COPY_TO_ITSELF);
  const headers = replaces ? keptHeaders(request) : object.headers;
  const made = holder.put(key, { body, checksum, headers }, store.nowMs);
  return document('CopyObjectResult', { ETag: quoted(made.etag), LastModified: isoTime(made.lastModifiedMs) });
};

/** GET and HEAD. */
export const getObject: Operation = (call) => {
  const { store, request, bucket, key } = call;
  const object = store.bucket(bucket).get(key);
  if (!object) throw new S3Error('NoSuchKey');
  const headers: Record<string, string> = {
    etag: quoted(object.etag),
    'last-modified': httpTime(object.lastModifiedMs),
  };
  if (isUnmodified(request, object)) return empty(304, headers);
  Object.assign(headers, object.headers, overrides(call), { 'accept-ranges': 'bytes' });
  const range = mayRange(request, object) ? rangeOf(headerIn(request, 'range'), object) : undefined;
  if (range) {
    headers['content-range'] = `bytes ${range.from}-${range.to - 1}/${object.body.length}`;
    return { status: 206, headers, body: object.body.subarray(range.from, range.to) };
  }
  const { checksum } = object;
  if (checksum && headerIn(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') {
    headers[checksum.header] = checksum.value;
    headers['x-amz-checksum-type'] = 'FULL_OBJECT';
  }
  return { status: 200, headers, body: object.body };
};

/** That one which is not there fails under If-Match as a write does is assumed. */
export const deleteObject: Operation = ({ store, request, bucket, key }) => {
  const holder = store.bucket(bucket);
  assertMayWrite(request, holder.get(key));
  holder.delete(key);
  return empty(204);
};

function overrides({ query }: Call): Record<string, string> {
  const said: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw new S3Error('InvalidArgument');
    said[name] = value;
  }
  return said;
}

/** The bytes asked for; undefined for all of them. What cannot be read as one range is passed over, as RFC 9110 allows. */
function rangeOf(text: string | undefined, { body }: StoredObject): { from: number; to: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  const from = first === '' ? Math.max(0, body.length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? body.length : Math.min(body.length, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (from >= body.length) throw new S3Error('InvalidRange');
  return { from, to };
}

function httpTime(ms: number): string {
  return new Date(ms).toUTCString();
}
