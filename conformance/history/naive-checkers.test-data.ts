/**
 * What each checker of a history looks for, in the words of its sentence and over every pair there is: numbers as integers, nothing
 * indexed, nothing left early. Each says how many breaches there are, or whether there is any.
 */
import type { Attempt, History, Read, Scan } from './history.ts';

type Put = Attempt & { readonly shardId: string; readonly sequenceNumber: string };
type PutPair = readonly [Put, Put];

const storedOf = ({ attempts }: History) => attempts.filter(({ fate }) => fate === 'stored') as Put[];
const isGreater = (a: string, b: string) => BigInt(a) > BigInt(b);
const without = (reads: readonly Read[]) =>
  reads.filter(({ sequenceNumber }, at) => reads.findIndex((other) => other.sequenceNumber === sequenceNumber) === at);
const contents = ({ pages }: Scan) => without(pages.flat());
const same = (a: Read, b: Read) => a.data === b.data && a.key === b.key;
const triesOf = ({ attempts }: History, data: string) => attempts.filter((attempt) => attempt.data === data);

function pairsOf(history: History, belong: (first: Put, second: Put) => boolean): PutPair[] {
  const stored = storedOf(history);
  return stored.flatMap((first) =>
    stored.filter((second) => first !== second && belong(first, second)).map((second) => [first, second] as const),
  );
}

export const naivePairs = {
  chained: (history: History) => pairsOf(history, (first, second) => second.after === first.data),
  sequential: (history: History) =>
    pairsOf(
      history,
      (first, second) =>
        second.after === undefined &&
        first.writer === second.writer &&
        first.shardId === second.shardId &&
        first.answered < second.sent &&
        !storedOf(history).some(
          ({ writer, shardId, sent }) =>
            writer === first.writer && shardId === first.shardId && sent > first.sent && sent < second.sent,
        ),
    ),
  apart: (history: History) =>
    pairsOf(
      history,
      (first, second) =>
        first.writer !== second.writer && first.shardId === second.shardId && first.answered < second.sent,
    ),
};

export function naiveFalling(pairs: readonly PutPair[]): number {
  return pairs.filter(([first, second]) => !isGreater(second.sequenceNumber, first.sequenceNumber)).length;
}

export function naiveCrossed(pairs: readonly PutPair[], history: History): number {
  const certain = ({ data }: Put) => triesOf(history, data).every(({ fate }) => fate !== 'unknown');
  return history.scans.flatMap((scan) => {
    const place = ({ data }: Put) => contents(scan).findLastIndex((read) => read.data === data);
    return pairs.filter(
      (pair) =>
        pair.every((put) => put.shardId === scan.shardId && place(put) >= 0 && certain(put)) &&
        place(pair[0]) > place(pair[1]),
    );
  }).length;
}

export function naiveStepsBack({ scans }: History): number {
  return scans.flatMap(({ pages }) =>
    pages.filter((page, at) => {
      const before = pages
        .slice(0, at)
        .findLast((each) => each.length > 0)
        ?.at(-1);
      return before && page[0] && !isGreater(page[0].sequenceNumber, before.sequenceNumber);
    }),
  ).length;
}

export function naiveFaultyPages(history: History): number {
  const { scans } = history;
  return scans.flatMap((scan) => {
    const others = scans.filter(({ shardId }) => shardId === scan.shardId).flatMap(({ pages }) => pages.flat());
    const acknowledged = storedOf(history).filter(({ shardId }) => shardId === scan.shardId);
    const known = others.filter((read) => acknowledged.some((put) => put.sequenceNumber === read.sequenceNumber));
    return scan.pages.filter((page) => {
      const falls = page.some(
        ({ sequenceNumber }, at) => at > 0 && isGreater(page[at - 1]!.sequenceNumber, sequenceNumber),
      );
      const lacks = known.some(
        ({ sequenceNumber }) =>
          page.some((read) => isGreater(sequenceNumber, read.sequenceNumber)) &&
          page.some((read) => isGreater(read.sequenceNumber, sequenceNumber)) &&
          page.every((read) => read.sequenceNumber !== sequenceNumber),
      );
      return falls || lacks;
    });
  }).length;
}

