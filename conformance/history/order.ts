/** What a history says of order: of the numbers that puts were answered with, of what was read, and inside and between pages. */
import {
  type Attempt,
  contentsOf,
  type History,
  isBefore,
  isStored,
  type Scan,
  type Stored,
  textOf,
} from './history.ts';

/** Two acknowledged records of which the first has to come first. */
export type Pair = readonly [first: Stored, second: Stored];

/** Each record with the one it was chained to by SequenceNumberForOrdering. */
export function chainedPairs({ attempts }: History): Pair[] {
  const stored = attempts.filter(isStored);
  const byData = new Map(stored.map((attempt) => [attempt.data, attempt]));
  return stored.flatMap((second) => {
    const first = second.after === undefined ? undefined : byData.get(second.after);
    return first ? [[first, second] as const] : [];
  });
}

/** Records that one producer put one after the other into one shard, each acknowledged before the next was sent; the second names none before it. */
export function sequentialPairs({ attempts }: History): Pair[] {
  const last = new Map<string, Stored>();
  const pairs: Pair[] = [];
  for (const second of attempts.filter(isStored).sort((a, b) => a.sent - b.sent)) {
    const line = `${second.writer} ${second.shardId}`;
    const first = last.get(line);
    if (first && second.after === undefined && first.answered < second.sent) pairs.push([first, second]);
    last.set(line, second);
  }
  return pairs;
}

/** Records of different producers in one shard, the first acknowledged before the second was sent. */
export function apartPairs({ attempts }: History): Pair[] {
  const stored = attempts.filter(isStored);
  return stored.flatMap((first) =>
    stored
      .filter((second) => second.writer !== first.writer && second.shardId === first.shardId)
      .filter((second) => first.answered < second.sent)
      .map((second) => [first, second] as const),
  );
}

/** Pairs whose second record was answered with a number that is not the greater one. */
export function fallingPairs(pairs: readonly Pair[]): string[] {
  return pairs
    .filter(([first, second]) => !isBefore(first.sequenceNumber, second.sequenceNumber))
    .map(([first, second]) => {
      const chained =
        second.after === first.data ? `, sent with SequenceNumberForOrdering ${first.sequenceNumber},` : '';
      return `in ${first.shardId} ${first.writer} was answered ${first.sequenceNumber} for ${textOf(first.data)}; ${second.writer} then put ${textOf(second.data)}${chained} and was answered ${second.sequenceNumber}, which is not greater`;
    });
}

/** Pairs that a reader met in the other order. */
export function crossedPairs(pairs: readonly Pair[], { attempts, scans }: History): string[] {
  const twice = retried(attempts);
  return scans.flatMap((scan) => {
    const places = new Map(contentsOf(scan).map(({ data }, place) => [data, place]));
    return pairs.flatMap(([first, second]) => {
      const one = places.get(first.data);
      const two = places.get(second.data);
      if (first.shardId !== scan.shardId || second.shardId !== scan.shardId) return [];
      if (one === undefined || two === undefined || one < two || twice.has(first.data) || twice.has(second.data))
        return [];
      return [
        `${second.writer} put ${textOf(second.data)} after ${textOf(first.data)} was acknowledged; ${scan.reader} met it in ${scan.shardId} at place ${two}, before the other at place ${one}`,
      ];
    });
  });
}

/** Data that may be stored more than once: some try of them ended unknown. */
function retried(attempts: readonly Attempt[]): Set<string> {
  return new Set(attempts.filter(({ fate }) => fate === 'unknown').map(({ data }) => data));
}

/** Pages that begin at or before the end of the page before them. */
export function stepsBack({ scans }: History): string[] {
  return scans.flatMap(({ reader, shardId, pages }) => {
    const filled = pages.filter((page) => page.length > 0);
    return filled.slice(1).flatMap((page, index) => {
      const last = filled[index]!.at(-1)!.sequenceNumber;
      const next = page[0]!.sequenceNumber;
      if (isBefore(last, next)) return [];
      return [
        `${reader} of ${shardId} had a page that ended with ${last}; the next one, by its NextShardIterator, began with ${next}: ${last === next ? 'the same record' : 'a step back'}`,
      ];
    });
  });
}

/** Pages that leave out a record between two of theirs, or have two in the wrong order. A record that nobody read is not a gap. */
export function faultyPages(history: History): string[] {
  return history.scans.flatMap((scan) => {
    const others = readSomewhere(history, scan.shardId);
    return scan.pages.flatMap((page) => {
      const said = `a page of ${page.length} records that ${scan.reader} got of ${scan.shardId}`;
      const down = page.findIndex(
        ({ sequenceNumber }, at) => at > 0 && isBefore(sequenceNumber, page[at - 1]!.sequenceNumber),
      );
      if (down > 0) {
        return [`${said} has ${page[down]!.sequenceNumber} after ${page[down - 1]!.sequenceNumber}`];
      }
      const [first, last] = [page[0], page.at(-1)];
      if (!first || !last) return [];
      const here = new Set(page.map(({ sequenceNumber }) => sequenceNumber));
      const left = others.find(
        (number) =>
          isBefore(first.sequenceNumber, number) && isBefore(number, last.sequenceNumber) && !here.has(number),
      );
      if (left === undefined) return [];
      return [
        `${said}, from ${first.sequenceNumber} to ${last.sequenceNumber}, lacks ${left}, which was acknowledged and read by others`,
      ];
    });
  });
}

/** Acknowledged numbers of a shard that some reader met. */
function readSomewhere({ attempts, scans }: History, shardId: string): string[] {
  const read = new Set(
    scans
      .filter((scan) => scan.shardId === shardId)
      .flatMap(({ pages }) => pages.flat().map((each) => each.sequenceNumber)),
  );
  return attempts
    .filter(isStored)
    .filter((attempt) => attempt.shardId === shardId && read.has(attempt.sequenceNumber))
    .map(({ sequenceNumber }) => sequenceNumber);
}

/** Places in which the order of the records that two scans have in common differs. */
export function orderDiffers(one: Scan, two: Scan): string[] {
  const numbersOf = (scan: Scan, other: Scan) => {
    const known = new Set(contentsOf(other).map(({ sequenceNumber }) => sequenceNumber));
    return contentsOf(scan)
      .map(({ sequenceNumber }) => sequenceNumber)
      .filter((number) => known.has(number));
  };
  const [a, b] = [numbersOf(one, two), numbersOf(two, one)];
  const at = a.findIndex((number, place) => number !== b[place]);
  if (at < 0) return [];
  return [
    `of the records of ${one.shardId} that both read, ${one.reader} had ${a[at]} at place ${at}, ${two.reader} had ${b[at]} there`,
  ];
}
