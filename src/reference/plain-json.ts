/**
 * Reads the JSON of large bodies, where their text is plain: ASCII without escapes, control characters or line breaks. What
 * makes such a body large is base64, and `JSON.parse` has to be given all of it as one text: for 500 records of 1 KiB a
 * string of 700 kB that lives for a millisecond, in memory that is new each time and is only given back by a full collection.
 * Here each value becomes a text by itself. Whatever is not plain, or not JSON, is left to `JSON.parse`: this reader never
 * refuses, it gives up.
 */
import { isAscii } from 'node:buffer';

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const STRUCTURE = 0x7b;
const STRUCTURE_END = 0x7d;

/** Lists and structures within each other at the most; no request has more than five. */
const DEPTH_MAX = 16;
/** Values of a body at the most: one of 500 records has 2,000. */
const VALUES_MAX = 20_000;
/** Names of members that are remembered, so that each is made once. */
const NAMES = 64;
/** A text is searched for its end by hand up to here; a native search has its price. */
const SHORT_BYTES = 32;

/** Bit 6 of the four bytes of a word. */
const BIT_6 = 0x40404040;

/** Where a reader gives up. */
const notPlain = Symbol('not plain');

const names: string[] = Array.from({ length: NAMES }, () => '');

/** The value of a body of plain JSON; undefined where it is not plain or not JSON. */
export function readPlainJson(bytes: Buffer): unknown {
  if (!isAscii(bytes) || bytes.includes(BACKSLASH) || hasControl(bytes)) return undefined;
  const reader = new PlainReader(bytes);
  try {
    return reader.whole();
  } catch (thrown) {
    if (thrown === notPlain) return undefined;
    throw thrown;
  }
}

/**
 * Whether a byte is below the blank, where none is above 0x7f: one that is not has bit 5 or bit 6. Sixteen bytes at a time,
 * since every byte of a body goes through here.
 */
function hasControl(bytes: Buffer): boolean {
  const before = Math.min(bytes.length, -bytes.byteOffset & 3);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + before, ((bytes.length - before) >>> 4) * 4);
  let bits = BIT_6;
  for (let at = 0; at < words.length; at += 4) {
    const first = words[at]!;
    const second = words[at + 1]!;
    const third = words[at + 2]!;
    const fourth = words[at + 3]!;
    bits &= (first | (first << 1)) & (second | (second << 1)) & (third | (third << 1)) & (fourth | (fourth << 1));
  }
  if (bits !== BIT_6) return true;
  for (let at = 0; at < before; at += 1) if (bytes[at]! < BLANK) return true;
  for (let at = before + words.byteLength; at < bytes.length; at += 1) if (bytes[at]! < BLANK) return true;
  return false;
}

class PlainReader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  whole(): unknown {
    const value = this.#value();
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) throw notPlain;
    return value;
  }

  #skipBlanks(): number {
    while (this.#bytes[this.#at] === BLANK) this.#at += 1;
    return this.#bytes[this.#at] ?? -1;
  }

  #value(): unknown {
    this.#values += 1;
    if (this.#values > VALUES_MAX || this.#depth > DEPTH_MAX) throw notPlain;
    const sign = this.#skipBlanks();
    if (sign === QUOTE) {
      const end = this.#textEnd();
      const text = this.#bytes.toString('latin1', this.#at + 1, end);
      this.#at = end + 1;
      return text;
    }
    if (sign === STRUCTURE) return this.#structure();
    if (sign === LIST) return this.#list();
    return this.#scalar();
  }

  /** Where the text that begins here ends: at its other quote. */
  #textEnd(): number {
    const bytes = this.#bytes;
    const from = this.#at + 1;
    const near = Math.min(from + SHORT_BYTES, bytes.length);
    for (let at = from; at < near; at += 1) if (bytes[at] === QUOTE) return at;
    const end = bytes.indexOf(QUOTE, near);
    if (end === -1) throw notPlain;
    return end;
  }

  #structure(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (let more = this.#enter(STRUCTURE_END); more; more = this.#next(STRUCTURE_END)) {
      if (this.#skipBlanks() !== QUOTE) throw notPlain;
      const name = this.#name();
      if (this.#skipBlanks() !== COLON) throw notPlain;
      this.#at += 1;
      members[name] = this.#value();
    }
    return members;
  }

  #list(): unknown[] {
    const values: unknown[] = [];
    for (let more = this.#enter(LIST_END); more; more = this.#next(LIST_END)) values.push(this.#value());
    return values;
  }

  /** Begins a list or structure; false where it is empty. */
  #enter(end: number): boolean {
    this.#at += 1;
    this.#depth += 1;
    return this.#skipBlanks() === end ? this.#leave() : true;
  }

  /** Whether another value follows in a list or structure. */
  #next(end: number): boolean {
    const sign = this.#skipBlanks();
    if (sign === end) return this.#leave();
    if (sign !== COMMA) throw notPlain;
    this.#at += 1;
    return true;
  }

  #leave(): false {
    this.#at += 1;
    this.#depth -= 1;
    return false;
  }

  /** The name of a member. */
  #name(): string {
    const from = this.#at + 1;
    const end = this.#textEnd();
    this.#at = end + 1;
    const bytes = this.#bytes;
    const place = (bytes[from]! * 7 + bytes[end - 1]! + (end - from) * 3) % NAMES;
    const known = names[place]!;
    if (isAt(bytes, from, end, known)) return known;
    const name = bytes.toString('latin1', from, end);
    // Assigned, this one would not become a member.
    if (name === '__proto__') throw notPlain;
    if (name.length <= SHORT_BYTES) names[place] = name;
    return name;
  }

  /** A number, true, false or null. */
  #scalar(): unknown {
    const from = this.#at;
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const sign = this.#bytes[this.#at]!;
      if (sign === COMMA || sign === LIST_END || sign === STRUCTURE_END || sign === BLANK) break;
    }
    try {
      return JSON.parse(this.#bytes.toString('latin1', from, this.#at));
    } catch {
      throw notPlain;
    }
  }
}

function isAt(bytes: Buffer, from: number, end: number, name: string): boolean {
  if (name.length !== end - from) return false;
  for (let at = from; at < end; at += 1) if (bytes[at] !== name.charCodeAt(at - from)) return false;
  return true;
}
