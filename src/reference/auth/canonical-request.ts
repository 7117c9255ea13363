/**
 * The canonical request of Signature Version 4 (source: AWS General Reference, "Create a canonical request"): the same text
 * on both sides of the wire, or no signature matches. The common case, `POST /` with headers that need no tidying, costs a
 * look at each value and one concatenation; the rest may be slower.
 *
 * Two things are taken as they stand on the wire: the order of the signed headers, and a plus sign in a query (assumed).
 */
import type { EndpointRequest } from '../endpoint.ts';

/** A parameter of a query, decoded. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}

/** The headers that a signature covers: each, and all as they were written. */
export interface SignedHeaders {
  readonly headerNames: readonly string[];
  readonly signedHeaders: string;
}

type Headers = EndpointRequest['headers'];

/** A header's value; several lines of one name are joined by commas. HTTP/2 says `:authority` where HTTP/1.1 says `host`. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  if (name === 'host' && headers[':authority'] !== undefined) return headerOf(headers, ':authority');
  if (name === ':authority' && headers['host'] !== undefined) return headerOf(headers, 'host');
  return undefined;
}

type Line = Pick<EndpointRequest, 'method' | 'path' | 'headers'>;

/**
 * Canonical requests of one claim, but for the hash of the payload at their end. What they are made of repeats from request to
 * request, so the last one is kept: the same text, and not an equal one, for as long as nothing changes.
 */
export class CanonicalHeads {
  readonly #signed: SignedHeaders;
  readonly #values: string[] = [];
  #method = '';
  #path = '';
  #text = '';

  constructor(signed: SignedHeaders) {
    this.#signed = signed;
  }

  /** That of a request, whose path has the query; undefined where a signed header is missing. */
  of({ method, path, headers }: Line, query: readonly QueryParameter[]): string | undefined {
    const { headerNames, signedHeaders } = this.#signed;
    let same = method === this.#method && path === this.#path;
    for (let at = 0; at < headerNames.length; at += 1) {
      const value = headerOf(headers, headerNames[at]!);
      if (value === undefined) {
        this.#method = '';
        return undefined;
      }
      if (value === this.#values[at]) continue;
      this.#values[at] = value;
      same = false;
    }
    if (same) return this.#text;
    this.#method = method;
    this.#path = path;
    const lines = headerNames.map((name, at) => `${name}:${canonicalValue(this.#values[at]!)}\n`).join('');
    this.#text = `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n`;
    return this.#text;
  }
}

/**
 * The headers with the lines of one name joined by a bare comma, as a signer joins them: Node joins them by a comma and a
 * blank, which cannot be told from one line that holds both.
 */
export function distinctHeaders(headers: Headers, rawHeaders: readonly string[]): Headers {
  const lines: Record<string, string[]> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (Object.hasOwn(headers, name)) (lines[name] ??= []).push(canonicalValue(rawHeaders[at + 1]!));
  }
  return { ...headers, ...lines };
}

/** A value without blanks around it and with single ones inside. */
function canonicalValue(value: string): string {
  if (!value.includes('  ') && !value.includes('\t') && !value.startsWith(' ') && !value.endsWith(' ')) return value;
  return value.replaceAll(/[ \t]+/g, ' ').trim();
}

/** The path without dot segments and doubled slashes, encoded once more than on the wire (S3 alone leaves that out). */
function canonicalPath(path: string): string {
  if (path === '/') return path;
  const end = path.indexOf('?');
  const bare = end < 0 ? path : path.slice(0, end);
  const segments: string[] = [];
  for (const segment of bare.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return `${bare.startsWith('/') ? '/' : ''}${segments.join('/')}${segments.length > 0 && bare.endsWith('/') ? '/' : ''}`;
}

/** The parameters of a path's query, decoded; none where there is no query. */
export function queryOf(path: string): readonly QueryParameter[] {
  const start = path.indexOf('?');
  return start < 0 ? NO_QUERY : parseQuery(path.slice(start + 1));
}

const NO_QUERY: readonly QueryParameter[] = [];

function parseQuery(text: string): QueryParameter[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0
        ? { name: decode(part), value: '' }
        : { name: decode(part.slice(0, at)), value: decode(part.slice(at + 1)) };
    });
}

/** Encoded, then sorted by name and value; the signature does not sign itself. */
function canonicalQuery(query: readonly QueryParameter[]): string {
  if (query.length === 0) return '';
  return query
    .filter(({ name }) => name !== 'X-Amz-Signature')
    .map(({ name, value }) => [encode(name), encode(value)] as const)
    .sort(([aName, aValue], [bName, bValue]) => compare(aName, bName) || compare(aValue, bValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What is no encoding stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every byte but the unreserved characters of RFC 3986 as %XX. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
