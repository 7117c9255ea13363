/**
 * Records that hold several: JSON objects one behind the other, or texts with a delimiter between (source: the developer guide,
 * aggregated data). What cannot be taken apart, or holds more than 500, goes on as it is (observed of more than 500).
 */

/** How records are taken apart. */
export type Deaggregation = { readonly type: 'JSON' } | { readonly type: 'DELIMITED'; readonly delimiter: Buffer };

/** Records in one at the most (source: the developer guide). */
const RECORDS_MAX = 500;

/** The records in one. That those between delimiters go without them, and empty ones are left out, is assumed. */
export function takeApart(data: Uint8Array, how: Deaggregation): readonly Uint8Array[] {
  const whole = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const parts = how.type === 'JSON' ? objectsIn(whole) : between(whole, how.delimiter);
  return parts && parts.length > 0 && parts.length <= RECORDS_MAX ? parts : [data];
}

function between(whole: Buffer, delimiter: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at <= whole.length;) {
    const found = whole.indexOf(delimiter, at);
    const end = found === -1 ? whole.length : found;
    if (end > at) parts.push(whole.subarray(at, end));
    at = end + delimiter.length;
  }
  return parts;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * JSON objects one behind the other, with nothing but white space between; undefined where there is something else. Only braces and
 * texts are looked at: whether each is JSON shows when it is read.
 */
export function objectsIn(whole: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < whole.length; at += 1) {
    const byte = whole[at]!;
    if (byte === QUOTE && depth > 0) at = endOfText(whole, at);
    else if (byte === OPENING) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (byte === CLOSING && depth > 0) {
      depth -= 1;
      if (depth === 0) parts.push(whole.subarray(start, at + 1));
    } else if (depth === 0 && !isSpace(byte)) return undefined;
  }
  return depth === 0 ? parts : undefined;
}

/** Where a text ends that begins here. */
function endOfText(whole: Buffer, from: number): number {
  let at = from + 1;
  while (at < whole.length && whole[at] !== QUOTE) at += whole[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
