/**
 * The reader of CBOR against cborg, which is not ours, on what clients would write and on what it becomes when bytes change:
 * the same value, or both refuse. What ours refuses on purpose is known by its own reading of the bytes, and listed here.
 */
import assert from 'node:assert/strict';
import { decode } from 'cborg';
import type { Random } from '../src/random.ts';
import { Random as Generator } from '../src/random.ts';
import { EpochMs, readCbor } from '../src/reference/cbor-reader.ts';
import { encode } from './encoding.ts';
import { mutate } from './mutation.ts';
import { Blob, bytesOf, Members, once, pick, strangeValue, Time } from './value.ts';

/** What only ours refuses, and why; depth comes first, the others look into all of it. */
const justified: readonly { readonly because: string; readonly holds: (value: unknown) => boolean }[] = [
  { because: 'a request has a depth of five', holds: (value) => deeper(value, 32) },
  { because: 'a request is one structure', holds: (value) => !(value instanceof Map) },
  {
    because: 'keys are texts',
    holds: (value) =>
      some(value, (each) => each instanceof Map && [...each.keys()].some((key) => typeof key !== 'string')),
  },
  {
    because: 'no member of a request is infinite, or no number',
    holds: (value) => some(value, (each) => typeof each === 'number' && !Number.isFinite(each)),
  },
  {
    because: 'a text is UTF-8',
    holds: (value) => some(value, (each) => typeof each === 'string' && each.includes('\ufffd')),
  },
  {
    because: 'a time is a number',
    holds: (value) => some(value, (each) => each instanceof EpochMs && Number.isNaN(each.ms)),
  },
  {
    because: 'an end where a value belongs is not well formed (RFC 8949, 3.2.1); cborg gives its own mark for it',
    holds: (value) => some(value, isMark),
  },
];

/** What only cborg refuses: strings in chunks, which the Java SDKs send. */
const theirLimits = /indefinite length bytes\/strings are not supported/;

function children(value: unknown): unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return Array.isArray(value) ? value : [];
}

function some(value: unknown, holds: (value: unknown) => boolean): boolean {
  return holds(value) || children(value).some((each) => some(each, holds));
}

/** Whether lists, structures and times lie in more than so many levels. */
function deeper(value: unknown, levels: number): boolean {
  const nested = value instanceof Map || Array.isArray(value) || value instanceof EpochMs;
  return nested && (levels === 0 || children(value).some((each) => deeper(each, levels - 1)));
}

/** The symbol or object by which cborg knows the end of a list. */
function isMark(value: unknown): boolean {
  return typeof value === 'symbol';
}

/** The reading of cborg: maps as Maps, times as ours; the text of its refusal where it refuses. */
function theirs(bytes: Buffer): { readonly value: unknown } | string {
  try {
    const time = (inner: () => unknown) => {
      const value = inner();
      return new EpochMs(typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN);
    };
    return { value: decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true, tags: { 1: time } }) };
  } catch (error) {
    return String(error);
  }
}

/** Ours in the same terms. Absent and null are one to us. */
function likeTheirs(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(likeTheirs);
  if (value instanceof EpochMs || typeof value !== 'object' || value === null) return value ?? null;
  return new Map(Object.entries(value).map(([name, each]) => [name, likeTheirs(each)]));
}

/** Theirs without the differences that mean nothing: undefined is null, a bigint that fits is a number. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof Map) return new Map([...value].map(([name, each]) => [name, plain(each)]));
  if (Array.isArray(value)) return value.map(plain);
  return value ?? null;
}

function anything(random: Random, depth = 0): unknown {
  switch (random.below(depth > 4 ? 6 : 9)) {
    case 0:
      return random.below(2 ** 31) - 2 ** 30;
    case 1:
      return random.uniform() * 10 ** random.below(300);
    case 2:
      return pick(random, ['', 'a', 'ключ', '\u{1f600}'.repeat(random.below(80))]);
    case 3:
      return new Blob(bytesOf(random, 300));
    case 4:
      return new Time(random.below(2 ** 31) * 1000);
    case 5:
      return strangeValue(random);
    case 6:
      return Array.from({ length: random.below(5) }, () => anything(random, depth + 1));
    default:
      return structure(random, depth + 1);
  }
}

function structure(random: Random, depth: number): Members {
  return new Members(Array.from({ length: random.below(5) }, (_, at) => [`m${at}`, anything(random, depth)]));
}

/** Reads `rounds` bodies with both. Throws with the bytes of the first on which they differ; gives how many both took. */
export function fuzzCbor(seed: number, rounds: number): number {
  const random = new Generator(seed).fork('cbor');
  const others: Buffer[] = [];
  let taken = 0;
  for (let round = 0; round < rounds; round += 1) {
    let bytes = encode('cbor', once(random, 20) ? anything(random) : structure(random, 0), random);
    if (once(random, 2)) bytes = mutate(bytes, random, others);
    if (once(random, 50)) bytes = bytesOf(random, 40);
    if (others.length < 30) others.push(bytes);
    else others[round % others.length] = bytes;
    try {
      taken += compare(bytes) ? 1 : 0;
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(
        `CBOR reader: ${what.slice(0, 2000)}\nseed ${seed}, round ${round}: npm run fuzz -- --seed ${seed} --count 1\n${bytes.toString('hex')}`,
        { cause: error },
      );
    }
  }
  return taken;
}

function compare(bytes: Buffer): boolean {
  const ours = readCbor(bytes);
  const other = theirs(bytes);
  if (ours === undefined) {
    if (typeof other === 'string') return false;
    assert.ok(
      justified.some(({ holds }) => holds(other.value)),
      `only ours refuses it: ${String(other.value)}`,
    );
    return false;
  }
  if (typeof other === 'string') {
    assert.match(other, theirLimits, 'only ours takes it');
    return false;
  }
  assert.deepEqual(likeTheirs(ours), plain(other.value));
  return true;
}
