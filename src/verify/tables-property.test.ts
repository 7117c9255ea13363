/** Properties of the tables, samples and digests that the ledger is made of, each against a model that keeps everything. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnDigest, contentDigest, equalDigests, positionDigest } from './digest.ts';
import { DueTimes, firstDueAfter } from './due-times.ts';
import { Fate, leavingOut, type SentExport, SentHistory, sentRow, sentShape, type SentSummary } from './history.ts';
import { Lineage } from './lineage.ts';
import { naiveDescends } from './naive-ledger.test-data.ts';
import { PAGE_ROWS, TableView } from './page-store.ts';
import { PlaceSample } from './place-sample.ts';
import { Mark, SeenHistory, seenRow, seenShape, seenStore } from './seen-history.ts';
import { cases } from './tape.test-data.ts';

/** Counters next to each other and pages apart. */
const counters = fc.nat(11).map((at) => (at % 4) + Math.floor(at / 4) * 3 * PAGE_ROWS);

describe('what a producer notes', () => {
  const attempts = fc.array(
    fc.record({
      counter: counters,
      outcome: fc.constantFrom<'acknowledged' | 'rejected' | 'maybe' | 'open'>(
        'acknowledged',
        'rejected',
        'maybe',
        'open',
      ),
      position: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      reordered: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  type Attempts = typeof attempts extends fc.Arbitrary<infer T> ? T : never;

  /** A row by its attempts: how many may have stored it, and what became of it. */
  function naiveRow(mine: Attempts) {
    const acknowledged = mine.find(({ outcome }) => outcome === 'acknowledged');
    const storable = mine.filter(({ outcome }) => outcome !== 'rejected').length;
    return {
      fate: acknowledged
        ? Fate.acknowledged
        : mine.length === 0
          ? Fate.unsent
          : storable === 0
            ? Fate.rejected
            : Fate.maybe,
      storable: Math.min(15, storable),
      reordered: mine.some(({ reordered }) => reordered),
      position: acknowledged?.position ?? 0,
    };
  }

  function noted(all: Attempts): SentExport {
    const sent = new SentHistory(1);
    for (const { counter, outcome, position, reordered } of all) {
      sent.sent(counter);
      if (outcome === 'acknowledged') sent.settled(counter, Fate.acknowledged, position);
      else if (outcome !== 'open') sent.settled(counter, Fate[outcome]);
      if (reordered) sent.reordered(counter);
    }
    for (const counter of new Set(all.map((each) => each.counter)))
      sent.crossed('from', { counter, shardId: 'to', sequenceNumber: '1', detail: '' });
    return sent.export();
  }

  function compare(told: SentExport, all: Attempts): void {
    const view = new TableView<SentSummary>(sentShape, told.table);
    for (const index of view.indices) {
      const page = view.page(index);
      const rows = Array.from({ length: PAGE_ROWS }, (_, row) => sentRow(page, row));
      const naive = rows.map((_, row) => naiveRow(all.filter(({ counter }) => counter === index * PAGE_ROWS + row)));
      for (const [row, each] of rows.entries())
        if (each.storable > 0 || naive[row]!.storable > 0 || row < 8) expect(each).toEqual(naive[row]);
      const count = (fate: Fate) => naive.filter((row) => row.fate === fate).length;
      expect(view.summary(index)).toEqual({
        acknowledged: count(Fate.acknowledged),
        rejected: count(Fate.rejected),
        maybe: count(Fate.maybe),
        plain: naive.every(({ storable, reordered }) => storable < 2 && !reordered),
        positions: columnDigest(Uint32Array.from(naive, ({ position }) => position)),
      });
    }
  }

  test('is what its attempts say, whatever memory there is', () => {
    fc.assert(
      fc.property(attempts, (all) => compare(noted(all), all)),
      cases(40),
    );
  });

  test('is, without some records, as if these had never been', () => {
    fc.assert(
      fc.property(attempts, fc.uniqueArray(counters), (all, left) => {
        const some = left.filter((counter) => all.some((each) => each.counter === counter));
        const told = leavingOut(noted(all), some);
        const rest = all.filter(({ counter }) => !some.includes(counter));
        compare(told, rest);
        const kept = [...new Set(rest.map(({ counter }) => counter))];
        expect(told.crossings.map((each) => each.counters)).toEqual(kept.length > 0 ? [kept] : []);
        expect(told.crossings.map(({ count }) => count)).toEqual(kept.length > 0 ? [kept.length] : []);
      }),
      cases(40),
    );
  });
});

test('what a reader notes is what it met', () => {
  const met = fc.record({
    counter: counters,
    position: fc.integer({ min: 1, max: 4 }),
    content: fc.integer({ min: 1, max: 2 }),
    beyond: fc.boolean(),
    reach: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.array(met, { maxLength: 60 }), (all) => {
      const seen = new SeenHistory(seenStore(1));
      const answers = all.map(({ counter, position, content, beyond, reach }) =>
        seen.see(counter, position, content, beyond, reach),
      );
      const view = new TableView(seenShape, seen.export().table);
      const of = (counter: number) => all.flatMap((each, at) => (each.counter === counter ? [{ ...each, at }] : []));
      for (const counter of new Set(all.map((each) => each.counter))) {
        const [first, ...later] = of(counter);
        let copies = 0;
        let changed = false;
        expect(answers[first!.at]).toBe('new');
        for (const { position, content, beyond, at } of later) {
          if (position === first!.position && content === first!.content) expect(answers[at]).toBe('again');
          else if (position === first!.position) {
            expect(answers[at]).toBe('changed');
            changed = true;
          } else if (copies > 0 && !beyond) expect(answers[at]).toBe('again');
          else {
            expect(answers[at]).toBe('copy');
            copies += 1;
          }
        }
        const row = seenRow(view.page(Math.floor(counter / PAGE_ROWS)), counter % PAGE_ROWS);
        const { position, content, reach } = first!;
        const marks = { changed, reordered: false, misplaced: false };
        expect(row).toEqual({ position, content, reach, ...marks, copies: Math.min(15, copies) });
      }
      const distinct = new Set(all.map(({ counter }) => counter));
      expect(seen.export().distinct).toBe(distinct.size);
      for (const index of view.indices) {
        const rows = [...distinct].filter((counter) => Math.floor(counter / PAGE_ROWS) === index);
        const page = view.page(index);
        const marks = rows.reduce((bits, counter) => bits | page.bytes[0]![counter % PAGE_ROWS]!, 0);
        expect(view.summary(index)).toEqual({
          seen: rows.length,
          marks,
          positions: columnDigest(page.words[0]!),
          contents: columnDigest(page.words[1]!),
        });
      }
    }),
    cases(60),
  );
});

test('a mark stays, and is the record’s alone', () => {
  const seen = new SeenHistory(seenStore(1));
  for (const counter of [0, 1, 2]) seen.see(counter, 5, 6, true);
  seen.mark(1, Mark.reordered);
  seen.mark(1, Mark.changed);
  seen.mark(2, Mark.changed);
  const page = new TableView(seenShape, seen.export().table).page(0);
  const marks = [0, 1, 2].map((row) => seenRow(page, row)).map(({ changed, reordered }) => [changed, reordered]);
  expect(marks).toEqual([
    [false, false],
    [true, true],
    [true, false],
  ]);
});

test('shards are in line as a look at every parent says', () => {
  const lines = fc.array(fc.array(fc.nat(99), { maxLength: 2 }), { minLength: 1, maxLength: 9 }).map((all) =>
    all.map((parents, at) => ({
      shardId: String(at),
      parents: at === 0 ? [] : parents.map((parent) => String(parent % at)),
    })),
  );
  fc.assert(
    fc.property(lines, (shards) => {
      const lineage = new Lineage(shards);
      for (const { shardId } of shards)
        for (const { shardId: from } of shards)
          expect(lineage.descends(shardId, from), `${shardId} of ${from}`).toBe(naiveDescends(shards, shardId, from));
    }),
    cases(100),
  );
});

test('a record is taken to be as old as it is, or older by a 512th of all, and never younger', () => {
  const steps = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 3 }), fc.nat(20_000));
  fc.assert(
    fc.property(steps, ([records, gap, atNs]) => {
      const times = new DueTimes();
      const dueNs = Array.from({ length: records }, (_, counter) => Math.floor((counter * gap) / 2));
      for (const [counter, ns] of dueNs.entries()) times.note(counter, ns);
      const told = times.export();
      const naive = dueNs.filter((ns) => ns < atNs).length;
      const first = firstDueAfter(told, atNs);
      expect(told.timesNs.length).toBeLessThan(1024);
      expect(first).toBeGreaterThanOrEqual(naive);
      expect(first - naive).toBeLessThan(records < 1024 ? 1 : Math.max(2, records / 511));
    }),
    cases(60),
  );
});

