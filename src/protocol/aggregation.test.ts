import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { AggregateBuilder, deaggregate, type UserRecord } from './aggregation.ts';

const record = (partitionKey: string, data: string, explicitHashKey?: string): UserRecord => ({
  partitionKey,
  explicitHashKey,
  data: Buffer.from(data),
});

function aggregate(records: readonly UserRecord[]): Buffer {
  const builder = new AggregateBuilder();
  for (const one of records) {
    const bytes = builder.bytesWith(one);
    builder.add(one);
    expect(builder.bytes).toBe(bytes);
  }
  const data = builder.encode();
  expect(data.length).toBe(builder.bytes);
  return data;
}

/** Magic, any protobuf, and the MD5 that goes with it. */
function sealed(message: readonly number[]): Buffer {
  const body = Buffer.from(message);
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), body, hash('md5', body, 'buffer')]);
}

describe('the aggregated format', () => {
  test('is, byte for byte, what another library makes of one record', () => {
    // The example of the Elixir library ex_kpl, 0.2.0: key "partition_key", data "data".
    expect(aggregate([record('partition_key', 'data')]).toString('hex')).toBe(
      'f3899ac2' +
        '0a0d706172746974696f6e5f6b6579' +
        '1a08' +
        '0800' +
        '1a0464617461' +
        'd03699da5a222fa32108ad1bd955a14e',
    );
  });

  test('gives back what went in: keys shared and apart, hash keys, empty and large data', () => {
    const records = [
      record('a', 'one'),
      record('b', '', '340282366920938463463374607431768211455'),
      record('a', 'x'.repeat(70_000)),
      record('ключ', 'three', '0'),
      record('b', 'four', '0'),
      ...Array.from({ length: 300 }, (_, index) => record(`key-${index}`, String(index))),
    ];
    expect(deaggregate(aggregate(records))).toEqual(records);
  });

  test('skips fields it does not know, tags among them', () => {
    const message = [0x0a, 1, 0x6b, 0x20, 0x96, 1, 0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4];
    const inner = [0x08, 0, 0x1a, 1, 0x64, 0x22, 3, 0x0a, 1, 0x74];
    expect(deaggregate(sealed([...message, 0x1a, inner.length, ...inner]))).toEqual([record('k', 'd')]);
  });
});

describe('what is not in the format is a record like any other', () => {
  const good = aggregate([record('a', 'one'), record('b', 'two')]);

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['other data', Buffer.from('kbt1'.repeat(20))],
    ['the magic number alone', good.subarray(0, 4)],
    ['an index beyond the table of keys', sealed([0x1a, 5, 0x08, 1, 0x1a, 1, 0x64])],
    ['an index beyond the table of hash keys', sealed([0x0a, 1, 0x6b, 0x1a, 7, 0x08, 0, 0x10, 0, 0x1a, 1, 0x64])],
    ['a record without data', sealed([0x0a, 1, 0x6b, 0x1a, 2, 0x08, 0])],
    ['a record without key', sealed([0x0a, 1, 0x6b, 0x1a, 3, 0x1a, 1, 0x64])],
    ['a length beyond the end', sealed([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x6b])],
    ['a length beyond every number', sealed([0x0a, ...Array.from({ length: 9 }, () => 0xff), 0x01, 0x6b])],
    ['a number without end', sealed(Array.from({ length: 40 }, () => 0xff))],
    ['an inner length beyond its record', sealed([0x0a, 1, 0x6b, 0x1a, 5, 0x08, 0, 0x1a, 9, 0x64])],
    ['a group, which proto2 gave up', sealed([0x0b, 0x0c])],
    ['a key that is a number', sealed([0x08, 1])],
  ])('%s', (_, data) => {
    expect(deaggregate(data)).toBeNull();
  });

  test('a record cut short anywhere, and one with any byte changed', () => {
    for (let length = 0; length < good.length; length += 1) expect(deaggregate(good.subarray(0, length))).toBeNull();
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0x40;
      expect(deaggregate(bad), `byte ${at}`).toBeNull();
    }
  });

  test('any message under a good checksum either decodes or is refused, and never throws', () => {
    const random = new Random(4);
    const message = [...good.subarray(4, good.length - 16)];
    let decoded = 0;
    for (let round = 0; round < 5000; round += 1) {
      const bad = [...message];
      for (let n = random.below(3); n >= 0; n -= 1) bad[random.below(bad.length)] = random.below(256);
      if (deaggregate(sealed(bad)) !== null) decoded += 1;
    }
    expect(decoded).toBeGreaterThan(100);
  });
});
