/** What every operation of S3 is given and gives. */
import type { Random } from '../random.ts';
import type { S3Request, Subject } from './request.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectStore } from './store.ts';
import { xmlOf, type XmlContent } from './xml.ts';

/** A request with what it is about. */
export interface Call extends Subject {
  readonly store: ObjectStore;
  readonly request: S3Request;
  readonly random: Random;
}

/** An answer; that to HEAD has the body that GET would have, and whoever sends it leaves the body out. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An operation; throws an S3Error for what it refuses. */
export type Operation = (call: Call) => S3Answer;

/** Who has everything. */
export const OWNER = { ID: 'kinebench', DisplayName: 'kinebench' } as const;

const nothing = new Uint8Array();

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): S3Answer {
  return { status, headers, body: nothing };
}

/** An answer in XML. */
export function document(root: string, content: XmlContent): S3Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlOf(root, content) };
}

/** A key as the answer has it: with percent signs where its client asks for that. */
export function written(query: URLSearchParams, text: string): string {
  const encoding = query.get('encoding-type');
  if (encoding === null || encoding === '') return text;
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** A time as XML has it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** An entity tag as it is written. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}
