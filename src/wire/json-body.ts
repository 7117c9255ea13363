/**
 * Bodies of `application/x-amz-json-1.1`. Written by hand for one reason: data of records are base64 that goes straight into
 * the request, where `JSON.stringify` would make, escape, join and copy a text of it. Everything else is as JSON.stringify
 * writes it: members that are undefined are left out.
 */
import type { BodyBuffer } from './body-buffer.ts';

/** Up to this length a text is copied character by character, which is cheaper than a call out of JavaScript. */
const SHORT = 48;
/** A text that stands in JSON as it is, a byte a character. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Bytes of a number or word, at the most. */
const WORD_BYTES = 32;

/** Appends a value; bytes become base64 text. */
export function writeJson(into: BodyBuffer, value: unknown): void {
  if (typeof value === 'string') writeText(into, value);
  else if (value instanceof Uint8Array) writeBytes(into, value);
  else if (Array.isArray(value)) writeList(into, value);
  else if (typeof value === 'object' && value !== null) writeStructure(into, value as Record<string, unknown>);
  else writeWord(into, JSON.stringify(value) ?? 'null');
}

function writeStructure(into: BodyBuffer, members: Readonly<Record<string, unknown>>): void {
  let before = 0x7b;
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (member === undefined) continue;
    into.reserve(1);
    into.bytes[into.at++] = before;
    before = COMMA;
    writeText(into, name);
    into.reserve(1);
    into.bytes[into.at++] = 0x3a;
    writeJson(into, member);
  }
  into.reserve(2);
  if (before !== COMMA) into.bytes[into.at++] = before;
  into.bytes[into.at++] = 0x7d;
}

function writeList(into: BodyBuffer, entries: readonly unknown[]): void {
  let before = 0x5b;
  for (const entry of entries) {
    into.reserve(1);
    into.bytes[into.at++] = before;
    before = COMMA;
    writeJson(into, entry);
  }
  into.reserve(2);
  if (before !== COMMA) into.bytes[into.at++] = before;
  into.bytes[into.at++] = 0x5d;
}

function writeText(into: BodyBuffer, text: string): void {
  if (text.length <= SHORT ? writePlain(into, text) : PLAIN.test(text) && writeLong(into, text)) return;
  const quoted = JSON.stringify(text);
  into.reserve(quoted.length * 3);
  into.at += into.bytes.write(quoted, into.at);
}

/** Whether the text needed no escape and no second byte, and is written. */
function writePlain(into: BodyBuffer, text: string): boolean {
  into.reserve(text.length + 2);
  const { bytes } = into;
  let { at } = into;
  bytes[at++] = QUOTE;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  into.at = at;
  return true;
}

/** A text that needs no escape and no second byte, such as base64: half the cost of `JSON.stringify` by a megabyte. */
function writeLong(into: BodyBuffer, text: string): true {
  into.reserve(text.length + 2);
  into.bytes[into.at++] = QUOTE;
  into.at += into.bytes.write(text, into.at, 'latin1');
  into.bytes[into.at++] = QUOTE;
  return true;
}

function writeBytes(into: BodyBuffer, bytes: Uint8Array): void {
  writeLong(into, asBuffer(bytes).toString('base64'));
}

function writeWord(into: BodyBuffer, word: string): void {
  into.reserve(WORD_BYTES);
  into.at += into.bytes.write(word, into.at, 'latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The value of a body; undefined when it is not JSON. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