test('places are kept of every so-manieth record, the closest that there is room for', () => {
  const order = fc.array(fc.nat(3000), { maxLength: 1500, size: 'max' });
  fc.assert(
    fc.property(order, (all) => {
      const sample = new PlaceSample();
      for (const counter of all) sample.note(counter, { shardId: 's', sequenceNumber: String(counter) });
      let stride = 1;
      const kept = () => [...new Set(all)].filter((counter) => counter % stride === 0);
      while (kept().length > 256) stride *= 2;
      const byNumber = (a: number, b: number) => a - b;
      expect([...sample.export().keys()].sort(byNumber)).toEqual(kept().sort(byNumber));
      for (const [counter, place] of sample.export()) expect(place.sequenceNumber).toBe(String(counter));
    }),
    cases(30),
  );
});

test('pages have equal digests where every row is equal, and only there', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 4095), fc.nat(3)), { maxLength: 6 });
  fc.assert(
    fc.property(rows, rows, (one, two) => {
      const [a, b] = [one, two].map((entries) => {
        const values = new Uint32Array(PAGE_ROWS);
        for (const [row, value] of entries) values[row] = value;
        return values;
      }) as [Uint32Array, Uint32Array];
      expect(equalDigests(columnDigest(a), columnDigest(b))).toBe(a.every((value, row) => value === b[row]));
    }),
    cases(200),
  );
});

test('places and contents are equal numbers where they are equal, and other numbers where they are not', () => {
  const place = fc.tuple(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom('1', '12', '21', 'b1'));
  const content = fc.tuple(fc.constantFrom('', 'k', 'kk'), fc.nat(3), fc.nat(3));
  fc.assert(
    fc.property(place, place, content, content, (one, two, first, second) => {
      expect(positionDigest(...one) === positionDigest(...two)).toBe(String(one) === String(two));
      expect(contentDigest(...first) === contentDigest(...second)).toBe(String(first) === String(second));
      expect(positionDigest(...one)).toBeGreaterThan(0);
      expect(contentDigest(...first)).toBeGreaterThan(0);
    }),
    cases(200),
  );
});
