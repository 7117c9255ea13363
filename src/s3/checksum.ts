/**
 * Checksums that clients send with a body, checked and kept: the SDKs of today send a CRC32 unless they are told otherwise, and
 * check what they are answered. CRC64NVME is not known here.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

/** A checksum: the name of its header, and its value in base64. */
export interface Checksum {
  readonly header: string;
  readonly value: string;
}

/** Header, name in messages, and how it is computed. */
const algorithms: Readonly<Record<string, { title: string; of: (body: Uint8Array) => Buffer }>> = {
  'x-amz-checksum-crc32': { title: 'CRC32', of: (body) => bigEndian(crc32(body)) },
  'x-amz-checksum-crc32c': { title: 'CRC32C', of: (body) => bigEndian(crc32c(body)) },
  'x-amz-checksum-sha1': { title: 'SHA1', of: (body) => createHash('sha1').update(body).digest() },
  'x-amz-checksum-sha256': { title: 'SHA256', of: (body) => createHash('sha256').update(body).digest() },
};

/** The checksum among headers (or trailers), checked against the body; throws an S3Error where it is another one. */
export function checksumIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
): Checksum | undefined {
  for (const [header, { title, of }] of Object.entries(algorithms)) {
    const value = headers[header];
    if (value === undefined) continue;
    const right = of(body);
    if (typeof value !== 'string' || Buffer.from(value, 'base64').length !== right.length) {
      throw new S3Error('InvalidRequest', `Value for ${header} header is invalid.`);
    }
    if (value !== right.toString('base64')) {
      throw new S3Error('BadDigest', `The ${title} you specified did not match the calculated checksum.`);
    }
    return { header, value };
  }
  return undefined;
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The table of CRC-32C (Castagnoli, reflected: 0x82F63B78). */
const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(body: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of body) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
