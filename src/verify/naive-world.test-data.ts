/** Random worlds for the properties of the ledger: what is put and stored, what readers are given of it, and what goes wrong. */
import type { ShardLine } from './lineage.ts';
import type { NaiveHistory, NaivePut, NaiveRead } from './naive-ledger.test-data.ts';
import type { Tape } from './tape.test-data.ts';

/** 0 is split into 1 and another, 1 and 2 are merged into 3; records lie in 0 and 1. */
const [ROOT, CHILD, STRANGER, MERGED] = [0, 1, 2, 3].map((shard) => `shardId-00000000000${shard}`) as [
  string,
  string,
  string,
  string,
];
export const shards: readonly ShardLine[] = [
  { shardId: ROOT, parents: [] },
  { shardId: CHILD, parents: [ROOT] },
  { shardId: STRANGER, parents: [] },
  { shardId: MERGED, parents: [CHILD, STRANGER] },
];

/** How often each thing goes wrong, as a share of its chances. */
export interface World {
  readonly records: number;
  /** Counters are so far apart: 1 fills pages, more spreads few records over many. */
  readonly stride: number;
  readonly retries: number;
  readonly evil: number;
}

function put(tape: Tape, world: World, counter: number): NaivePut {
  const attempts: ('acknowledged' | 'rejected' | 'maybe')[] = [];
  do {
    const failed = tape.chance(0.5) ? 'rejected' : 'maybe';
    attempts.push(tape.chance(world.retries) ? failed : 'acknowledged');
  } while (attempts.at(-1) !== 'acknowledged' && tape.chance(0.6));
  return { counter, attempts, place: '' };
}

/** What the shards hold, and what the producer was told. */
export function storeAll(tape: Tape, world: World): { puts: NaivePut[]; log: NaiveRead[] } {
  const log: NaiveRead[] = [];
  let number = 10;
  const store = (counter: number) => {
    const shardId = tape.below(2) === 0 ? ROOT : CHILD;
    const sequenceNumber = String((number += 1 + tape.below(3)));
    const plain = { damaged: false, wrongKey: false, restart: false };
    log.push({ shardId, sequenceNumber, counter, content: '0', ...plain });
    return `${shardId} ${sequenceNumber}`;
  };
  const evil = () => tape.chance(world.evil);
  const puts = Array.from({ length: world.records }, (_, at) => {
    const made = put(tape, world, at * world.stride);
    let place = '';
    for (const outcome of made.attempts) {
      if (outcome === 'rejected' && evil()) store(made.counter);
      if (outcome === 'maybe' && tape.chance(0.5)) store(made.counter);
      if (outcome !== 'acknowledged') continue;
      place = evil() ? `${ROOT} ${(number += 1)}` : store(made.counter);
      if (evil()) store(made.counter);
    }
    return { ...made, place };
  });
  if (evil()) store(world.records * world.stride + tape.below(3 * world.stride));
  return { puts, log };
}

/** Records that were promised to follow one in another shard; most do not say so. */
function crossAll(tape: Tape, world: World, puts: readonly NaivePut[]): NaiveHistory['crossings'] {
  return puts
    .filter(({ attempts }) => attempts.includes('acknowledged') && tape.chance(world.evil))
    .map(({ counter }) => {
      const from = tape.below(4);
      const to = (from + 1 + tape.below(3)) % 4;
      return { counter, from: shards[from]!.shardId, to: shards[to]!.shardId };
    });
}

/** One reader's way through what the shards hold. */
function readAll(tape: Tape, world: World, log: readonly NaiveRead[], from: number): NaiveRead[] {
  const evil = () => tape.chance(world.evil);
  const copies = new Map<number, number>();
  for (const { counter } of log) copies.set(counter, (copies.get(counter) ?? 0) + 1);
  // Of three copies or more, one that is met only on the way back is taken for one of the others: let each be met at first.
  const plain = (read: NaiveRead) => copies.get(read.counter)! < 3;
  const logs = [0, 1].map((shard) =>
    log.filter(({ shardId }) => shardId.endsWith(String(shard))).slice(from > 0 ? tape.below(from) : 0),
  );
  const reads = logs.flatMap((shard) => {
    const given = shard.filter((read) => !evil() || !plain(read));
    for (let at = 1; at < given.length; at += 1) {
      const [one, two] = [given[at - 1]!, given[at]!];
      if (evil() && plain(one) && plain(two)) [given[at - 1], given[at]] = [two, one];
    }
    // It starts again from an earlier checkpoint (which is legal), or is thrown back without a restart (which is not).
    if (given.length > 0 && tape.chance(0.3)) {
      const back = tape.below(given.length);
      const restart = !evil();
      const repeated = given.slice(back).map((read, at) => ({ ...read, restart: restart && at === 0 }));
      return [...given, ...repeated];
    }
    return given;
  });
  return reads.map((read) => ({
    ...read,
    damaged: evil() && plain(read),
    wrongKey: evil(),
    content: evil() ? '1' : read.content,
  }));
}

export function historyOf(tape: Tape, world: World): NaiveHistory {
  const complete = !tape.chance(0.2);
  const second = complete && tape.chance(0.3);
  // Between two records: of many, the ledger keeps the due times of some.
  const expired = tape.chance(0.5) ? world.stride * (tape.below(world.records) - 0.5) : -Infinity;
  const starts = Array.from({ length: tape.below(3) }, () => tape.below(3));
  const { puts, log } = storeAll(tape, world);
  const crossings = crossAll(tape, world, puts);
  const read = (from: number) => readAll(tape, world, log, from);
  return {
    puts,
    crossings,
    shards,
    consumers: starts.map(read),
    sweep: complete ? read(0) : read(0).slice(0, tape.below(log.length + 1)),
    again: second ? read(0) : undefined,
    complete,
    expired,
  };
}
