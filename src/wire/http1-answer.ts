/**
 * The reader of HTTP/1.1 answers: takes bytes as they come, one answer after another, and gives status, content type and body.
 * Strict where leniency would be a guess about which bytes belong to which request (RFC 9112, section 6.3 and 11.2): two
 * lengths, a length beside chunks, a coding other than chunked, a line that does not end in CRLF or has no name make the
 * answer malformed, and its connection is not used again. A body that only ends with the connection is taken as it is.
 */

/** What the head of an answer says. */
export interface AnswerHead {
  readonly status: number;
  /** '' when it names none. */
  readonly contentType: string;
  /** Whether the connection may carry another request. */
  readonly reusable: boolean;
  /** After how many idle seconds the server says it will hang up; Infinity when it does not say. */
  readonly idleS: number;
}

/** Bytes of a head, or of all trailers, at the most. */
const HEAD_BYTES_MAX = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const VERSION = 'HTTP/1.';
const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const ZERO = 0x30;
const NO_BODY = new Set([204, 304]);

/** Characters of a field name (RFC 9110, section 5.6.2). */
const isToken = Uint8Array.from({ length: 256 }, (_, code) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Thrown for what is no answer; the message says why. */
export class Malformed extends Error {}

type State =
  | 'head'
  | 'length'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-size-lf'
  | 'chunk'
  | 'chunk-cr'
  | 'chunk-lf'
  | 'trailer'
  | 'close'
  | 'done';

export interface AnswerSink {
  /** The head is there; `length` is the body's where it is told, else undefined. */
  onHead(head: AnswerHead, length: number | undefined): void;
  /** More of the body; valid until the call returns. */
  onBody(bytes: Buffer, from: number, to: number): void;
}

export class AnswerReader {
  readonly #sink: AnswerSink;
  #state: State = 'head';
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #digits = 0;
  #pending: Buffer | undefined;
  #trailerBytes = 0;
  /** Bytes of the trailer line so far, CR not counted. */
  #lineBytes = 0;
  #afterCr = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** Gets ready for the next answer. */
  begin(): void {
    this.#state = 'head';
    this.#pending = undefined;
    this.#trailerBytes = 0;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Reads from the start of `bytes`; gives how many belong to this answer. Throws `Malformed`. */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'head') at = this.#head(bytes, at);
      else if (this.#state === 'length' || this.#state === 'chunk') at = this.#body(bytes, at);
      else if (this.#state === 'close') {
        this.#sink.onBody(bytes, at, bytes.length);
        at = bytes.length;
      } else this.#framing(bytes[at++]!);
    }
    return at;
  }

  /** The connection has ended: whether the answer is whole. */
  end(): boolean {
    if (this.#state === 'close') this.#state = 'done';
    return this.#state === 'done';
  }

  #head(bytes: Buffer, from: number): number {
    const before = this.#pending?.length ?? 0;
    const all = this.#pending ? Buffer.concat([this.#pending, bytes.subarray(from)]) : bytes;
    const start = this.#pending ? 0 : from;
    const end = all.indexOf(HEAD_END, Math.max(start, before - HEAD_END.length + 1));
    if ((end === -1 ? all.length : end) - start > HEAD_BYTES_MAX) throw new Malformed('a head without an end');
    if (end === -1) {
      // A copy: the bytes given are overwritten by what comes next.
      this.#pending = Buffer.from(all.subarray(start));
      checkBegin(this.#pending, 0);
      return bytes.length;
    }
    this.#pending = undefined;
    this.#parse(all, start, end);
    return from + (end + HEAD_END.length - start) - before;
  }

  #parse(bytes: Buffer, start: number, end: number): void {
    const fields = new HeadFields(bytes, start, end);
    const { status, chunked, length } = fields;
    if (status < 200) {
      if (status === 101) throw new Malformed('it switches to a protocol nobody asked for');
      return;
    }
    const body = NO_BODY.has(status) ? 0 : length;
    const untilClose = !chunked && body === undefined;
    const head = {
      status,
      contentType: fields.contentType,
      reusable: fields.keepAlive && !untilClose,
      idleS: fields.idleS,
    };
    this.#sink.onHead(head, chunked ? undefined : body);
    this.#left = body ?? 0;
    this.#digits = 0;
    this.#state = chunked ? 'chunk-size' : untilClose ? 'close' : body === 0 ? 'done' : 'length';
  }

  #body(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.#sink.onBody(bytes, from, to);
    this.#left -= to - from;
    if (this.#left === 0) this.#state = this.#state === 'chunk' ? 'chunk-cr' : 'done';
    return to;
  }

  /** One byte of what stands around chunks. */
  #framing(byte: number): void {
    if (this.#state === 'chunk-size') this.#sizeDigit(byte);
    else if (this.#state === 'chunk-extension') {
      if (byte === CR) this.#state = 'chunk-size-lf';
      else if (byte === LF || ++this.#trailerBytes > HEAD_BYTES_MAX) throw new Malformed('a bad chunk extension');
    } else if (this.#state === 'chunk-size-lf') {
      expectLf(byte);
      this.#state = this.#left === 0 ? 'trailer' : 'chunk';
      this.#lineBytes = 0;
      this.#afterCr = false;
    } else if (this.#state === 'chunk-cr') {
      if (byte !== CR) throw new Malformed('a chunk that is longer than its size');
      this.#state = 'chunk-lf';
    } else if (this.#state === 'chunk-lf') {
      expectLf(byte);
      this.#state = 'chunk-size';
      this.#digits = 0;
    } else this.#trailer(byte);
  }

  #sizeDigit(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== undefined) {
      this.#left = this.#left * 16 + digit;
      this.#digits += 1;
      if (this.#digits > 8) throw new Malformed('a chunk that is too large');
    } else if (this.#digits === 0) throw new Malformed('a chunk without a size');
    else if (byte === CR) this.#state = 'chunk-size-lf';
    else if (byte === 0x3b || byte === SPACE || byte === TAB) this.#state = 'chunk-extension';
    else throw new Malformed('a chunk with a bad size');
  }

  #trailer(byte: number): void {
    if (++this.#trailerBytes > HEAD_BYTES_MAX) throw new Malformed('trailers without an end');
    if (this.#afterCr) {
      expectLf(byte);
      if (this.#lineBytes === 0) this.#state = 'done';
      this.#lineBytes = 0;
      this.#afterCr = false;
    } else if (byte === CR) this.#afterCr = true;
    else if (byte === LF) throw new Malformed('a line that does not end in CRLF');
    else this.#lineBytes += 1;
  }
}

/** What of a head matters, read byte by byte: a text of it would cost more than all the rest. */
class HeadFields {
  readonly status: number;
  length: number | undefined;
  chunked = false;
  keepAlive: boolean;
  contentType = '';
  idleS = Infinity;

  constructor(bytes: Buffer, start: number, end: number) {
    checkBegin(bytes, start);
    const minor = bytes[start + VERSION.length]! - ZERO;
    const at = start + VERSION.length + 2;
    this.status = numberOf(bytes, at, at + 3);
    const afterStatus = bytes[at + 3];
    const wellFormed = (minor === 0 || minor === 1) && bytes[at - 1] === SPACE && this.status >= 100;
    if (!wellFormed || (afterStatus !== SPACE && afterStatus !== CR) || at + 3 > end)
      throw new Malformed('a status line that is none');
    this.keepAlive = minor === 1;
    for (let line = lineEnd(bytes, at + 3, end) + 2; line < end;) {
      let colon = line;
      while (isToken[bytes[colon]!] === 1) colon += 1;
      if (bytes[colon] !== COLON || colon === line) throw new Malformed('a header without a name');
      const stop = lineEnd(bytes, colon, end);
      this.#field(bytes, line, colon, stop);
      line = stop + 2;
    }
    if (!this.chunked) return;
    if (this.length !== undefined) throw new Malformed('a length beside chunks');
    if (minor === 0) throw new Malformed('chunks in HTTP/1.0');
  }

  #field(bytes: Buffer, line: number, colon: number, stop: number): void {
    let from = colon + 1;
    let to = stop;
    while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from += 1;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to -= 1;
    if (isText(bytes, line, colon, 'content-length')) {
      const length = numberOf(bytes, from, to);
      if (length < 0 || (this.length ?? length) !== length)
        throw new Malformed('a length that is none, or another one');
      this.length = length;
    } else if (isText(bytes, line, colon, 'content-type')) {
      const known = contentTypes.find((type) => isText(bytes, from, to, type));
      this.contentType = known ?? bytes.toString('latin1', from, to).toLowerCase();
    } else if (isText(bytes, line, colon, 'transfer-encoding')) {
      if (this.chunked || !isText(bytes, from, to, 'chunked'))
        throw new Malformed('a transfer coding other than chunked');
      this.chunked = true;
    } else if (isText(bytes, line, colon, 'connection')) {
      const options = bytes
        .toString('latin1', from, to)
        .toLowerCase()
        .split(/\s*,\s*/);
      if (options.includes('close')) this.keepAlive = false;
      else if (options.includes('keep-alive')) this.keepAlive = true;
    } else if (isText(bytes, line, colon, 'keep-alive')) {
      const told = /(?:^|[\s,;])timeout=(\d{1,9})/i.exec(bytes.toString('latin1', from, to));
      if (told) this.idleS = Number(told[1]);
    }
  }
}

/** What nearly every answer names, so that no text has to be made of it. */
const contentTypes = ['application/x-amz-json-1.1', 'application/x-amz-cbor-1.1'];

/** Whether the bytes are this text, which is in lower case, in whatever case. */
function isText(bytes: Buffer, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = bytes[from + index]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Bytes that cannot become an answer are refused as soon as they are seen, not when a head's end never comes. */
function checkBegin(bytes: Buffer, from: number): void {
  const compared = Math.min(bytes.length - from, VERSION.length);
  for (let index = 0; index < compared; index += 1) {
    if (bytes[from + index] !== VERSION.charCodeAt(index)) throw new Malformed('it does not begin with HTTP/1');
  }
}

/** Where the line's CR is; a CR or LF by itself is none. `end` is where the head's last CR is. */
function lineEnd(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at <= end; at += 1) {
    const byte = bytes[at];
    if (byte === CR && bytes[at + 1] === LF) return at;
    if (byte === CR || byte === LF || byte === 0) break;
  }
  throw new Malformed('a line that does not end in CRLF');
}

function expectLf(byte: number): void {
  if (byte !== LF) throw new Malformed('a line that does not end in CRLF');
}

/** A number of 1 to 15 decimal digits and nothing else; -1 for anything else. */
function numberOf(bytes: Buffer, from: number, to: number): number {
  if (to <= from || to - from > 15) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function hexDigit(byte: number): number | undefined {
  if (byte >= ZERO && byte <= 0x39) return byte - ZERO;
  const letter = byte | SPACE;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
