/** The codecs against independent ones: JSON.parse, and cborg. */
import { decode, encode } from 'cborg';
import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { EpochMs, readCbor } from './cbor-reader.ts';
import { Codecs } from './codec.ts';
import { Faults } from './faults.ts';
import { LogMemory } from './log-memory.ts';
import { ShardLog } from './log.ts';
import { SequenceNumbers } from './sequence-number.ts';

const codecs = new Codecs(new Faults());
const json = codecs.of('application/x-amz-json-1.1')!;
const cbor = codecs.of('application/x-amz-cbor-1.1')!;

/** Epoch milliseconds become a Date, so that they cannot be mistaken for a number. */
const tags = { 1: (inner: () => unknown) => new Date(Number(inner())) };
const read = (body: Uint8Array): unknown => decode(body, { tags });

const keys = [
  'k',
  '"quoted"',
  'back\\slash',
  'line\nbreak',
  '\0',
  'é𝒦',
  '\u007f\u2028',
  ' ',
  '{"a":[',
  'x'.repeat(256),
];

/** A page of records of all sorts, and what it must show. */
function pageOf(seed: number, count: number) {
  const random = new Random(seed);
  const numbers = new SequenceNumbers(7, 1_700_000_000);
  const log = new ShardLog(numbers, new LogMemory(undefined));
  const shown = [];
  let arrivalMs = 1_767_225_600_000;
  for (let index = 1; index <= count; index += 1) {
    arrivalMs += random.below(3) * random.below(800);
    const size = random.below(30) === 0 ? random.below(70_000) : random.below(70);
    const data = Buffer.from(Array.from({ length: size }, () => random.below(256)));
    const partitionKey = random.below(6) === 0 ? undefined : keys[random.below(keys.length)];
    const encrypted = random.below(3) === 0;
    const bytes = size + Buffer.byteLength(partitionKey ?? '');
    const marks = { index, arrivalMs, visibleAtNs: 0, acknowledgedAtNs: 0 };
    log.append({ data, partitionKey, bytes, encrypted, chained: false }, marks);
    shown.push({
      SequenceNumber: numbers.at(index, Math.floor(arrivalMs / 1000)),
      arrivalMs,
      data,
      others: {
        ...(partitionKey === undefined ? {} : { PartitionKey: partitionKey }),
        ...(encrypted ? { EncryptionType: 'KMS' } : {}),
      },
    });
  }
  return { page: log.page(0, count, count, Number.POSITIVE_INFINITY), shown };
}

const rests = [
  { NextShardIterator: 'AAAA', MillisBehindLatest: 0 },
  { NextShardIterator: null, MillisBehindLatest: 5_000_000_000, ChildShards: [{ ShardId: 'a', ParentShards: [] }] },
  {},
];

describe.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 200],
  [4, 200],
])('a page (seed %i) of %i records', (seed, count) => {
  const { page, shown } = pageOf(seed, seed === 0 ? 0 : count);

  test.each(rests)('in JSON, with %j', (rest) => {
    expect(JSON.parse(json.encodeRecords(page, rest).toString())).toEqual({
      Records: shown.map(({ SequenceNumber, arrivalMs, data, others }) => ({
        SequenceNumber,
        ApproximateArrivalTimestamp: arrivalMs / 1000,
        Data: data.toString('base64'),
        ...others,
      })),
      ...rest,
    });
  });

  test.each(rests)('in CBOR, with %j', (rest) => {
    expect(read(cbor.encodeRecords(page, rest))).toEqual({
      Records: shown.map(({ SequenceNumber, arrivalMs, data, others }) => ({
        SequenceNumber,
        ApproximateArrivalTimestamp: new Date(arrivalMs),
        Data: Uint8Array.from(data),
        ...others,
      })),
      ...rest,
    });
  });
});

