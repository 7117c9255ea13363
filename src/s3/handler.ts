/**
 * S3 without sockets: a request in, an answer out, at once. Path style only (`/bucket/key`). What is not built is refused by name
 * with NotImplemented, so that no client believes to have been heard. Signatures are not computed again: a request must have
 * one of version 4, in the header or the query, unless authentication is off.
 */
import type { Random } from '../random.ts';
import * as buckets from './bucket-operations.ts';
import * as objects from './object-operations.ts';
import { empty, type Call, type Operation, type S3Answer } from './operation.ts';
import { headerIn, subjectOf, type S3Request } from './request.ts';
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

/** Parts of the protocol that are told by a name in the query, and are not built. */
const unbuilt = new Set(
  `accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics
  notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication requestPayment
  restore retention select tagging torrent versionId versioning versions website`.split(/\s+/),
);
/** The same by a header. */
const UNBUILT_HEADER = /^x-amz-(?:tagging|object-lock-|website-redirect|server-side-encryption-customer-|write-offset)/;

/** A handler of requests to a store; never throws for what a client sends. */
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

function answerTo(store: ObjectStore, request: S3Request, random: Random, signed: boolean): S3Answer {
  store.assertAvailable();
  const subject = subjectOf(request.path);
  if (signed && !isSigned(request, subject.query)) throw new S3Error('AccessDenied');
  const names = [...subject.query.keys()];
  const missing =
    names.find((name) => unbuilt.has(name)) ?? Object.keys(request.headers).find((name) => UNBUILT_HEADER.test(name));
  if (missing !== undefined) throw new S3Error('NotImplemented', `${missing} is not built in this reference yet.`);
  const call: Call = { ...subject, store, request, random };
  return operationOf(call)(call);
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
  return query.get('list-type') === '2' ? buckets.listObjectsV2 : buckets.listObjects;
}

function ofObject({ query, request }: Call, method: string): Operation | undefined {
  const ofUpload = query.has('uploadId');
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

function isSigned(request: S3Request, query: URLSearchParams): boolean {
  const header = headerIn(request, 'authorization');
  if (header === undefined) return query.has('X-Amz-Credential') && query.has('X-Amz-Signature');
  return /^AWS4-\S+ .*Credential=.*Signature=/.test(header);
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
