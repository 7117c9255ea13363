/**
 * Where texts begin and end that Data Firehose put one behind the other: an object of JSON ends with its brace, any other text with its line.
 */
import type { DeliveredForm } from '../scenario/delivered-form.ts';
import { sealedLength } from './text-tag.ts';

/** A piece of an object that is a record, by its place in it. */
export interface DeliveredText {
  readonly at: number;
  readonly data: Buffer;
}

const FEED = 0x0a;
const QUOTE = 0x22;
const ESCAPE = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The texts of an object, and how many line feeds stand where nobody put one or are missing where one belongs.
 * @param mark begins the tag of each record: what a function left as it was may have no end of its own, and an object of JSON right behind it
 */
export function textsIn(
  body: Buffer,
  feeds: DeliveredForm['feeds'],
  mark: string,
): { readonly texts: DeliveredText[]; readonly strays: number } {
  const texts: DeliveredText[] = [];
  let strays = 0;
  for (let at = 0; at < body.length;) {
    if (body[at] === FEED) {
      if (feeds !== 'any') strays += 1;
      at += 1;
      continue;
    }
    let end = body[at] === OPEN ? objectEnd(body, at) : lineEnd(body, at);
    if (feeds === 'any' && body[at] !== OPEN) end = at + unendedLength(body.subarray(at, end), mark);
    if ((feeds === 'own' || feeds === 'both') && body[end] === FEED) end += 1;
    texts.push({ at, data: body.subarray(at, end) });
    at = end;
    if (feeds !== 'after' && feeds !== 'both') continue;
    if (body[at] === FEED) at += 1;
    else strays += 1;
  }
  return { texts, strays };
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf(FEED, from);
  return end < 0 ? body.length : end;
}

/** Behind the brace that closes the one that stands here; the end of all where it is not closed. */
function objectEnd(body: Buffer, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (quoted) {
      if (byte === ESCAPE) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN) depth += 1;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return body.length;
}

/** Bytes of the first record of a line with several tags: as many as its checksum is of; if of none, up to an object of JSON that has a tag. */
function unendedLength(line: Buffer, mark: string): number {
  const first = line.indexOf(mark, 0, 'latin1');
  if (first < 0 || line.indexOf(mark, first + 1, 'latin1') < 0) return line.length;
  const open = line.indexOf('{"', first, 'latin1');
  return sealedLength(line, mark) ?? (open < 0 || line.indexOf(mark, open, 'latin1') < 0 ? line.length : open);
}
