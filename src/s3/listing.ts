/** One page of the keys of a bucket, rolled up at a delimiter. Keys stand in the order of their bytes, and so do pages. */
import { S3Error } from './s3-error.ts';

/** What is asked for. */
export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only what comes after this key; where it is a rolled-up prefix, after all that it stands for. */
  readonly after: string;
  /** Keys and prefixes together. */
  readonly max: number;
}

/** A page. */
export interface Listing {
  readonly keys: readonly string[];
  /** Rolled up: each ends with the delimiter. */
  readonly prefixes: readonly string[];
  /** The last key or prefix, where more follow. */
  readonly next: string | undefined;
}

/** Takes a page from sorted keys. */
export function listKeys(sorted: readonly string[], { prefix, delimiter, after, max }: ListingQuery): Listing {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (let index = firstIndex(sorted, prefix, after); index < sorted.length; index += 1) {
    const key = sorted[index]!;
    if (!key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (entry === after || (cut >= 0 && entry === prefixes.at(-1))) continue;
    if (keys.length + prefixes.length >= max) return { keys, prefixes, next: max === 0 ? undefined : last };
    (cut < 0 ? keys : prefixes).push(entry);
    last = entry;
  }
  return { keys, prefixes, next: undefined };
}

/** The first key that may be on the page, by halving: both what has the prefix and what comes after a key stand together. */
function firstIndex(sorted: readonly string[], prefix: string, after: string): number {
  const prefixBytes = Buffer.from(prefix);
  const afterBytes = Buffer.from(after);
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = Buffer.from(sorted[middle]!);
    const before = Buffer.compare(key, prefixBytes) < 0 || (after !== '' && Buffer.compare(key, afterBytes) <= 0);
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A token that says where to go on; whoever makes one up, or brings it to another list, gets the page that it says. */
export function tokenOf(key: string): string {
  return Buffer.from(`1 ${key}`).toString('base64');
}

/** The key of the token that a query has; undefined where it has none. Throws an S3Error for what is no token. */
export function afterToken(query: URLSearchParams): string | undefined {
  const token = query.get('continuation-token');
  if (token === null) return undefined;
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('1 ')) throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  return text.slice(2);
}
