/**
 * Reads HTTP/1.1 requests off a connection's bytes, as strictly as RFC 9112 allows: whatever could be understood in two ways
 * (both framings at once, a repeated length, folded lines, a bare line feed, a blank before a colon) is refused and the
 * connection ends. Written for the reference since Node's own server costs more for a request than the endpoint does (the
 * figures stand in docs/reference.md). It knows bytes only: no sockets, no time.
 */

import { BodyParts, type WholeBody } from './body-parts.ts';
import { Traffic } from './traffic.ts';

/** A request as it came. */
export interface Http1Request {
  readonly method: string;
  readonly path: string;
  /** Names in lower case; lines of one name are joined with ', '. */
  readonly headers: Record<string, string>;
  /** Names and values in turn, only where a name stands in several lines. */
  readonly rawHeaders: readonly string[] | undefined;
  /** A status where it was read to its end and thrown away: larger than the cap, or no room for it. */
  readonly body: WholeBody;
  /** Whether the connection may carry another request after this one. */
  readonly keepAlive: boolean;
  /** HTTP/1.0 knows no chunks. */
  readonly chunksKnown: boolean;
}

/** What `read` comes to: a request, a need for more bytes, or a fault that ends the connection. */
export type Http1Read = Http1Request | 'more' | 'continue' | { readonly refused: 400 | 431 | 501 | 505 };

