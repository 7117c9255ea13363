/**
 * S3 without sockets: a request in, an answer out, at once. What is not built is refused by name with NotImplemented, so that no
 * client believes to have been heard; and so is what looks as if its bucket stood in the name of a host that is not known to
 * have any. Signatures are not computed again: a request must have
 * one, in the header or the query, unless authentication is off. One of version 2 will do, since boto3 still makes addresses with it.
 */
import type { Random } from '../random.ts';
import * as buckets from './bucket-operations.ts';
import * as lists from './list-operations.ts';
import * as objects from './object-operations.ts';
import { empty, type Call, type Operation, type S3Answer } from './operation.ts';
import { assertPayload, headerIn, subjectOf, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectStore } from './store.ts';
import * as uploads from './upload-operations.ts';
import { xmlOf } from './xml.ts';

/** How requests are answered. */
export interface S3Options {
  readonly random: Random;
  /** Whether a request must be signed. */
  readonly signed: boolean;
}

/** The names in a query that are known. Operations are told apart by others, so a stranger is refused rather than passed over. */
const KNOWN = new Set(
  `AWSAccessKeyId Expires Signature continuation-token delete delimiter encoding-type fetch-owner key-marker list-type location
  marker max-buckets max-keys max-parts max-uploads part-number-marker partNumber prefix start-after upload-id-marker uploadId
  uploads x-id`.split(/\s+/),
);
const KNOWN_PREFIX = /^(?:response-|x-amz-)/i;
/** Headers that would have to be heard. */
const UNBUILT_HEADER =
  /^x-amz-(?:tagging|object-lock-|website-redirect|(?:copy-source-)?server-side-encryption-customer-|write-offset|if-match-)/;

/** What is asked of the service itself only where the bucket stands in the name of the host. */
const OF_BUCKETS = ['list-type', 'delimiter', 'delete', 'location', 'uploads', 'uploadId'];
/** Operations on an object, as the AWS SDK for JavaScript names them in the query. */
const ON_OBJECTS = /^(?:Get|Head|Put|Copy|Delete)Object$|Part|MultipartUpload$/;
const OTHER_STYLE =
  'The bucket seems to stand in the name of the host, which is known below localhost only: tell the client to use path style (forcePathStyle).';

/** A handler of requests to a store; it throws for a defect of its own only, and then the answer is `internalError`. */
export function s3Handler(store: ObjectStore, { random, signed }: S3Options): (request: S3Request) => S3Answer {
  return (request) => {
    const headers = { 'x-amz-request-id': hex(random) + hex(random), 'x-amz-id-2': hex(random), server: 'AmazonS3' };
    try {
      const answer = answerTo(store, request, random, signed);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return refusal(error, request, headers);
    }
  };
}

/** The answer where a handler threw. */
export function internalError(request: S3Request): S3Answer {
  return refusal(new S3Error('InternalError'), request, {});
}

/** The answer where the body of a request was not kept: it is too large (413), or there is no room for it now (503). */
export function unreadable(request: S3Request, status: 413 | 503): S3Answer {
  return refusal(new S3Error(status === 413 ? 'EntityTooLarge' : 'SlowDown'), request, {});
}

function answerTo(store: ObjectStore, request: S3Request, random: Random, signed: boolean): S3Answer {
  const subject = subjectOf(request);
  if (writes(request, subject.query)) store.assertWritable();
  if (signed && !isSigned(request, subject.query)) throw new S3Error('AccessDenied');
  const names = [...subject.query.keys()];
  const missing =
    names.find((name) => !KNOWN.has(name) && !KNOWN_PREFIX.test(name)) ??
    Object.keys(request.headers).find((name) => UNBUILT_HEADER.test(name));
  if (missing !== undefined) throw new S3Error('NotImplemented', `${missing} is not built in this reference yet.`);
  const call: Call = { ...subject, store, request, random };
  assertPathStyle(call);
  assertPayload(request);
  return operationOf(call)(call);
}