test('values in CBOR', () => {
  const plain = {
    text: 'é'.repeat(300),
    numbers: [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -24, -25, -257, 1.5],
    no: false,
    yes: true,
    nothing: null,
    nested: { list: [{}, [], { a: { b: 'c' } }] },
  };
  expect(read(cbor.encode({ ...plain, absent: undefined }))).toEqual(plain);
  const times = { StreamDescription: { StreamCreationTimestamp: 1_767_225_600.123 } };
  expect(read(cbor.encode(times))).toEqual({
    StreamDescription: { StreamCreationTimestamp: new Date(1_767_225_600_123) },
  });
});

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('reading CBOR', () => {
  test('what another encoder writes comes back', () => {
    const value = {
      a: [1, -1, 2 ** 40, -(2 ** 40), 1.25, true, false, null],
      b: { c: Uint8Array.from([0, 255]) },
      d: 'é',
    };
    expect(readCbor(encode(value))).toEqual({ ...value, b: { c: Buffer.from([0, 255]) } });
    expect(readCbor(encode({ big: 2n ** 64n - 1n, small: -(2n ** 64n) }))).toEqual({
      big: 2n ** 64n - 1n,
      small: -(2n ** 64n),
    });
  });

  test.each([
    [
      'maps, lists and texts of indefinite length',
      'bf 61 61 9f 01 ff 61 62 7f 61 78 62 c3 a9 ff 61 63 5f 41 01 41 02 ff ff',
      { a: [1], b: 'xé', c: Buffer.from([1, 2]) },
    ],
    [
      'floats of each size',
      'a3 61 61 f9 3e 00 61 62 fa 3f c0 00 00 61 63 fb 3f f8 00 00 00 00 00 00',
      { a: 1.5, b: 1.5, c: 1.5 },
    ],
    ['a time', 'a1 61 61 c1 1b 00 00 01 9b 77 6f 8c 00', { a: new EpochMs(0x019b776f8c00) }],
    ['a fractional time', 'a1 61 61 c1 f9 3e 00', { a: new EpochMs(1.5) }],
    ['undefined as null', 'a1 61 61 f7', { a: null }],
    ['lengths longer than they need be', 'b8 01 78 01 61 1b 00 00 00 00 00 00 00 01', { a: 1 }],
  ])('%s', (_what, bytes, value) => {
    expect(readCbor(hex(bytes))).toEqual(value);
  });

  test('a member named __proto__ is a member', () => {
    const value = readCbor(encode(new Map([['__proto__', { polluted: true }]])))!;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect('polluted' in value).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['a list', '80'],
    ['a text', '61 61'],
    ['bytes after the end', 'a0 00'],
    ['a missing member', 'a1 61 61'],
    ['a text that is cut off', 'a1 61 61 62 61'],
    ['bytes longer than the body', 'a1 61 61 5b 7f ff ff ff ff ff ff ff'],
    ['a list longer than the body', 'a1 61 61 9b 7f ff ff ff ff ff ff ff'],
    ['a map longer than the body', 'bb ff ff ff ff ff ff ff ff'],
    ['an unknown tag', 'a1 61 61 c2 41 01'],
    ['a time that is a text', 'a1 61 61 c1 61 61'],
    ['a key twice', 'a2 61 61 00 61 61 01'],
    ['a key that is a number', 'a1 00 00'],
    ['a break where none is due', 'a1 61 61 ff'],
    ['a break for a value', 'bf 61 61 ff'],
    ['no break', 'bf 61 61 00'],
    ['a chunk of the wrong type', 'a1 61 61 7f 41 61 ff'],
    ['a chunk of indefinite length', 'a1 61 61 7f 7f 61 61 ff ff'],
    ['a number of indefinite length', 'a1 61 61 1f'],
    ['a reserved length', 'a1 61 61 1c'],
    ['a simple value', 'a1 61 61 f8 20'],
    ['NaN', 'a1 61 61 f9 7e 00'],
    ['infinity', 'a1 61 61 fa 7f 80 00 00'],
    ['a text that is not UTF-8', 'a1 61 61 62 c3 28'],
    ['too much depth', `a1 61 61 ${'81'.repeat(40)} 00`],
    ['depth without end', `a1 61 61 ${'81'.repeat(200_000)}`],
    ['depth of tags', `a1 61 61 ${'c1'.repeat(200_000)}`],
    ['too many items', `a1 61 61 9f ${'80'.repeat(200_000)} ff`],
    ['too many chunks', `a1 61 61 5f ${'40'.repeat(200_000)} ff`],
  ])('%s is refused', (_what, bytes) => {
    expect(readCbor(hex(bytes))).toBeUndefined();
  });

  test.each([1, 2, 3, 4])('garbage is refused or read, and nothing else: seed %i', (seed) => {
    const random = new Random(seed);
    const good = Buffer.from(
      encode({ StreamName: 's', Records: [{ Data: Buffer.alloc(9), PartitionKey: 'k' }], Limit: 5 }),
    );
    for (let turn = 0; turn < 20_000; turn += 1) {
      const bytes =
        random.below(2) === 0 ? Buffer.from(good) : Buffer.from(Array.from({ length: 12 }, () => random.below(256)));
      for (let change = random.below(4); change > 0; change -= 1) bytes[random.below(bytes.length)] = random.below(256);
      if (random.below(3) === 0) bytes[0] = 0xa0 | random.below(32);
      const value = readCbor(bytes.subarray(0, random.below(bytes.length + 1)));
      expect(value === undefined || typeof value === 'object').toBe(true);
    }
  });
});

describe('reading JSON', () => {
  test.each([
    ['depth', '['.repeat(1_000_000)],
    ['closed depth', `{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`],
    ['width', `{"a":[${'{},'.repeat(300_000)}0]}`],
    ['members', `{${Array.from({ length: 200_001 }, (_, index) => `"${index}":0`).join()}}`],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['half', '{"a":'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
  ])('%s is refused', (_what, body) => {
    expect(json.decode(Buffer.from(body))).toBeUndefined();
  });

  test('brackets in partition keys do no harm', () => {
    const Records = Array.from({ length: 500 }, () => ({ Data: 'AAAA', PartitionKey: ':{'.repeat(128) }));
    expect(json.decode(Buffer.from(JSON.stringify({ Records })))).toEqual({ Records });
  });
});

test('each content type has its codec, and an unknown one has none', () => {
  expect(codecs.of('application/json')).toBe(json);
  expect(codecs.of('application/x-amz-cbor-1.1')).toBe(cbor);
  expect(codecs.of('application/cbor')).toBeUndefined();
  expect(codecs.of('')).toBeUndefined();
});
