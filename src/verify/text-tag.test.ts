import { expect, test } from 'vitest';
import { readTag } from './record-tag.ts';
import { findTextTag, openTag, readTextTag, sealedLength, sealTag } from './text-tag.ts';

const RUN = 'r0000001';
const tag = { producer: 3, counter: 12_345, dueNs: 5e15, key: 4_294_967_295 };

function text(before: string, after: string): Buffer {
  const open = openTag(RUN, tag);
  const data = Buffer.from(before + open + after);
  sealTag(data, open);
  return data;
}

test('a tag is found wherever it stands, and says what was written', () => {
  for (const data of [text('', ''), text('{"a":"', '","b":1}'), text('—', '—')]) {
    expect(readTag(data, RUN)).toMatchObject(tag);
  }
});

test('every changed byte shows', () => {
  const data = text('{"id":"', '","n":1}');
  for (let at = 0; at < data.length; at += 1) {
    const bad = Buffer.from(data);
    bad[at]! ^= 1;
    expect(['damaged', 'foreign'], `byte ${at}`).toContain(readTag(bad, RUN));
  }
});

test('a record that is cut off is damaged; another run’s, and none, are foreign', () => {
  const data = text('{"id":"', '","n":1}');
  expect(readTag(data.subarray(0, -1), RUN)).toBe('damaged');
  expect(readTag(data.subarray(0, 30), RUN)).toBe('damaged');
  expect(readTag(data, 'r0000002')).toBe('foreign');
  expect(readTextTag(Buffer.from('{"id":"kbt1"}'), RUN)).toBeUndefined();
});

test('a tag reads as the header of its file says', () => {
  expect(openTag(RUN, { ...tag, dueNs: 7.6 })).toBe('kbt1r0000001-3-12345-8-4294967295---------');
});

test('a tag is found in a text that was made of its own, and only right behind the name of the run', () => {
  const data = text('{"id":"', '","n":1}');
  expect(findTextTag(Buffer.from(data.toString().replace('"n"', '"m"')), RUN)).toEqual(readTag(data, RUN));
  expect(findTextTag(data.subarray(0, 30), RUN)).toBe('damaged');
  expect(findTextTag(Buffer.from(data.toString().replace(RUN, `${RUN}x`)), RUN)).toBe('damaged');
  expect(findTextTag(Buffer.from('{}'), RUN)).toBeUndefined();
});

test('a text ends where its checksum holds, whatever stands behind it, and nowhere where a byte has changed', () => {
  const mark = `kbt1${RUN}`;
  for (const [before, after] of [
    ['# ', ''],
    ['', ' behind the tag'],
  ] as const) {
    const data = text(before, after);
    for (const behind of ['', '# ', `# kbt1${RUN}-1`])
      expect(sealedLength(Buffer.concat([data, Buffer.from(behind)]), mark)).toBe(data.length);
    const bad = Buffer.from(data);
    bad[0]! ^= 1;
    expect(sealedLength(Buffer.concat([bad, data]), mark)).toBeUndefined();
  }
  expect(sealedLength(Buffer.from('nothing'), mark)).toBeUndefined();
});
