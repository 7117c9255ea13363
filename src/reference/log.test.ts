import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { LogMemory } from './log-memory.ts';
import { ShardLog } from './log.ts';
import { copies, type RecordPage } from './record-page.ts';
import type { NewRecord } from './segment.ts';
import { SequenceNumbers } from './sequence-number.ts';

interface Entry {
  readonly data: Buffer;
  readonly partitionKey: string | undefined;
  readonly encrypted: boolean;
  readonly arrivalMs: number;
}

const sizeOf = ({ data, partitionKey = '' }: Entry) => data.length + Buffer.byteLength(partitionKey);

/** The simplest thing that could be right: an array, of which the trimmed part stays and is skipped. */
class PlainLog {
  readonly entries: Entry[] = [];
  horizon = 0;

  firstAtLeast(ms: number): number {
    const found = this.entries.findIndex(({ arrivalMs }, at) => at >= this.horizon && arrivalMs >= ms);
    return found === -1 ? this.entries.length : found;
  }

  page(from: number, to: number, countMax: number, bytesMax: number) {
    const start = Math.max(from, this.horizon);
    const stop = Math.min(to, start + countMax);
    let at = start;
    let bytes = 0;
    let full = false;
    for (; at < stop; at += 1) {
      const size = sizeOf(this.entries[at]!);
      full = at > start && bytes + size > bytesMax;
      if (full) break;
      bytes += size;
    }
    const bounds = { count: Math.max(0, at - start), bytes, next: Math.max(at, from), full };
    return { entries: this.entries.slice(start, Math.max(at, start)), bounds };
  }
}

const boundsOf = ({ count, bytes, next, full }: RecordPage) => ({ count, bytes, next, full });

function entriesOf(page: RecordPage): Entry[] {
  return copies(page).map(({ block, dataAt, keyAt, end, hasKey, encrypted, arrivalMs }) => ({
    data: block.subarray(dataAt, keyAt),
    partitionKey: hasKey ? block.toString('utf8', keyAt, end) : undefined,
    encrypted,
    arrivalMs,
  }));
}

/** A record of so many bytes without a key. */
function plainRecord(bytes: number): NewRecord {
  return { data: Buffer.alloc(bytes), partitionKey: undefined, bytes, encrypted: false, chained: false };
}

const marksAt = (index: number, ms: number) => ({
  index,
  arrivalMs: ms,
  visibleAtNs: ms * 1e6,
  acknowledgedAtNs: ms * 1e6 + 1,
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a log of segments is a list: seed %i', (seed) => {
  const random = new Random(seed);
  const memory = new LogMemory(undefined);
  const log = new ShardLog(new SequenceNumbers(3, 1_700_000_000), memory);
  const plain = new PlainLog();
  let nowMs = 1_700_000_000_000;
  for (let step = 0; step < 1500; step += 1) {
    nowMs += random.below(400) === 0 ? 2 ** 32 : random.below(3);
    const size = random.below(20) === 0 ? random.below(400_000) : random.below(3000);
    const data = Buffer.alloc(size, random.below(256));
    const partitionKey = random.below(5) === 0 ? undefined : `${'é'.repeat(random.below(3))}k${step}`;
    const entry = { data, partitionKey, encrypted: random.below(3) === 0, arrivalMs: nowMs };
    expect(
      log.append(
        { data, partitionKey, encrypted: entry.encrypted, chained: false, bytes: sizeOf(entry) },
        marksAt(step + 1, nowMs),
      ),
    ).toBe(step);
    plain.entries.push(entry);

    if (random.below(40) === 0) {
      const before = nowMs - random.below(600);
      log.trimBefore(before);
      plain.horizon = Math.max(plain.horizon, plain.firstAtLeast(before));
    }
    if (random.below(10) === 0) {
      const wantedMs = nowMs + 5 - random.below(1500);
      expect(log.firstAtLeast('arrivalMs', wantedMs)).toBe(plain.firstAtLeast(wantedMs));
      expect(log.firstAtLeast('visibleAtNs', wantedMs * 1e6)).toBe(plain.firstAtLeast(wantedMs));
      const from = random.below(log.end + 2);
      const to = random.below(log.end + 1);
      const limits = [1 + random.below(300), random.below(500_000)] as const;
      const page = log.page(from, to, ...limits);
      const wanted = plain.page(from, to, ...limits);
      expect(boundsOf(page), `page from ${from} to ${to}`).toEqual(wanted.bounds);
      const seen = entriesOf(page);
      expect(seen.every((one, at) => one.data.equals(wanted.entries[at]!.data))).toBe(true);
      const rest = (entries: readonly Entry[]) =>
        entries.map(({ partitionKey: key, encrypted, arrivalMs }) => [key, encrypted, arrivalMs]);
      expect(rest(seen)).toEqual(rest(wanted.entries));
    }
    expect([log.horizon, log.end]).toEqual([plain.horizon, plain.entries.length]);
    expect(memory.bytes).toBe(log.bytesHeld);
  }
  log.trimTo(log.end);
  expect([memory.bytes, log.bytesHeld]).toEqual([0, 0]);
});

