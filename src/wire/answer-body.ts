/** The body of an answer, put together from pieces that are only lent. */

/** No answer of Kinesis is larger than 10 MiB of records in base64; whoever sends more is not to fill our memory. */
export const BODY_BYTES_MAX = 64 * 1024 * 1024;

export class AnswerBody {
  /** Whole when its length was told. */
  #whole: Buffer | undefined;
  #at = 0;
  #pieces: Buffer[] = [];

  /** Begins a body; `length` where it is known, at most `BODY_BYTES_MAX`. */
  begin(length: number | undefined): void {
    this.#whole = length === undefined ? undefined : Buffer.allocUnsafe(length);
    this.#at = 0;
    this.#pieces = [];
  }

  /** Copies a piece; false when the body has become too large. */
  add(bytes: Buffer, from: number, to: number): boolean {
    if (this.#whole) bytes.copy(this.#whole, this.#at, from, to);
    else this.#pieces.push(Buffer.from(bytes.subarray(from, to)));
    this.#at += to - from;
    return this.#at <= BODY_BYTES_MAX;
  }

  /** The body; it is not kept. */
  take(): Buffer {
    const body = this.#whole ?? (this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces));
    this.#whole = undefined;
    this.#pieces = [];
    return body;
  }
}
