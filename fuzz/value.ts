/**
 * Values of requests before they are written in JSON or CBOR: plain ones as JavaScript has them, and those that it has no
 * word for. A structure is a list of members, so that one can come twice.
 */
import type { Random } from '../src/random.ts';

/** Bytes: base64 in JSON, a byte string in CBOR. */
export class Blob {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A time: seconds in JSON, tag 1 around milliseconds in CBOR. */
export class Time {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A structure or a map. */
export class Members {
  readonly entries: readonly (readonly [string, unknown])[];

  constructor(entries: readonly (readonly [string, unknown])[]) {
    this.entries = entries;
  }
}

/** What only the two forms themselves can say, as it is written in each. */
export class Odd {
  readonly json: string;
  readonly cbor: Buffer;

  constructor(json: string, cbor: Buffer) {
    this.json = json;
    this.cbor = cbor;
  }
}

/** One of them. */
export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}

/** True once in so many times. */
export function once(random: Random, times: number): boolean {
  return random.below(times) === 0;
}

/** Random bytes, mostly few. */
export function bytesOf(random: Random, max = 64): Buffer {
  return Buffer.from(Array.from({ length: random.below(max + 1) }, () => random.below(256)));
}

function nested(depth: number): Odd {
  return new Odd(
    '['.repeat(depth) + ']'.repeat(depth),
    Buffer.concat([Buffer.alloc(depth, 0x81), Buffer.from([0xf6])]),
  );
}

function raw(...bytes: number[]): Buffer {
  return Buffer.from(bytes);
}

/** Values that fit nowhere, or that only look as if they did. */
const strange: readonly unknown[] = [
  null,
  true,
  false,
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  1e300,
  '',
  'A===',
  'AAA',
  '\0',
  '\ud800',
  '\u{1f600}'.repeat(130),
  'ü'.repeat(300),
  String(2n ** 128n),
  String(2n ** 128n - 1n),
  '9'.repeat(129),
  '9'.repeat(130),
  'a'.repeat(5000),
  `arn:aws${':kinesis:'.repeat(200)}`,
  'arn:aws:kinesis:us-east-1:000000000000:stream/',
  [],
  [null],
  [[]],
  [1, 'a', null],
  new Members([]),
  new Members([['a', null]]),
  new Members([
    ['__proto__', 'x'],
    ['constructor', 'x'],
    ['toString', ''],
  ]),
  new Blob(Buffer.alloc(0)),
  new Blob(Buffer.from([255, 0, 128])),
  new Time(0),
  new Time(-1),
  new Time(1e17),
  new Odd('1e999', raw(0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0)),
  new Odd('-1e999', raw(0xf9, 0xfc, 0)),
  new Odd('-0', raw(0xf9, 0x80, 0)),
  new Odd('1e-400', raw(0xf9, 0, 1)),
  new Odd('18446744073709551615', raw(0x1b, 255, 255, 255, 255, 255, 255, 255, 255)),
  new Odd('-18446744073709551616', raw(0x3b, 255, 255, 255, 255, 255, 255, 255, 255)),
  new Odd('NaN', raw(0xf9, 0x7e, 0)),
  new Odd('"\\ud800\\udc00\\u0000"', raw(0x7f, 0x61, 0x61, 0x60, 0xff)),
  new Odd('{"a":1,"a":2}', raw(0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2)),
  new Odd('undefined', raw(0xf7)),
  new Odd('[1,]', raw(0x9f, 1, 0xff)),
  new Odd('{"a"}', raw(0xbf, 0x61, 0x61, 0xff)),
  new Odd('01', raw(0x19, 0, 1)),
  new Odd('"\\x"', raw(0x61, 0xff)),
  new Odd('\u00a01', raw(0x5f, 0x41, 1, 0x41, 2, 0xff)),
  new Odd('1', raw(0xc1, 0x1b, 0, 0x20, 0, 0, 0, 0, 0, 1)),
  new Odd('2', raw(0xc1, 0x61, 0x30)),
  new Odd('3', raw(0xd9, 0xd9, 0xf7, 3)),
  new Odd('4', raw(0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
  nested(20),
  nested(40),
  nested(3000),
];

/** A value that fits nowhere, or only looks as if it did. */
export function strangeValue(random: Random): unknown {
  return pick(random, strange);
}
