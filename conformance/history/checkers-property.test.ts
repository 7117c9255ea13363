/**
 * Properties of the checkers: a history of an endpoint that does everything right is faulted by none, and of any other history they say
 * what their naive twins say.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases, usual, type Tape, tapes } from '../../src/verify/tape.test-data.ts';
import type { Attempt, History, Read, Scan } from './history.ts';
import { data } from './lines.test-data.ts';
import {
  naiveChangedData,
  naiveChangedMarks,
  naiveCrossed,
  naiveDisagreements,
  naiveFalling,
  naiveFaultyPages,
  naiveOrderDiffers,
  naivePairs,
  naiveRefusedYetRead,
  naiveRenumbered,
  naiveReplayDiffers,
  naiveSharedNumbers,
  naiveStepsBack,
  naiveUnexplained,
} from './naive-checkers.test-data.ts';
import { malformed, renumbered, sharedAcrossShards, sharedNumbers } from './numbers.ts';
import {
  apartPairs,
  chainedPairs,
  crossedPairs,
  fallingPairs,
  faultyPages,
  orderDiffers,
  sequentialPairs,
  stepsBack,
} from './order.ts';
import {
  changedData,
  changedMarks,
  disagreements,
  refusedYetRead,
  replayDiffers,
  scanPairs,
  suffixDiffers,
  unexplained,
} from './stability.ts';

const SHARDS = ['s0', 's1'];
const WRITERS = 3;
const READERS = ['early', 'late', 'last'];

interface World {
  readonly records: number;
  /** How often each thing goes wrong, as a share of its chances; 0: an endpoint without fault. */
  readonly evil: number;
}

/** Producers that overlap, try again after an unknown end, and chain some of their puts; readers in pages of any size. */
function historyOf(tape: Tape, { records, evil }: World): History {
  const wrong = () => tape.chance(evil);
  const log = new Map<string, Read[]>(SHARDS.map((shard) => [shard, []]));
  const attempts: Attempt[] = [];
  const answeredBy = new Map<number, number>();
  let moment = 0;
  let number = 97;
  const store = (shardId: string, key: string, text: string): string => {
    const shard = log.get(shardId)!;
    const reused = wrong() && shard.length > 0;
    const sequenceNumber = reused ? shard[tape.below(shard.length)]!.sequenceNumber : String((number += 1));
    shard.push({ sequenceNumber, key, data: data(text), arrivalS: moment });
    return sequenceNumber;
  };
  const put = (writer: number, text: string, after: string | undefined) => {
    const shardId = SHARDS[tape.below(2)]!;
    const key = `k${tape.below(2)}`;
    // Never before its own producer's last was answered; others may be under way.
    const sent = Math.max(moment - tape.below(4), answeredBy.get(writer) ?? 0) + 1 + attempts.length / 1000;
    const answered = sent + 0.5 + tape.below(3);
    moment = Math.max(moment + 1, Math.ceil(sent));
    const fate = tape.chance(0.25) ? (tape.chance(0.5) ? 'refused' : 'unknown') : 'stored';
    const is = fate === 'unknown' ? tape.chance(0.5) : fate === 'stored' ? !wrong() : wrong();
    let sequenceNumber = is ? store(shardId, key, text) : String((number += 1));
    if (wrong()) store(shardId, key, text);
    if (wrong()) sequenceNumber = String(number - tape.below(5));
    const told = fate === 'stored' ? { shardId: wrong() ? 's1' : shardId, sequenceNumber } : {};
    answeredBy.set(writer, answered);
    attempts.push({ writer: `w${writer}`, key, data: data(text), fate, ...told, after, sent, answered });
    return fate;
  };
  for (let record = 0; record < records; record += 1) {
    const writer = tape.below(WRITERS);
    const last = attempts.findLast((each) => each.writer === `w${writer}` && each.fate === 'stored');
    const after = tape.chance(0.3) ? last?.data : undefined;
    while (put(writer, `${record}`, after) === 'unknown' && tape.chance(0.7));
  }
  const scans = READERS.flatMap((reader, order) =>
    SHARDS.map((shardId) => scanOf(tape, wrong, reader, shardId, log.get(shardId)!, order === 0)),
  );
  return { attempts, scans };
}

function scanOf(
  tape: Tape,
  wrong: () => boolean,
  reader: string,
  shardId: string,
  log: readonly Read[],
  early: boolean,
): Scan {
  const there = early ? log.slice(0, tape.below(log.length + 1)) : log;
  const reads = there
    .filter(() => !wrong())
    .map((read) => ({
      ...read,
      data: wrong() ? data('other') : read.data,
      key: wrong() ? 'other' : read.key,
      arrivalS: wrong() ? 0 : read.arrivalS,
    }));
  for (let at = 1; at < reads.length; at += 1) {
    if (wrong()) [reads[at - 1], reads[at]] = [reads[at]!, reads[at - 1]!];
  }
  const pages: Read[][] = [[]];
  for (const [at, read] of reads.entries()) {
    if (tape.chance(0.4)) pages.push([]);
    if (at > 0 && wrong()) pages.at(-1)!.push(reads[at - 1]!);
    pages.at(-1)!.push(read);
  }
  return { reader, shardId, pages };
}

const histories = (world: World) => tapes(12 * world.records + 80).map((tape) => historyOf(tape, world));

