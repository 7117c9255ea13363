/** Bodies in both forms: what we write is read by others as it was meant, what others write by us, and nonsense by nobody. */
import { decode, encode } from 'cborg';
import { describe, expect, test } from 'vitest';
import { timestampMembers } from '../protocol/operations.ts';
import { inputShapes, type Shape } from '../protocol/shapes.ts';
import { Random } from '../random.ts';
import { BodyBuffer } from './body-buffer.ts';
import { codecOf, type Encoding, readBody } from './codec.ts';

function written(encoding: Encoding, value: unknown): Buffer {
  const buffer = new BodyBuffer();
  codecOf(encoding).write(buffer, value);
  return Buffer.from(buffer.body);
}

const texts = [
  '',
  'a',
  'a"b\\c',
  'Zürich',
  '\u0000\u001f\u007f\u2028',
  '💧',
  'x'.repeat(47),
  'x'.repeat(300),
  'é'.repeat(60),
];

/** A value of the kinds that inputs are made of. */
function anyValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 6 : 8)) {
    case 0:
      return texts[random.below(texts.length)];
    case 1:
      return [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32, -1, -24, -25, -257, 2 ** 53 - 1][random.below(14)];
    case 2:
      return random.uniform() * 1e6;
    case 3:
      return random.below(2) === 0;
    case 4:
      return null;
    case 5:
      return undefined;
    case 6:
      return Array.from({ length: random.below(30) }, () => anyValue(random, depth + 1) ?? null);
    default: {
      const members = Array.from({ length: random.below(30) }, (_, index) => [
        `${texts[random.below(texts.length)]}${index}`,
        anyValue(random, depth + 1),
      ]);
      return Object.fromEntries(members);
    }
  }
}

describe('JSON', () => {
  test.each([
    'A'.repeat(60),
    `${'A'.repeat(60)}"`,
    `\\${'A'.repeat(60)}`,
    `${'A'.repeat(60)}\n`,
    `é${'A'.repeat(60)}\u007f`,
  ])('a long text is written as JSON.stringify writes it: %j', (text) => {
    expect(written('json', { Data: text, Key: text }).toString()).toBe(JSON.stringify({ Data: text, Key: text }));
  });

  test('is written as JSON.stringify writes it', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const value = { value: anyValue(new Random(seed)) };
      expect(written('json', value).toString(), `seed ${seed}`).toBe(JSON.stringify(value));
    }
  });

  test('has data as base64, whatever array they stand in', () => {
    const memory = new Uint8Array([9, 1, 2, 3, 255, 9]);
    const Data = memory.subarray(1, 5);
    const Records = [{ Data }, { Data: Buffer.from(Data) }, { Data: 'AQID/w==' }, { Data: new Uint8Array() }];
    expect(JSON.parse(written('json', { Records }).toString())).toEqual({
      Records: [{ Data: 'AQID/w==' }, { Data: 'AQID/w==' }, { Data: 'AQID/w==' }, { Data: '' }],
    });
  });

  test.each(['', '{', 'nope', '"\\x"', '{"a":1}}'])('%j is not read', (text) => {
    expect(codecOf('json').read(Buffer.from(text))).toBeUndefined();
  });
});

