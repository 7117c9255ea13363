/**
 * What a stream showed of its records as they grew old, and what can be said of it. Pure: no clock and no endpoint. A put and a
 * look take time, so a record has at a look a least age and a greatest; it is judged only where both are on the same side.
 */
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';

/** A record that was acknowledged; times in ms since the epoch. */
export interface AgedPut {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** Everything that a shard gave from TRIM_HORIZON on, by sequence number in the order of reading. */
export interface Look {
  readonly shardId: string;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly numbers: readonly string[];
}

export interface AgedHistory {
  readonly puts: readonly AgedPut[];
  readonly looks: readonly Look[];
}

/** A record, a look at its shard, and how old it was then, in ms. */
export interface AtAge {
  readonly put: AgedPut;
  readonly look: Look;
  readonly ageMs: number;
}

/** The greatest age at each look of the records that it has. */
export function* shown({ puts, looks }: AgedHistory): Iterable<AtAge> {
  for (const look of looks) {
    const numbers = new Set(look.numbers);
    for (const put of puts) {
      if (put.shardId === look.shardId && numbers.has(put.sequenceNumber)) {
        yield { put, look, ageMs: look.endedMs - put.sentMs };
      }
    }
  }
}

/**
 * Records that a look lacks though they were certainly younger than `lifeMs` when it ended. Only those that an earlier look had: what
 * never became readable was lost in another way.
 */
export function lostEarly(history: AgedHistory, lifeMs: number): AtAge[] {
  return history.looks.flatMap((look, index) => {
    const numbers = new Set(look.numbers);
    const before = seenBefore(history, index);
    return history.puts
      .filter(
        ({ shardId, sequenceNumber: number }) => shardId === look.shardId && before.has(number) && !numbers.has(number),
      )
      .map((put) => ({ put, look, ageMs: look.endedMs - put.sentMs }))
      .filter(({ ageMs }) => ageMs < lifeMs);
  });
}

/** The numbers that earlier looks at the same shard had. */
function seenBefore({ looks }: AgedHistory, index: number): Set<string> {
  const { shardId, beganMs } = looks[index]!;
  return new Set(
    looks.filter((look) => look.shardId === shardId && look.endedMs <= beganMs).flatMap(({ numbers }) => numbers),
  );
}

/** Records that a look has though they were certainly older than `lifeMs` when it began. */
export function keptTooLong({ puts, looks }: AgedHistory, lifeMs: number): AtAge[] {
  return looks.flatMap((look) => {
    const numbers = new Set(look.numbers);
    return puts
      .filter((put) => put.shardId === look.shardId && numbers.has(put.sequenceNumber))
      .map((put) => ({ put, look, ageMs: look.beganMs - put.answeredMs }))
      .filter(({ ageMs }) => ageMs > lifeMs);
  });
}

/** How often the oldest record of a shard was another one than at the look before, which had some. */
export function horizonMoves({ looks }: AgedHistory): number {
  const oldest = new Map<string, string>();
  let moves = 0;
  for (const { shardId, numbers } of looks) {
    const [first] = numbers;
    const before = oldest.get(shardId);
    if (first !== undefined && before !== undefined && first !== before) moves += 1;
    if (first !== undefined) oldest.set(shardId, first);
  }
  return moves;
}

/**
 * What is wrong with the order of a look, in words: a step back, a record left out between two others though an earlier look had it, a
 * horizon that went back.
 */
export function disorder(history: AgedHistory): string | undefined {
  const horizons = new Map<string, string>();
  for (const [index, { shardId, numbers }] of history.looks.entries()) {
    const [first] = numbers;
    const last = numbers.at(-1);
    if (first === undefined || last === undefined) continue;
    const step = numbers.findIndex((number, at) => at > 0 && compareSequenceNumbers(numbers[at - 1]!, number) >= 0);
    if (step > 0) return `${numbers[step]} came after ${numbers[step - 1]} in ${shardId}`;
    const has = new Set(numbers);
    const hole = [...seenBefore(history, index)].find(
      (number) =>
        !has.has(number) && compareSequenceNumbers(number, first) > 0 && compareSequenceNumbers(number, last) < 0,
    );
    if (hole !== undefined) return `${hole} was left out between ${first} and ${last} in ${shardId}`;
    const before = horizons.get(shardId);
    if (before !== undefined && compareSequenceNumbers(first, before) < 0) {
      return `a read of ${shardId} from TRIM_HORIZON began with ${first}, after an earlier one had begun with ${before}`;
    }
    horizons.set(shardId, first);
  }
  return undefined;
}

/** A record and its age, for messages. */
export function aged({ put, ageMs }: AtAge): string {
  const minutes = Math.floor(ageMs / 60_000);
  return `${put.sequenceNumber} of ${put.shardId}, ${Math.floor(minutes / 60)} h ${minutes % 60} min old,`;
}
