/** A request of the S3 protocol, taken apart: whose bucket and key, and the body out of its frames and held against its checksums. */
import { createHash } from 'node:crypto';
import { unframe } from './aws-chunked.ts';
import { md5 } from './bucket.ts';
import { checksumIn, type Checksum } from './checksum.ts';
import { S3Error } from './s3-error.ts';

/** A request, whatever carried it. */
export interface S3Request {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What it is about. */
export interface Subject {
  /** Empty: the service itself. */
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** A body as its client meant it. */
export interface Content {
  readonly body: Uint8Array;
  readonly checksum: Checksum | undefined;
  /** Whether the client sent a checksum of any kind. */
  readonly checked: boolean;
}

/** The headers that are kept with an object and answered with it, beside those of its client's own. */
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const;

/** Hosts that have a bucket (three characters and more) in front: below `localhost`, as SDKs make them of that name, and below any `s3.`. */
const BUCKET_HOST = /^([a-z0-9][a-z0-9.-]+?[a-z0-9])\.(?:s3[.-][a-z0-9.-]+|localhost)(?::\d+)?$/;

/** Bucket, key and query of a request; throws an S3Error where they cannot be decoded. */
export function subjectOf({ path, headers }: S3Request): Subject {
  const mark = path.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1));
  const place = unescapedBytes(mark < 0 ? path : path.slice(0, mark));
  const host = String(headers[':authority'] ?? headers['host'] ?? '').toLowerCase();
  const bucket = BUCKET_HOST.exec(host)?.[1];
  if (bucket !== undefined) return { bucket, key: decoded(place.slice(1)), query };
  const slash = place.indexOf('/', 1);
  return {
    bucket: decoded(slash < 0 ? place.slice(1) : place.slice(1, slash)),
    key: slash < 0 ? '' : decoded(place.slice(slash + 1)),
    query,
  };
}

/** Bytes that no client should send without a percent sign, and curl does: they are UTF-8. */
function unescapedBytes(place: string): string {
  return place.replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString());
}

/** A value that is written with percent signs; throws an S3Error where it is broken. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

/** The one value of a header. */
export function headerIn({ headers }: S3Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Throws an S3Error unless the body is what was signed, where its hash was. */
export function assertPayload(request: S3Request): void {
  const said = headerIn(request, 'x-amz-content-sha256');
  if (said === undefined || said === 'UNSIGNED-PAYLOAD' || said.startsWith('STREAMING-')) return;
  if (!/^[\da-f]{64}$/i.test(said)) {
    const message =
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.';
    throw new S3Error('InvalidArgument', message);
  }
  const right = createHash('sha256').update(request.body).digest('hex');
  if (right !== said.toLowerCase()) throw new S3Error('XAmzContentSHA256Mismatch');
}

/** The body, checked; throws an S3Error where it is not what its client says. */
export function contentOf(request: S3Request): Content {
  const framed =
    headerIn(request, 'x-amz-content-sha256')?.startsWith('STREAMING-') === true ||
    encodings(request).includes('aws-chunked');
  const { body, trailers } = framed
    ? unframe(request.body, headerIn(request, 'x-amz-decoded-content-length'))
    : { body: request.body, trailers: {} };
  for (const name of listed(headerIn(request, 'x-amz-trailer'))) {
    if (!Object.hasOwn(trailers, name.toLowerCase())) throw new S3Error('MalformedTrailerError');
  }
  const digest = headerIn(request, 'content-md5');
  if (digest !== undefined) {
    const bytes = Buffer.from(digest, 'base64');
    if (bytes.length !== 16) throw new S3Error('InvalidDigest');
    if (!bytes.equals(md5(body))) throw new S3Error('BadDigest');
  }
  const checksum = checksumIn({ ...request.headers, ...trailers }, body);
  return { body, checksum, checked: digest !== undefined || checksum !== undefined };
}

/** What is kept of the headers with an object. */
export function keptHeaders(request: S3Request): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of KEPT) {
    const value = headerIn(request, name);
    if (value !== undefined) kept[name] = value;
  }
  const encoding = encodings(request).filter((one) => one !== 'aws-chunked');
  delete kept['content-encoding'];
  if (encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('x-amz-meta-') && typeof value === 'string') kept[name] = value;
  }
  return kept;
}

function encodings(request: S3Request): string[] {
  return listed(headerIn(request, 'content-encoding'));
}

/** What a header lists with commas. */
function listed(text = ''): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** An integer of the query, between 0 and `max`; larger ones count as `max`. */
export function countIn(query: URLSearchParams, name: string, max: number, otherwise = max): number {
  const text = query.get(name);
  if (text === null || text === '') return otherwise;
  if (!/^\d{1,10}$/.test(text))
    throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`);
  return Math.min(max, Number(text));
}