describe('CBOR', () => {
  test('is read by others as it was meant', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const value = { value: anyValue(new Random(seed)) };
      expect(decode(written('cbor', value)), `seed ${seed}`).toEqual(JSON.parse(JSON.stringify(value)));
    }
  });

  test('is read as others write it, and no part of it is', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const value = JSON.parse(JSON.stringify({ value: anyValue(new Random(seed)) })) as object;
      const bytes = Buffer.from(encode(value));
      expect(codecOf('cbor').read(bytes), `seed ${seed}`).toEqual(value);
      for (let cut = 0; cut < Math.min(bytes.length, 500); cut += 1)
        expect(codecOf('cbor').read(bytes.subarray(0, cut)), `seed ${seed}, cut at ${cut}`).toBeUndefined();
    }
  });

  test('has data as bytes and timestamps as milliseconds under tag 1', () => {
    const bytes = written('cbor', { Data: 'AQID/w==', Timestamp: 1.5, Limit: 1.5 });
    expect(decode(bytes, { tags: { 1: (inner) => ({ ms: inner() as number }) } })).toEqual({
      Data: new Uint8Array([1, 2, 3, 255]),
      Timestamp: { ms: 1500 },
      Limit: 1.5,
    });
    expect(codecOf('cbor').read(bytes)).toEqual({ Data: Buffer.from([1, 2, 3, 255]), Timestamp: 1.5, Limit: 1.5 });
  });

  test.each([
    [
      'indefinite lengths',
      'bf6161 9f 0102 ff 6162 5f 4101 420203 ff 6163 7f 6178 6179 ff ff',
      { a: [1, 2], b: Buffer.from([1, 2, 3]), c: 'xy' },
    ],
    ['short floats', '83 f93c00 f9c400 fa40490fdb', [1, -4, 3.1415927410125732]],
    ['an unknown tag', 'd9d9f7 01', 1],
    ['undefined', '81 f7', [null]],
  ])('%s are read', (_, hex, value) => {
    expect(codecOf('cbor').read(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(value);
  });

  test.each([
    ['bytes after the value', '0101'],
    ['a name that is no text', 'a10101'],
    ['a list of more than there is', '9bffffffffffffffff01'],
    ['a text longer than there is', '7b7fffffffffffffff61'],
    ['a piece of another type', '5f6161ff'],
    ['a reserved head', '1c'],
    ['a break that ends nothing', 'ff'],
    ['a time that is a text', 'c16161'],
    ['a dangerous name', 'a1695f5f70726f746f5f5f01'],
    ['a nest without end', '81'.repeat(100_000)],
  ])('%s: not read', (_, hex) => {
    expect(codecOf('cbor').read(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

test('an answer is read as what it says it is, else as what was asked for', () => {
  const json = codecOf('json');
  const body = Buffer.from('{"a":1}');
  expect(readBody(body, 'application/x-amz-json-1.1', codecOf('cbor'))).toEqual({ a: 1 });
  expect(readBody(Buffer.from('a1616101', 'hex'), 'application/x-amz-cbor-1.1', json)).toEqual({ a: 1 });
  expect(readBody(body, '', json)).toEqual({ a: 1 });
  expect(readBody(body, 'text/plain', codecOf('cbor'))).toBeUndefined();
  expect(readBody(Buffer.alloc(0), '', json)).toBeNull();
});

test('in the shapes of the protocol, bytes are called Data and nothing else is, as the CBOR writer takes for granted', () => {
  const kinds = new Set<string>();
  const visit = (shape: Shape, name: string) => {
    if (shape.type === 'structure') for (const [member, inner] of Object.entries(shape.members)) visit(inner, member);
    else if (shape.type === 'list') visit(shape.member, name);
    else if (name === 'Data' || shape.type === 'blob') kinds.add(`${name} ${shape.type}`);
    else if (shape.type === 'timestamp') expect(timestampMembers.has(name)).toBe(true);
  };
  for (const [operation, shape] of Object.entries(inputShapes)) visit(shape, operation);
  expect([...kinds]).toEqual(['Data blob']);
});

test('a body that outgrows its buffer, and a head that outgrows its room, are whole', () => {
  const buffer = new BodyBuffer();
  for (const size of [10, 100_000, 3_000_000, 20]) {
    buffer.clear();
    codecOf('json').write(buffer, { Data: new Uint8Array(size) });
    const text = `{"Data":"${Buffer.alloc(size).toString('base64')}"}`;
    for (const head of ['head', 'head', 'HEAD', 'h'.repeat(9000), 'head']) {
      for (const end of ['1', '2', '10']) {
        expect(buffer.body.toString()).toBe(text);
        expect(buffer.bodyBytes).toBe(text.length);
        expect(buffer.after(head, end).toString()).toBe(head + end + text);
      }
    }
  }
});
