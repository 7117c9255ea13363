/**
 * What Data Firehose compressed, opened again, by libraries other than those that the reference compresses with where there are
 * any. All at once: an object is as large as its buffer.
 */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type * as fflate from 'fflate';
import type * as snappy from 'snappy';

/** Libraries are loaded with the first object that needs them: a run without such objects pays nothing. */
const load = createRequire(import.meta.url);

/** How an object is compressed. */
export type BodyCompression = 'none' | 'gzip' | 'zip' | 'snappy' | 'hadoop-snappy';

/** Magic and two versions of the stream of snappy-java. */
const SNAPPY_HEADER_BYTES = 16;
const SNAPPY_MAGIC = Buffer.from('82534e4150505900', 'hex');

/** The plain bytes of an object. Throws an Error that says why it cannot be opened. */
export function openBody(body: Buffer, compression: BodyCompression): Buffer {
  switch (compression) {
    case 'none':
      return body;
    case 'gzip':
      return gunzipSync(body);
    case 'zip': {
      const { unzipSync }: typeof fflate = load('fflate');
      const files = Object.values(unzipSync(body));
      if (files.length !== 1) throw new Error(`an archive of ${files.length} files`);
      return Buffer.from(files[0]!);
    }
    case 'snappy':
      if (!body.subarray(0, SNAPPY_MAGIC.length).equals(SNAPPY_MAGIC)) throw new Error('no stream of snappy-java');
      return blocksOf(body, SNAPPY_HEADER_BYTES, 4);
    case 'hadoop-snappy':
      return blocksOf(body, 0, 8);
  }
}

/** Blocks of Snappy, each behind its length (in the last four bytes of its head). */
function blocksOf(body: Buffer, from: number, headBytes: number): Buffer {
  const { uncompressSync }: typeof snappy = load('snappy');
  const blocks: Buffer[] = [];
  for (let at = from; at < body.length;) {
    if (at + headBytes > body.length) throw new Error('cut off in the head of a block');
    const length = body.readUInt32BE(at + headBytes - 4);
    at += headBytes;
    if (at + length > body.length) throw new Error('cut off in a block');
    blocks.push(Buffer.from(uncompressSync(body.subarray(at, at + length))));
    at += length;
  }
  return Buffer.concat(blocks);
}
