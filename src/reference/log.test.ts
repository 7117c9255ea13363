import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { ShardLog } from './log.ts';

interface Entry {
  readonly json: string;
  readonly arrivalMs: number;
  readonly bytes: number;
}

/** The simplest thing that could be right: an array, of which the trimmed part stays and is skipped. */
class PlainLog {
  readonly entries: Entry[] = [];
  horizon = 0;

  firstAtLeast(ms: number): number {
    const found = this.entries.findIndex(({ arrivalMs }, at) => at >= this.horizon && arrivalMs >= ms);
    return found === -1 ? this.entries.length : found;
  }

  page(from: number, to: number, countMax: number, bytesMax: number): { text: string; next: number } {
    const start = Math.max(from, this.horizon);
    let at = start;
    let bytes = 0;
    for (; at < Math.min(to, start + countMax); at += 1) {
      const size = this.entries[at]!.bytes;
      if (at > start && bytes + size > bytesMax) break;
      bytes += size;
    }
    const text = this.entries.slice(start, at).map(({ json }) => `${json},`);
    return { text: text.join(''), next: Math.max(at, from) };
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a log of segments is a list: seed %i', (seed) => {
  const random = new Random(seed);
  const log = new ShardLog();
  const plain = new PlainLog();
  let nowMs = 0;
  for (let step = 0; step < 1500; step += 1) {
    nowMs += random.below(3);
    const size = random.below(20) === 0 ? random.below(400_000) : random.below(3000);
    const json = `{"${'é'.repeat(random.below(3))}${'x'.repeat(size)}"}`;
    const bytes = size;
    const marks = { index: step + 1, arrivalMs: nowMs, visibleAtNs: nowMs, acknowledgedAtNs: nowMs, bytes };
    expect(log.append(json, marks)).toBe(step);
    plain.entries.push({ json, arrivalMs: nowMs, bytes });

    if (random.below(40) === 0) {
      const before = nowMs - random.below(600);
      log.trimBefore(before);
      plain.horizon = Math.max(plain.horizon, plain.firstAtLeast(before));
    }
    if (random.below(10) === 0) {
      const wantedMs = random.below(nowMs + 5);
      expect(log.firstAtLeast('arrivalMs', wantedMs)).toBe(plain.firstAtLeast(wantedMs));
      const from = random.below(log.end + 2);
      const to = random.below(log.end + 1);
      const page = log.page(from, to, 1 + random.below(300), random.below(500_000));
      const wanted = plain.page(from, to, page.count === 0 ? 0 : page.count, Number.POSITIVE_INFINITY);
      expect(Buffer.concat(page.parts).toString() === wanted.text, `page from ${from} to ${to}`).toBe(true);
      expect(page.next).toBe(wanted.next);
    }
    expect([log.horizon, log.end]).toEqual([plain.horizon, plain.entries.length]);
  }
});

test('a page stops before the record that would exceed its bytes, and never empty-handed', () => {
  const log = new ShardLog();
  for (let index = 1; index <= 5; index += 1) {
    log.append('{}', { index, arrivalMs: 0, visibleAtNs: 0, acknowledgedAtNs: 0, bytes: 100 });
  }
  expect(log.page(0, 5, 10, 300)).toMatchObject({ count: 3, bytes: 300, next: 3, full: true });
  expect(log.page(0, 5, 10, 10)).toMatchObject({ count: 1, next: 1, full: true });
  expect(log.page(3, 5, 10, 300)).toMatchObject({ count: 2, next: 5, full: false });
  expect(log.page(5, 5, 10, 300)).toMatchObject({ count: 0, next: 5, full: false });
});