test('a history without fault is faulted by none', () => {
  fc.assert(
    fc.property(histories({ records: 12, evil: 0 }), (history) => {
      const { attempts, scans } = history;
      const pairs = [chainedPairs(history), sequentialPairs(history), apartPairs(history)];
      const found = {
        crossed: crossedPairs(pairs.slice(0, 2).flat(), history),
        falling: pairs.slice(0, 2).flatMap(fallingPairs),
        stepsBack: stepsBack(history),
        faulty: faultyPages(history),
        shared: sharedNumbers(history),
        renumbered: renumbered(history),
        changed: changedData(history),
        unexplained: unexplained(history),
        refused: refusedYetRead(history),
        disagreements: scanPairs(scans).flatMap((pair) => disagreements(...pair)),
        marks: scanPairs(scans).flatMap((pair) => changedMarks(...pair)),
        replays: scanPairs(scans).flatMap((pair) => replayDiffers(...pair)),
        malformed: malformed(
          attempts.flatMap(({ sequenceNumber }) => (sequenceNumber ? [['it', sequenceNumber]] : [])),
        ),
      };
      expect(Object.entries(found).filter(([, breaches]) => breaches.length > 0)).toEqual([]);
    }),
    cases(150),
  );
});

test.each([
  ['one fault or none', 200, { records: 10, evil: 0.01 }],
  ['many faults', 150, { records: 6, evil: 0.12 }],
])('of a history with %s, each says what its naive twin says', (_, runs, world) => {
  const found = new Set<string>();
  fc.assert(
    fc.property(histories(world), (history) => {
      const pairs = scanPairs(history.scans);
      const [chained, sequential, apart] = [chainedPairs(history), sequentialPairs(history), apartPairs(history)];
      const sum = (of: (one: Scan, two: Scan) => number | boolean) =>
        pairs.reduce((total, pair) => total + Number(of(...pair)), 0);
      const real = {
        chained: chained.length,
        sequential: sequential.length,
        apart: apart.length,
        falling: [chained, sequential, apart].map((each) => fallingPairs(each).length),
        crossed: [chained, sequential, apart].map((each) => crossedPairs(each, history).length),
        stepsBack: stepsBack(history).length,
        faultyPages: faultyPages(history).length,
        orderDiffers: sum((one, two) => orderDiffers(one, two).length),
        disagreements: sum((one, two) => disagreements(one, two).length),
        replayDiffers: sum((one, two) => replayDiffers(one, two).length),
        changedMarks: sum((one, two) => changedMarks(one, two).length),
        changedData: changedData(history).length,
        sharedNumbers: sharedNumbers(history).length > 0,
        renumbered: renumbered(history).length,
        unexplained: unexplained(history).length,
        refusedYetRead: refusedYetRead(history).length,
      };
      const naive = [naivePairs.chained(history), naivePairs.sequential(history), naivePairs.apart(history)];
      expect(real).toEqual({
        chained: naive[0]!.length,
        sequential: naive[1]!.length,
        apart: naive[2]!.length,
        falling: naive.map(naiveFalling),
        crossed: naive.map((each) => naiveCrossed(each, history)),
        stepsBack: naiveStepsBack(history),
        faultyPages: naiveFaultyPages(history),
        orderDiffers: sum(naiveOrderDiffers),
        disagreements: sum(naiveDisagreements),
        replayDiffers: sum(naiveReplayDiffers),
        changedMarks: sum(naiveChangedMarks),
        changedData: naiveChangedData(history),
        sharedNumbers: naiveSharedNumbers(history),
        renumbered: naiveRenumbered(history),
        unexplained: naiveUnexplained(history),
        refusedYetRead: naiveRefusedYetRead(history),
      });
      for (const [name, breaches] of Object.entries(real)) if ([breaches].flat().some(Boolean)) found.add(name);
    }),
    cases(runs),
  );
  // A generator that never breaks a promise would prove nothing of its checker.
  if (usual) expect(found.size).toBe(16);
});

test('numbers that two shards share are counted as a look at every pair counts them', () => {
  const puts = fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { maxLength: 10 });
  fc.assert(
    fc.property(puts, (all) => {
      const attempts = all.map(([number, shard], at): Attempt => {
        const told = { fate: 'stored', shardId: `s${shard}`, sequenceNumber: String(number) } as const;
        return { writer: 'w', key: 'k', data: data(String(at)), ...told, sent: at, answered: at };
      });
      const naive = new Set(
        all.flatMap(([one, shard]) => (all.some(([two, other]) => one === two && shard !== other) ? [one] : [])),
      ).size;
      expect(sharedAcrossShards({ attempts, scans: [] })).toBe(naive);
    }),
    cases(100),
  );
});

test('a read from a checkpoint is the rest of the whole where every record of it is', () => {
  const reads = fc.array(fc.tuple(fc.nat(3), fc.nat(1), fc.nat(1)), { maxLength: 4 }).map((all) =>
    all.map(([number, text, key]): Read => ({
      sequenceNumber: String(number),
      data: data(String(text)),
      key: `k${key}`,
      arrivalS: 1,
    })),
  );
  fc.assert(
    fc.property(reads, reads, fc.boolean(), (rest, others, legal) => {
      const got = legal ? [...rest, ...others] : others;
      const differs = rest.some((read, at) => JSON.stringify(read) !== JSON.stringify(got[at]));
      expect(suffixDiffers('a read', rest, got).length).toBe(differs ? 1 : 0);
    }),
    cases(200),
  );
});
