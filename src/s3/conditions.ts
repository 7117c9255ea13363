/** Conditions of requests (RFC 9110, 13): whether an object is what its client believes it is. */
import type { StoredObject } from './bucket.ts';
import { headerIn, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

/**
 * Whether a read is answered with 304; throws an S3Error where its condition does not hold. The headers of the source of a copy have
 * a prefix.
 */
export function isUnmodified(request: S3Request, object: StoredObject, prefix = ''): boolean {
  const match = headerIn(request, `${prefix}if-match`);
  const noneMatch = headerIn(request, `${prefix}if-none-match`);
  // Dates have seconds only.
  const modifiedMs = Math.floor(object.lastModifiedMs / 1000) * 1000;
  if (match !== undefined) {
    if (!names(match, object)) throw new S3Error('PreconditionFailed');
  } else if (modifiedMs > dateIn(request, `${prefix}if-unmodified-since`)) throw new S3Error('PreconditionFailed');
  if (noneMatch !== undefined) return names(noneMatch, object);
  return modifiedMs <= dateIn(request, `${prefix}if-modified-since`);
}

/** Whether a range is asked of the object as it is: of another one its client wants all (RFC 9110, 13.1.5). */
export function mayRange(request: S3Request, { etag, lastModifiedMs }: StoredObject): boolean {
  const asked = headerIn(request, 'if-range');
  if (asked === undefined) return true;
  return asked.includes('"')
    ? asked === `"${etag}"`
    : Math.floor(lastModifiedMs / 1000) * 1000 === dateIn(request, 'if-range');
}

/** Throws an S3Error where a write or a deletion is not to touch what is there, or is to touch what is not. */
export function assertMayWrite(request: S3Request, present: StoredObject | undefined): void {
  const match = headerIn(request, 'if-match');
  const noneMatch = headerIn(request, 'if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match of a write may be * only.');
  }
  if (noneMatch !== undefined && present) throw new S3Error('PreconditionFailed');
  assertTagged(match, present);
}

/** Throws an S3Error unless an object is there and has the entity tag that was given, if one was. */
export function assertTagged(match: string | undefined, present: StoredObject | undefined): void {
  if (match === undefined) return;
  if (!present) throw new S3Error('NoSuchKey');
  if (!names(match, present)) throw new S3Error('PreconditionFailed');
}

function names(list: string, { etag }: StoredObject): boolean {
  return list.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^(?:W\/)?"|"$/g, '') === etag);
}

/** NaN, with which nothing compares, where there is none that can be read. */
function dateIn(request: S3Request, name: string): number {
  return Date.parse(headerIn(request, name) ?? '');
}
