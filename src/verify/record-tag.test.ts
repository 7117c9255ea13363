import { expect, test } from 'vitest';
import { readTag, TAG_MAGIC, writeTag } from './record-tag.ts';

const RUN = 'r0000001';

test('a tag lies where the header of its file says', () => {
  const data = Buffer.alloc(48, 7);
  writeTag(data, RUN, { producer: 1, counter: 2, dueNs: 3, key: 4 });
  expect(data.toString('latin1', 0, 12)).toBe('kbt1r0000001');
  expect([data.readUInt32BE(12), data.readDoubleBE(16), data.readDoubleBE(24)]).toEqual([1, 2, 3]);
  expect([data.readUInt32BE(32), data.readUInt32BE(36)]).toEqual([48, 4]);
  expect(data.subarray(44)).toEqual(Buffer.alloc(4, 7));
});

test('an aggregated record that cannot be taken apart is damaged where a record of this run is in it, and foreign where none is', () => {
  const aggregated = (inside: string) => Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), Buffer.from(inside)]);
  expect(readTag(aggregated(`..${TAG_MAGIC}${RUN}..`), RUN)).toBe('damaged');
  expect(readTag(aggregated(`..${TAG_MAGIC}r0000002..`), RUN)).toBe('foreign');
  expect(readTag(aggregated(`..${RUN}..`), RUN)).toBe('foreign');
});