/** Throws an S3Error where a bucket would be taken for the service, or an object for a bucket. */
function assertPathStyle({ bucket, key, query, request }: Call): void {
  if (key !== '') return;
  const { method } = request;
  const strange =
    bucket === '' && (method === 'PUT' || method === 'DELETE' || OF_BUCKETS.some((name) => query.has(name)));
  if (strange || ON_OBJECTS.test(query.get('x-id') ?? '')) throw new S3Error('InvalidRequest', OTHER_STYLE);
}

function operationOf(call: Call): Operation {
  const { request, bucket, key } = call;
  const { method } = request;
  const found = bucket === '' ? ofService(method) : key === '' ? ofBucket(call, method) : ofObject(call, method);
  if (!found) throw new S3Error('MethodNotAllowed');
  return found;
}

function ofService(method: string): Operation | undefined {
  return method === 'GET' ? buckets.listBuckets : undefined;
}

function ofBucket({ query }: Call, method: string): Operation | undefined {
  if (method === 'PUT') return buckets.createBucket;
  if (method === 'HEAD') return buckets.headBucket;
  if (method === 'DELETE') return buckets.deleteBucket;
  if (method === 'POST') return query.has('delete') ? buckets.deleteObjects : undefined;
  if (method !== 'GET') return undefined;
  if (query.has('location')) return buckets.getBucketLocation;
  if (query.has('uploads')) return uploads.listUploads;
  const version = query.get('list-type');
  if (version !== null && version !== '2') throw new S3Error('InvalidArgument', 'Invalid List Type');
  return version === '2' ? lists.listObjectsV2 : lists.listObjects;
}

function ofObject({ query, request }: Call, method: string): Operation | undefined {
  const ofUpload = query.has('uploadId');
  if (query.has('partNumber') && !ofUpload) {
    throw new S3Error('NotImplemented', 'Parts of objects are not built in this reference yet.');
  }
  switch (method) {
    case 'PUT':
      if (ofUpload) return uploads.uploadPart;
      return headerIn(request, 'x-amz-copy-source') === undefined ? objects.putObject : objects.copyObject;
    case 'GET':
      return ofUpload ? uploads.listParts : objects.getObject;
    case 'HEAD':
      return objects.getObject;
    case 'DELETE':
      return ofUpload ? uploads.abortUpload : objects.deleteObject;
    case 'POST':
      if (ofUpload) return uploads.completeUpload;
      return query.has('uploads') ? uploads.createUpload : undefined;
    default:
      return undefined;
  }
}

/** Whether an object, a part or a bucket comes into being by it. */
function writes({ method }: S3Request, query: URLSearchParams): boolean {
  return method === 'PUT' || (method === 'POST' && !query.has('delete'));
}

function isSigned(request: S3Request, query: URLSearchParams): boolean {
  const header = headerIn(request, 'authorization');
  if (header !== undefined) return /^(?:AWS4-\S+ .*Credential=.*Signature=|AWS \S+:\S+$)/.test(header);
  if (query.has('X-Amz-Credential')) return query.has('X-Amz-Signature');
  return query.has('AWSAccessKeyId') && query.has('Signature') && query.has('Expires');
}

/** HEAD is refused without a body. */
function refusal({ code, message, status }: S3Error, request: S3Request, headers: Record<string, string>): S3Answer {
  if (request.method === 'HEAD') return empty(status, headers);
  const Resource = request.path.split('?', 1)[0];
  const RequestId = headers['x-amz-request-id'];
  const body = xmlOf('Error', { Code: code, Message: message, Resource, RequestId, HostId: headers['x-amz-id-2'] });
  return { status, headers: { ...headers, 'content-type': 'application/xml' }, body };
}

function hex(random: Random): string {
  return random.uint32().toString(16).padStart(8, '0').toUpperCase();
}
