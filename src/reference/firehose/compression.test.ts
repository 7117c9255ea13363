import { expect, test } from 'vitest';
import { uncompressSync } from 'snappy';
import { compressions } from './compression.ts';

/** The sizes of the blocks of Snappy in a body, each before compression. */
function blocksIn(body: Buffer, from: number, headBytes: number): number[] {
  const sizes: number[] = [];
  for (let at = from; at < body.length;) {
    const bytes = body.readUInt32BE(at + headBytes - 4);
    at += headBytes;
    sizes.push(Buffer.from(uncompressSync(body.subarray(at, at + bytes))).length);
    at += bytes;
  }
  return sizes;
}

test('blocks of Snappy have 32 KiB, those of Hadoop 256 KiB, and say how long they are', () => {
  const body = Buffer.alloc(600_000, 'abc');
  const stream = compressions.Snappy.compress(body, '');
  expect(blocksIn(stream, 16, 4)).toEqual([...Array.from({ length: 18 }, () => 32_768), 600_000 - 18 * 32_768]);
  const hadoop = compressions.HADOOP_SNAPPY.compress(body, '');
  expect(blocksIn(hadoop, 0, 8)).toEqual([262_144, 262_144, 600_000 - 2 * 262_144]);
  expect(hadoop.readUInt32BE(0)).toBe(262_144);
});
