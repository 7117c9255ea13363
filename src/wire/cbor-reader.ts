/**
 * Bodies of `application/x-amz-cbor-1.1`, read into the values of the JSON form: timestamps (tag 1, milliseconds) become
 * seconds, byte strings become Buffers over the same memory. Written for hostile input: every length is held against the
 * bytes that are there, nesting is bounded, and what is left over after the value is a fault.
 */

/** Nesting of the deepest answer is 6; a bound far above it, far below the stack. */
const DEPTH_MAX = 64;
const INDEFINITE = 31;
const BREAK = 0xff;

class Fault extends Error {}

class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw new Fault('nested too deep');
    const initial = this.#byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return this.#argument(info);
      case 1:
        return -1 - this.#argument(info);
      case 2:
        return info === INDEFINITE ? Buffer.concat(this.#parts(2)) : this.#take(this.#argument(info));
      case 3:
        return info === INDEFINITE ? Buffer.concat(this.#parts(3)).toString() : this.#text(this.#argument(info));
      case 4:
        return this.#list(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw new Fault('ends early');
    return this.#bytes[this.at++]!;
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.at) throw new Fault('ends early');
    const from = this.at;
    this.at += length;
    return this.#bytes.subarray(from, this.at);
  }

  #text(length: number): string {
    if (length > this.#bytes.length - this.at) throw new Fault('ends early');
    const from = this.at;
    this.at += length;
    return this.#bytes.toString('utf8', from, this.at);
  }

  #argument(info: number): number {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.#byte();
      case 25:
        return this.#take(2).readUInt16BE(0);
      case 26:
        return this.#take(4).readUInt32BE(0);
      case 27:
        return Number(this.#take(8).readBigUInt64BE(0));
      default:
        throw new Fault(`additional information ${info}`);
    }
  }

  /** The pieces of a string of indefinite length: all of its own type, each of a definite length. */
  #parts(major: number): Buffer[] {
    const parts: Buffer[] = [];
    for (;;) {
      const initial = this.#byte();
      if (initial === BREAK) return parts;
      if (initial >> 5 !== major || (initial & 0x1f) === INDEFINITE) throw new Fault('a piece of another type');
      parts.push(this.#take(this.#argument(initial & 0x1f)));
    }
  }

  /** Whether another entry of a list or map follows. */
  #goesOn(count: number, read: number): boolean {
    if (count !== Infinity) return read < count;
    if (this.#bytes[this.at] !== BREAK) return true;
    this.at += 1;
    return false;
  }

  #list(info: number, depth: number): unknown[] {
    const count = info === INDEFINITE ? Infinity : this.#argument(info);
    const entries: unknown[] = [];
    while (this.#goesOn(count, entries.length)) entries.push(this.value(depth + 1));
    return entries;
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const count = info === INDEFINITE ? Infinity : this.#argument(info);
    const members: Record<string, unknown> = {};
    for (let read = 0; this.#goesOn(count, read); read += 1) {
      const name = this.value(depth + 1);
      if (typeof name !== 'string') throw new Fault('a name that is no text');
      const member = this.value(depth + 1);
      // Assigning would change the prototype.
      if (name === '__proto__') throw new Fault('a name that no member has');
      members[name] = member;
    }
    return members;
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth + 1);
    if (tag !== 1) return value;
    if (typeof value !== 'number') throw new Fault('a time that is no number');
    return value / 1000;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return half(this.#take(2).readUInt16BE(0));
      case 26:
        return this.#take(4).readFloatBE(0);
      case 27:
        return this.#take(8).readDoubleBE(0);
      default:
        throw new Fault(`simple value ${info}`);
    }
  }
}

/** A number of 16 bits (RFC 8949, appendix D). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

/** The value of a body; undefined when it is not one whole value of CBOR. */
export function readCbor(body: Buffer): unknown {
  const reader = new Reader(body);
  try {
    const value = reader.value(0);
    return reader.at === body.length ? value : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