/** Bytes of a request line with its header lines at the most. */
const HEAD_BYTES_MAX = 32 * 1024;
/** Chunks of a body at the most. */
const CHUNKS_MAX = 200_000;
/** Bytes of a line that gives the size of a chunk at the most; extensions are ignored. */
const CHUNK_LINE_BYTES_MAX = 256;
/** Lines after the last chunk at the most, each as long as one that gives a size; they are read and passed over. */
const TRAILERS_MAX = 128;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\w]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const HEADER_LINES = /^(?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
const nothing = Buffer.alloc(0);

type Head = Omit<Http1Request, 'body'>;

/** The requests of one connection, in turn. */
export class Http1Reader {
  #held: Buffer = nothing;
  #head: Head | undefined;
  readonly #parts: BodyParts;
  #chunks = 0;
  #trailers = 0;
  /** Bytes of the body, or of its chunk at hand, still to come. */
  #missing = 0;
  #chunked: 'size' | 'data' | 'data end' | 'trailers' | undefined;

  /** Bodies larger than the cap (bytes), or for which there is no room, are thrown away as they come. */
  constructor(bodyBytesMax: number, traffic: Traffic = new Traffic()) {
    this.#parts = new BodyParts(bodyBytesMax, traffic);
  }

  /** Forgets what it has of a body: the connection is gone. */
  drop(): void {
    this.#parts.drop();
  }

  /** Takes what the connection brought. */
  push(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
  }

  /** Whether a request has begun and is not complete. */
  get midway(): boolean {
    return this.#head !== undefined || this.#held.length > 0;
  }

  /** The next request. 'continue' stands for 'more' where the client waits to be told to send its body; it is said once. */
  read(): Http1Read {
    if (!this.#head) {
      const begun = this.#begin();
      if (begun !== undefined) return begun;
    }
    const body = this.#body();
    if (body === 'more' || 'refused' in body) return body;
    const head = this.#head!;
    this.#head = undefined;
    return { ...head, body: body.whole };
  }

  /** Reads the head; undefined once it is complete and its body may follow. */
  #begin(): Http1Read | undefined {
    // A client may send an empty line after a body (RFC 9112, 2.2).
    while (this.#held.length >= 2 && this.#held[0] === 13 && this.#held[1] === 10) this.#held = this.#held.subarray(2);
    const end = this.#held.indexOf(HEAD_END);
    if (tooLong(end, this.#held.length, HEAD_BYTES_MAX, HEAD_END)) return { refused: 431 };
    if (end === -1) return 'more';
    const text = this.#held.toString('latin1', 0, end + 2);
    this.#held = this.#held.subarray(end + HEAD_END.length);
    const lineEnd = text.indexOf('\r\n');
    const line = REQUEST_LINE.exec(text.slice(0, lineEnd));
    if (!line) return { refused: /HTTP\/[02-9]/.test(text.slice(0, lineEnd)) ? 505 : 400 };
    const lines = text.slice(lineEnd + 2);
    if (!HEADER_LINES.test(lines)) return { refused: 400 };
    const { headers, repeated, hosts } = headersOf(lines);
    if (hosts > 1) return { refused: 400 };
    const chunksKnown = line[3] === '1';
    const length = this.#frame(headers, chunksKnown);
    if (length !== undefined) return length;
    const connection = headers['connection']?.toLowerCase() ?? '';
    this.#head = {
      method: line[1]!,
      path: line[2]!,
      headers,
      rawHeaders: repeated ? rawOf(lines) : undefined,
      keepAlive: chunksKnown ? !connection.includes('close') : connection.includes('keep-alive'),
      chunksKnown,
    };
    const waits = chunksKnown && headers['expect']?.toLowerCase() === '100-continue' && this.#held.length === 0;
    return waits && this.#missing + (this.#chunked ? 1 : 0) > 0 ? 'continue' : undefined;
  }

  /** Finds out where the body ends; a fault where that is not certain. */
  #frame(headers: Record<string, string>, chunksKnown: boolean): Http1Read | undefined {
    this.#chunks = 0;
    this.#trailers = 0;
    this.#missing = 0;
    this.#chunked = undefined;
    const coding = headers['transfer-encoding'];
    const length = headers['content-length'];
    if (coding !== undefined) {
      if (length !== undefined || !chunksKnown) return { refused: 400 };
      if (coding.toLowerCase() !== 'chunked') return { refused: 501 };
      this.#chunked = 'size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) return { refused: 400 };
      this.#missing = Number(length);
      this.#parts.expect(this.#missing);
    }
    if (chunksKnown && headers['host'] === undefined) return { refused: 400 };
    return undefined;
  }

  #body(): { whole: WholeBody } | 'more' | { refused: 400 } {
    while (this.#chunked !== undefined) {
      const step = this.#chunk();
      if (step !== undefined) return step;
    }
    this.#take();
    return this.#missing > 0 ? 'more' : { whole: this.#parts.take() };
  }

  /** Moves on by one part of a chunked body. */
  #chunk(): 'more' | { refused: 400 } | undefined {
    if (this.#chunked === 'data') {
      this.#take();
      if (this.#missing > 0) return 'more';
      this.#chunked = 'data end';
    }
    const end = this.#held.indexOf(LINE_END);
    if (tooLong(end, this.#held.length, CHUNK_LINE_BYTES_MAX, LINE_END)) return { refused: 400 };
    if (end === -1) return 'more';
    const line = this.#held.toString('latin1', 0, end);
    this.#held = this.#held.subarray(end + 2);
    if (this.#chunked === 'trailers') {
      this.#trailers += 1;
      if (line === '') this.#chunked = undefined;
      else if (this.#trailers > TRAILERS_MAX || !HEADER_LINES.test(`${line}\r\n`)) return { refused: 400 };
      return undefined;
    }
    if (this.#chunked === 'data end') {
      if (line !== '') return { refused: 400 };
      this.#chunked = 'size';
      return undefined;
    }
    const size = /^([\da-f]{1,8})[\t ]*(?:;.*)?$/i.exec(line)?.[1];
    this.#chunks += 1;
    if (size === undefined || this.#chunks > CHUNKS_MAX) return { refused: 400 };
    this.#missing = Number.parseInt(size, 16);
    this.#chunked = this.#missing === 0 ? 'trailers' : 'data';
    return undefined;
  }

  /** Moves what has come of the missing bytes into the body. */
  #take(): void {
    const bytes = this.#held.length <= this.#missing ? this.#held : this.#held.subarray(0, this.#missing);
    if (bytes.length === 0) return;
    this.#held = this.#held.subarray(bytes.length);
    this.#missing -= bytes.length;
    this.#parts.add(bytes, this.#missing === 0 && this.#chunked === undefined);
  }
}

/** Whether what ends with `mark` is longer than it may be; where the end has not come yet, a part of it may have. */
function tooLong(end: number, heldBytes: number, bytesMax: number, mark: Buffer): boolean {
  return end === -1 ? heldBytes >= bytesMax + mark.length : end > bytesMax;
}

/** The header lines, each known to be well formed. */
function headersOf(lines: string): {
  headers: Record<string, string>;
  repeated: boolean;
  hosts: number;
} {
  const headers: Record<string, string> = Object.create(null);
  let repeated = false;
  let hosts = 0;
  for (let at = 0; at < lines.length;) {
    const colon = lines.indexOf(':', at);
    const end = lines.indexOf('\r\n', colon);
    const name = lines.slice(at, colon).toLowerCase();
    const value = lines.slice(colon + 1, end).trim();
    const before = headers[name];
    if (before !== undefined) repeated = true;
    if (name === 'host') hosts += 1;
    headers[name] = before === undefined ? value : `${before}, ${value}`;
    at = end + 2;
  }
  return { headers, repeated, hosts };
}

/** Names and values in turn, as they were sent. */
function rawOf(lines: string): string[] {
  return lines
    .split('\r\n')
    .slice(0, -1)
    .flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}
