/**
 * Checksums that clients send with a body, checked and kept: the SDKs of today send a CRC32 unless they are told otherwise, some
 * clients a CRC64NVME, and they check what they are answered. The three of xxHash are not known here.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.ts';
import { S3Error } from './s3-error.ts';

/** A checksum: the name of its header, and its value in base64. */
export interface Checksum {
  readonly header: string;
  readonly value: string;
}

/** Headers by name in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const PREFIX = 'x-amz-checksum-';
/** Names with the prefix that are no checksums. */
const ABOUT = new Set(['algorithm', 'mode', 'type']);

/** By the end of the header's name: the name in messages, and how it is computed. */
const algorithms: ReadonlyMap<string, { title: string; of: (body: Uint8Array) => Buffer }> = new Map([
  ['crc32', { title: 'CRC32', of: (body: Uint8Array) => bigEndian(crc32(body)) }],
  ['crc32c', { title: 'CRC32C', of: (body: Uint8Array) => bigEndian(crc32c(body)) }],
  ['crc64nvme', { title: 'CRC64NVME', of: (body: Uint8Array) => bigEndian(...crc64nvme(body)) }],
  ...['MD5', 'SHA1', 'SHA256', 'SHA512'].map((title) => {
    const name = title.toLowerCase();
    return [name, { title, of: (body: Uint8Array) => createHash(name).update(body).digest() }] as const;
  }),
]);

/** The checksum among headers (or trailers), checked against the body; throws an S3Error where it is another one. */
export function checksumIn(headers: Headers, body: Uint8Array): Checksum | undefined {
  const [header, ...more] = namesIn(headers);
  if (header === undefined) return undefined;
  if (more.length > 0) {
    const message = 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.';
    throw new S3Error('InvalidRequest', message);
  }
  const algorithm = algorithms.get(header.slice(PREFIX.length));
  if (!algorithm) throw new S3Error('NotImplemented', `${header} is not built in this reference yet.`);
  const value = headers[header];
  const right = algorithm.of(body);
  if (typeof value !== 'string' || Buffer.from(value, 'base64').length !== right.length) {
    throw new S3Error('InvalidRequest', `Value for ${header} header is invalid.`);
  }
  if (value !== right.toString('base64')) {
    throw new S3Error('BadDigest', `The ${algorithm.title} you specified did not match the calculated checksum.`);
  }
  return { header, value };
}

/** The element that names a checksum in XML. */
export function elementOf({ header }: Checksum): string {
  return `Checksum${algorithms.get(header.slice(PREFIX.length))!.title}`;
}

/** The headers of checksums. */
export function namesIn(headers: Headers): string[] {
  return Object.keys(headers).filter((name) => name.startsWith(PREFIX) && !ABOUT.has(name.slice(PREFIX.length)));
}

function bigEndian(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, 4 * index);
  return bytes;
}
