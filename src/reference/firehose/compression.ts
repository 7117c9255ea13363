/**
 * The compressions of objects, each by a library. All at once and on the thread that answers, since a virtual clock must not
 * run ahead of work that is elsewhere: a buffer of 5 MiB holds the reference up for as long as it takes to compress.
 *
 * What the formats are: GZIP one member; ZIP an archive of one file; Snappy the stream of snappy-java (a header, then blocks,
 * each with its length); HADOOP_SNAPPY Hadoop's blocks (length before, length after, block). Extensions and encodings were
 * observed; block sizes are those of the two formats' own writers (assumed).
 */
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type * as fflate from 'fflate';
import type * as snappy from 'snappy';
import type { CompressionFormat } from '../../protocol/firehose/operations.ts';

/** How a format is written and shown. */
export interface Compression {
  /** With its dot; empty where nothing is compressed. */
  readonly extension: string;
  readonly contentEncoding: string | undefined;
  /** `name` is that of the file within, where there is one. */
  compress(body: Buffer, name: string): Buffer;
}

/** Loaded when a delivery stream asks for it: each takes tens of milliseconds, more than the rest of a start. */
const load = createRequire(import.meta.url);

const SNAPPY_BLOCK_BYTES = 32 * 1024;
const HADOOP_BLOCK_BYTES = 256 * 1024;
/** Magic, version 1, readable by readers of version 1. */
const SNAPPY_HEADER = Buffer.from('82534e41505059000000000100000001', 'hex');

/** The compressions by the names of the protocol. */
export const compressions: Readonly<Record<CompressionFormat, Compression>> = {
  UNCOMPRESSED: { extension: '', contentEncoding: undefined, compress: (body) => body },
  GZIP: { extension: '.gz', contentEncoding: 'gzip', compress: (body) => gzipSync(body) },
  ZIP: {
    extension: '.zip',
    contentEncoding: 'zip',
    compress(body, name) {
      const { zipSync }: typeof fflate = load('fflate');
      // An archive knows local times only: of this one every machine writes the same bytes.
      return Buffer.from(zipSync({ [name]: [body, { mtime: new Date(1980, 0, 1) }] }));
    },
  },
  Snappy: {
    extension: '.snappy',
    contentEncoding: 'snappy-java',
    compress: (body) =>
      Buffer.concat([
        SNAPPY_HEADER,
        ...blocksOf(body, SNAPPY_BLOCK_BYTES).flatMap(({ head, block }) => [head.subarray(4), block]),
      ]),
  },
  HADOOP_SNAPPY: {
    extension: '.snappy',
    contentEncoding: 'hadoop-snappy',
    compress: (body) => Buffer.concat(blocksOf(body, HADOOP_BLOCK_BYTES).flatMap(({ head, block }) => [head, block])),
  },
};

/** Blocks of Snappy, each with its length before and after in eight bytes. */
function blocksOf(body: Buffer, blockBytes: number): { readonly head: Buffer; readonly block: Buffer }[] {
  const { compressSync }: typeof snappy = load('snappy');
  const blocks = [];
  for (let at = 0; at < body.length; at += blockBytes) {
    const plain = body.subarray(at, at + blockBytes);
    const block = compressSync(plain);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(plain.length, 0);
    head.writeUInt32BE(block.length, 4);
    blocks.push({ head, block });
  }
  return blocks;
}