test('a page stops before the record that would exceed its bytes, and never empty-handed', () => {
  const log = new ShardLog(new SequenceNumbers(0, 0), new LogMemory(undefined));
  for (let index = 1; index <= 5; index += 1) log.append(plainRecord(100), marksAt(index, 0));
  expect(log.page(0, 5, 10, 300)).toMatchObject({ count: 3, bytes: 300, next: 3, full: true });
  expect(log.page(0, 5, 10, 10)).toMatchObject({ count: 1, next: 1, full: true });
  expect(log.page(3, 5, 10, 300)).toMatchObject({ count: 2, next: 5, full: false });
  expect(log.page(5, 5, 10, 300)).toMatchObject({ count: 0, next: 5, full: false });
});

test('a page stays what it was when its records are trimmed and the block is sealed', () => {
  const log = new ShardLog(new SequenceNumbers(0, 0), new LogMemory(undefined));
  const data = Buffer.from('first');
  log.append({ data, partitionKey: 'k', bytes: 6, encrypted: false, chained: false }, marksAt(1, 0));
  const page = log.page(0, 1, 10, 100);
  for (let index = 2; index <= 50; index += 1) log.append(plainRecord(1000), marksAt(index, 0));
  log.trimTo(50);
  expect(entriesOf(page)).toMatchObject([{ data, partitionKey: 'k' }]);
});

test.each([0, 1, 20, 50, 51, 99, 100])(
  'what is truncated at %i is as if it had never been, and pages keep it',
  (at) => {
    const [memory, plain] = [new LogMemory(undefined), new LogMemory(undefined)];
    const log = new ShardLog(new SequenceNumbers(0, 0), memory);
    const shorter = new ShardLog(new SequenceNumbers(0, 0), plain);
    const record = (index: number) => ({ ...plainRecord(1000), data: Buffer.alloc(1000, index) });
    for (let index = 0; index < 100; index += 1) log.append(record(index), marksAt(index, index));
    for (let index = 0; index < at; index += 1) shorter.append(record(index), marksAt(index, index));
    const page = log.page(0, 100, 100, 1e9);
    const before = entriesOf(page);
    log.truncate(at);
    for (const each of [log, shorter])
      for (let index = at; index < 150; index += 1) each.append(record(index + 1), marksAt(index, index));
    expect(entriesOf(page)).toEqual(before);
    expect(log.end).toBe(150);
    expect(entriesOf(log.page(0, 150, 150, 1e9))).toEqual(entriesOf(shorter.page(0, 150, 150, 1e9)));
    log.trimTo(log.end);
    expect(memory.bytes).toBe(0);
  },
);

test('indices and times that fall, as faults make them, are kept as they are', () => {
  const log = new ShardLog(new SequenceNumbers(0, 0), new LogMemory(undefined));
  const marks = [marksAt(5, 50), marksAt(6, 60), marksAt(4, 70), marksAt(7, 40)];
  for (const mark of marks) log.append(plainRecord(10), mark);
  const page = copies(log.page(0, 4, 10, 1000));
  expect(page.map(({ index, arrivalMs }) => [index, arrivalMs])).toEqual(
    marks.map(({ index, arrivalMs }) => [index, arrivalMs]),
  );
});

describe('memory', () => {
  test.each([
    ['100 bytes', 100, 100_000, 40, 2 ** 20],
    ['1 KiB', 1024, 20_000, 40, 2 ** 20],
    ['100 KiB', 100 * 1024, 300, 100, 2 ** 20],
    ['10 MiB', 10 * 1024 * 1024, 3, 300, 0],
  ])('records of %s cost little more than themselves', (_name, bytes, count, overheadMax, room) => {
    const memory = new LogMemory(undefined);
    const log = new ShardLog(new SequenceNumbers(0, 0), memory);
    for (let index = 1; index <= count; index += 1) log.append(plainRecord(bytes), marksAt(index, index));
    // What is left of the last block is not overhead: the next records go there.
    expect((memory.bytes - count * bytes - room) / count).toBeLessThan(overheadMax);
  });

  test('an empty log holds nothing, a small one little, and what is trimmed is given back', () => {
    const memory = new LogMemory(undefined);
    const log = new ShardLog(new SequenceNumbers(0, 0), memory);
    expect(memory.bytes).toBe(0);
    log.append(plainRecord(100), marksAt(1, 0));
    expect(memory.bytes).toBeLessThan(2048);
    for (let index = 2; index <= 100; index += 1) log.append(plainRecord(100), marksAt(index, 0));
    expect(memory.bytes).toBeLessThan(40_000);
    let most = 0;
    for (let index = 101; index <= 50_000; index += 1) {
      log.append(plainRecord(1000), marksAt(index, index));
      log.trimBefore(index - 1000);
      if (index === 10_000) most = memory.bytes;
    }
    expect(memory.bytes).toBeLessThan(most * 1.5);
    log.trimTo(log.end);
    expect(memory.bytes).toBe(0);
  });
});
