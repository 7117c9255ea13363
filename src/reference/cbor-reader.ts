/**
 * Reads one CBOR structure (RFC 8949) as AWS clients send it. Byte strings are views of the body. Lengths may be
 * indefinite: the Java SDKs write maps and lists so, and long texts in chunks. What no request of Kinesis holds ends the
 * reading: other tags than 1, keys that are no text or come twice, depth, infinities, more items than a full PutRecords.
 */
import { isUtf8 } from 'node:buffer';

/** A time as CBOR carries it, apart from numbers until it is known that a time was wanted. */
export class EpochMs {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A request has a depth of five at the most. */
const DEPTH_MAX = 32;
/** A full PutRecords has some 5,000. */
const ITEMS_MAX = 100_000;
const EPOCH_TAG = 1;
const INDEFINITE = 31;
const BREAK = 0xff;
const REPLACEMENT = '\ufffd';

/** The members of the structure that the body holds; undefined when it holds anything else, or something after it. */
export function readCbor(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    return new CborReader(Buffer.from(body.buffer, body.byteOffset, body.byteLength)).whole();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Malformed extends Error {}

class CborReader {
  readonly #body: Buffer;
  #at = 0;
  #depth = 0;
  #items = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  whole(): Record<string, unknown> {
    if (this.#byte() >> 5 !== 5) throw new Malformed('no structure');
    this.#at = 0;
    this.#depth = 1;
    const head = this.#byte();
    const value = this.#map(head & 31);
    if (this.#at !== this.#body.length) throw new Malformed('trailing bytes');
    return value;
  }

  #value(): unknown {
    this.#items += 1;
    if (this.#items > ITEMS_MAX) throw new Malformed('too many items');
    const head = this.#byte();
    const minor = head & 31;
    switch (head >> 5) {
      case 0:
        return this.#argument(minor);
      case 1: {
        const argument = this.#argument(minor);
        return typeof argument === 'bigint' ? -1n - argument : -1 - argument;
      }
      case 2:
        return minor === INDEFINITE ? Buffer.concat(this.#chunks(2)) : this.#take(this.#length(minor));
      case 3:
        return minor === INDEFINITE ? textOf(Buffer.concat(this.#chunks(3))) : textOf(this.#take(this.#length(minor)));
      case 7:
        return this.#simple(minor);
      default:
        return this.#nested(head >> 5, minor);
    }
  }

  #nested(major: number, minor: number): unknown {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new Malformed('too deep');
    const value = major === 4 ? this.#list(minor) : major === 5 ? this.#map(minor) : this.#tagged(minor);
    this.#depth -= 1;
    return value;
  }

  #list(minor: number): unknown[] {
    const values: unknown[] = [];
    const length = minor === INDEFINITE ? Number.POSITIVE_INFINITY : this.#length(minor);
    while (values.length < length && !this.#broken(length)) values.push(this.#value());
    return values;
  }

  #map(minor: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    const length = minor === INDEFINITE ? Number.POSITIVE_INFINITY : this.#length(minor);
    for (let count = 0; count < length && !this.#broken(length); count += 1) {
      const name = this.#value();
      if (typeof name !== 'string' || Object.hasOwn(members, name)) throw new Malformed('a key that is none');
      const value = this.#value();
      if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true });
      else members[name] = value;
    }
    return members;
  }

  #tagged(minor: number): EpochMs {
    if (this.#argument(minor) !== EPOCH_TAG) throw new Malformed('an unknown tag');
    const value = this.#value();
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new Malformed('a time that is no number');
    return new EpochMs(Number(value));
  }

  #simple(minor: number): unknown {
    switch (minor) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return finite(halfOf(this.#take(2).readUInt16BE(0)));
      case 26:
        return finite(this.#take(4).readFloatBE(0));
      case 27:
        return finite(this.#take(8).readDoubleBE(0));
      default:
        throw new Malformed('an unknown simple value');
    }
  }

  /** The chunks of a string of indefinite length. */
  #chunks(major: number): Buffer[] {
    const chunks: Buffer[] = [];
    while (!this.#broken(Number.POSITIVE_INFINITY)) {
      const head = this.#byte();
      this.#items += 1;
      if (head >> 5 !== major || this.#items > ITEMS_MAX) throw new Malformed('not a chunk');
      chunks.push(this.#take(this.#length(head & 31)));
    }
    return chunks;
  }

  /** Whether an item of indefinite length ends here; its end is then read. */
  #broken(length: number): boolean {
    if (length !== Number.POSITIVE_INFINITY || this.#body[this.#at] !== BREAK) return false;
    this.#at += 1;
    return true;
  }

  #argument(minor: number): number | bigint {
    if (minor < 24) return minor;
    if (minor === 24) return this.#byte();
    if (minor === 25) return this.#take(2).readUInt16BE(0);
    if (minor === 26) return this.#take(4).readUInt32BE(0);
    if (minor !== 27) throw new Malformed('an unknown length');
    const value = this.#take(8).readBigUInt64BE(0);
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  #length(minor: number): number {
    return Number(this.#argument(minor));
  }

  #byte(): number {
    const byte = this.#body[this.#at];
    if (byte === undefined) throw new Malformed('the body ends too early');
    this.#at += 1;
    return byte;
  }

  #take(length: number): Buffer {
    if (length > this.#body.length - this.#at) throw new Malformed('the body ends too early');
    this.#at += length;
    return this.#body.subarray(this.#at - length, this.#at);
  }
}

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (text.includes(REPLACEMENT) && !isUtf8(bytes)) throw new Malformed('a text that is not UTF-8');
  return text;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Malformed('a number that is none');
  return value;
}

/** The value of a half-precision float (RFC 8949, appendix D). */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size =
    exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? Number.NaN : (fraction + 1024) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}
