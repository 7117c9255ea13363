/**
 * Bodies in `aws-chunked` framing, inside of whatever HTTP frames: `size[;chunk-signature=…]`, the bytes, and after a chunk of
 * size 0 the trailers, among them the checksum of a body whose client did not know it beforehand. Signatures of chunks are
 * passed over.
 */
import { S3Error } from './s3-error.ts';

/** What the frames held. */
export interface Unframed {
  readonly body: Uint8Array;
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

const LINE_BYTES_MAX = 512;
const TRAILERS_MAX = 32;

/** Takes the frames off; throws an S3Error where they are broken or hold another number of bytes than was said. */
export function unframe(framed: Uint8Array, decodedLength: string | undefined): Unframed {
  if (decodedLength === undefined) throw new S3Error('MissingContentLength');
  const source = Buffer.from(framed.buffer, framed.byteOffset, framed.length);
  const bytesMax = /^\d{1,15}$/.test(decodedLength) ? Number(decodedLength) : -1;
  if (bytesMax < 0 || bytesMax > source.length) throw new S3Error('IncompleteBody');
  // In one piece: millions of frames of one byte each would be millions of objects.
  const body = Buffer.allocUnsafeSlow(bytesMax);
  let filled = 0;
  let at = 0;
  const line = (): string => {
    const end = source.indexOf('\r\n', at);
    if (end < 0 || end - at > LINE_BYTES_MAX) throw new S3Error('IncompleteBody');
    const text = source.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = /^([\da-f]{1,8})(?:;.*)?$/i.exec(line())?.[1];
    if (size === undefined) throw new S3Error('IncompleteBody');
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    if (at + bytes + 2 > source.length || filled + bytes > bytesMax) throw new S3Error('IncompleteBody');
    filled += source.copy(body, filled, at, at + bytes);
    at += bytes;
    if (line() !== '') throw new S3Error('IncompleteBody');
  }
  const trailers: Record<string, string> = {};
  for (let count = 0, text = line(); text !== ''; count += 1, text = line()) {
    const colon = text.indexOf(':');
    if (colon < 1 || count >= TRAILERS_MAX) throw new S3Error('IncompleteBody');
    trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  if (filled !== bytesMax || at !== source.length) throw new S3Error('IncompleteBody');
  return { body, trailers };
}
