/** Conditions of requests (RFC 9110, 13): whether an object is what its client believes it is. */
import type { StoredObject } from './bucket.ts';
import { headerIn, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

/** Whether a read is answered with 304; throws an S3Error where its condition does not hold. */
export function isUnmodified(request: S3Request, object: StoredObject): boolean {
  const match = headerIn(request, 'if-match');
  const noneMatch = headerIn(request, 'if-none-match');
  // Dates have seconds only.
  const modifiedMs = Math.floor(object.lastModifiedMs / 1000) * 1000;
  if (match !== undefined) {
    if (!names(match, object)) throw new S3Error('PreconditionFailed');
  } else if (modifiedMs > dateIn(request, 'if-unmodified-since')) throw new S3Error('PreconditionFailed');
  if (noneMatch !== undefined) return names(noneMatch, object);
  return modifiedMs <= dateIn(request, 'if-modified-since');
}

/** Throws an S3Error where a write is not to replace what is there, or is to replace what is not. */
export function assertMayWrite(request: S3Request, present: StoredObject | undefined): void {
  const match = headerIn(request, 'if-match');
  const noneMatch = headerIn(request, 'if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match of a write may be * only.');
  }
  if (noneMatch !== undefined && present) throw new S3Error('PreconditionFailed');
  if (match === undefined) return;
  if (!present) throw new S3Error('NoSuchKey');
  if (!names(match, present)) throw new S3Error('PreconditionFailed');
}

function names(list: string, { etag }: StoredObject): boolean {
  return list.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^"|"$/g, '') === etag);
}

/** NaN, with which nothing compares, where there is none that can be read. */
function dateIn(request: S3Request, name: string): number {
  return Date.parse(headerIn(request, name) ?? '');
}
