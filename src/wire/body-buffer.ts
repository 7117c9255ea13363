/**
 * Where the body of a request is written: bytes that grow as needed and are used again for the next request of the same
 * connection, with room for the head in front, so that head and body leave in one piece.
 */

/** Room for the head of a request in front of its body; a longer one (a very long token) moves the body. */
const HEAD_BYTES = 4096;
/** At first: a request of one record of some kibibytes. */
const BYTES = 16 * 1024;

export class BodyBuffer {
  bytes: Buffer;
  /** Where the next byte goes. Whoever writes has reserved room first. */
  at: number;
  #begin = HEAD_BYTES;
  #body: Buffer | undefined;
  #whole: Buffer | undefined;
  #head = '';
  /** Where that stands; -1 when it does not. */
  #headAt = -1;

  constructor() {
    // Slow: the pool of small buffers is for those that live short.
    this.bytes = Buffer.allocUnsafeSlow(BYTES);
    this.at = HEAD_BYTES;
  }

  /** Forgets what was written. */
  clear(): void {
    if (this.#begin !== HEAD_BYTES) this.#headAt = -1;
    this.#begin = HEAD_BYTES;
    this.at = HEAD_BYTES;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.at + count;
    if (needed > this.bytes.length) this.#grow(Math.max(needed, this.bytes.length * 2));
  }

  /** What was written since it was cleared; valid until something more is written. */
  get body(): Buffer {
    return (this.#body = this.#view(this.#body, this.#begin));
  }

  get bodyBytes(): number {
    return this.at - this.#begin;
  }

  /**
   * The body with this in front of it (ASCII, in two parts); valid until something more is written. The first part is only
   * copied when it is not the one that stands there already.
   */
  after(head: string, end: string): Buffer {
    const length = head.length + end.length;
    if (length > this.#begin) {
      const { body } = this;
      this.bytes = Buffer.concat([Buffer.allocUnsafeSlow(length), body]);
      this.#begin = length;
      this.at = this.bytes.length;
      this.#headAt = -1;
    }
    const endAt = this.#begin - end.length;
    const from = endAt - head.length;
    this.bytes.write(end, endAt, 'latin1');
    if (this.#headAt !== from || this.#head !== head) {
      this.bytes.write(head, from, 'latin1');
      this.#head = head;
      this.#headAt = from;
    }
    return (this.#whole = this.#view(this.#whole, from));
  }

  /** The bytes from here to the end; the view of the request before where that was as long: a new one is not cheap. */
  #view(last: Buffer | undefined, from: number): Buffer {
    const isSame =
      last?.buffer === this.bytes.buffer &&
      last.byteOffset === this.bytes.byteOffset + from &&
      last.length === this.at - from;
    return isSame ? last : this.bytes.subarray(from, this.at);
  }

  #grow(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(length);
    this.bytes.copy(bytes, 0, 0, this.at);
    this.bytes = bytes;
  }
}