export function naiveOrderDiffers(one: Scan, two: Scan): boolean {
  const [a, b] = [contents(one), contents(two)].map((reads) => reads.map(({ sequenceNumber }) => sequenceNumber)) as [
    string[],
    string[],
  ];
  return a.some((first, at) =>
    a.slice(at + 1).some((second) => b.includes(first) && b.includes(second) && b.indexOf(first) > b.indexOf(second)),
  );
}

export function naiveDisagreements(one: Scan, two: Scan): number {
  const other = contents(two);
  const values = contents(one).filter((read) =>
    other.some((again) => again.sequenceNumber === read.sequenceNumber && !same(read, again)),
  );
  return values.length + (naiveOrderDiffers(one, two) ? 1 : 0);
}

export function naiveReplayDiffers(earlier: Scan, later: Scan): number {
  const [before, after] = [contents(earlier), contents(later)];
  const changed = before.filter(
    (read) => !after.some((again) => again.sequenceNumber === read.sequenceNumber && same(read, again)),
  );
  const end = after.findIndex(({ sequenceNumber }) => sequenceNumber === before.at(-1)?.sequenceNumber);
  const between = after.filter(
    (read, at) => at < end && before.every(({ sequenceNumber }) => sequenceNumber !== read.sequenceNumber),
  );
  return changed.length + between.length;
}

export function naiveChangedMarks(one: Scan, two: Scan): number {
  return contents(one).filter((read) =>
    contents(two).some(
      (again) =>
        again.sequenceNumber === read.sequenceNumber && (again.key !== read.key || again.arrivalS !== read.arrivalS),
    ),
  ).length;
}

export function naiveChangedData(history: History): number {
  return history.scans.flatMap(({ shardId, pages }) =>
    storedOf(history).flatMap((put) =>
      pages
        .flat()
        .filter(
          ({ sequenceNumber, data }) =>
            put.shardId === shardId &&
            put.sequenceNumber === sequenceNumber &&
            put.data !== data &&
            pages.flat().every((read) => read.data !== put.data),
        ),
    ),
  ).length;
}

export function naiveSharedNumbers(history: History): boolean {
  const stored = storedOf(history);
  const told = stored.some((one) =>
    stored.some(
      (two) => one.data !== two.data && one.shardId === two.shardId && one.sequenceNumber === two.sequenceNumber,
    ),
  );
  const readBy = (one: Scan) =>
    history.scans
      .filter(({ reader, shardId }) => reader === one.reader && shardId === one.shardId)
      .flatMap(({ pages }) => pages.flat());
  const read = history.scans.some((scan) =>
    readBy(scan).some((a) => readBy(scan).some((b) => a.sequenceNumber === b.sequenceNumber && a.data !== b.data)),
  );
  return told || read;
}

export function naiveRenumbered(history: History): number {
  return history.scans.flatMap((scan) =>
    storedOf(history).filter(({ data, shardId, sequenceNumber }) => {
      const read = contents(scan).filter((each) => each.data === data);
      const there = shardId === scan.shardId && read.some((each) => each.sequenceNumber === sequenceNumber);
      return triesOf(history, data).length === 1 && read.length > 0 && !there;
    }),
  ).length;
}

export function naiveUnexplained(history: History): number {
  return history.scans.flatMap(({ shardId, pages }) => {
    const reads = pages.flat();
    return [...new Set(reads.map(({ data }) => data))].filter((data) => {
      const numbers = new Set(reads.filter((read) => read.data === data).map(({ sequenceNumber }) => sequenceNumber));
      const tries = triesOf(history, data).length;
      if (tries > 0) return numbers.size > tries;
      return !storedOf(history).some((put) => put.shardId === shardId && numbers.has(put.sequenceNumber));
    });
  }).length;
}

export function naiveRefusedYetRead(history: History): number {
  return history.scans.flatMap(({ pages }) =>
    pages.flat().filter(({ data }) => {
      const tries = triesOf(history, data);
      return tries.length > 0 && tries.every(({ fate }) => fate === 'refused');
    }),
  ).length;
}
