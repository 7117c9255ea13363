/**
 * The ledger once more, by the words of docs/architecture.md and nothing else: every read is kept, places are texts, nothing
 * is summed up. Slow and obvious, it is what the real one is compared with.
 */
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';
import { anomalies, type Anomaly } from './ledger-report.ts';
import type { ShardLine } from './lineage.ts';

/** What a reader was given, in its order. `restart` forgets the place in a shard. */
export interface NaiveRead {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly counter: number;
  readonly content: string;
  readonly damaged: boolean;
  readonly wrongKey: boolean;
  readonly restart: boolean;
}

export interface NaivePut {
  readonly counter: number;
  /** The outcome of each attempt. */
  readonly attempts: readonly ('acknowledged' | 'rejected' | 'maybe')[];
  readonly place: string;
}

export interface NaiveHistory {
  readonly puts: readonly NaivePut[];
  readonly consumers: readonly (readonly NaiveRead[])[];
  readonly sweep: readonly NaiveRead[];
  readonly again: readonly NaiveRead[] | undefined;
  readonly complete: boolean;
  /** Records with smaller counters are older than their retention. */
  readonly expired: number;
  readonly shards: readonly ShardLine[];
  /** Records that were promised to follow one that stands in another shard. */
  readonly crossings: readonly { readonly counter: number; readonly from: string; readonly to: string }[];
}

/** Key and data. */
const contentOf = ({ content, wrongKey }: NaiveRead) => `${content} ${wrongKey}`;
const placeOf = ({ shardId, sequenceNumber }: NaiveRead) => `${shardId} ${sequenceNumber}`;

/** Reads that come at or before the one before them in their shard. */
function strayed(reads: readonly NaiveRead[]): NaiveRead[] {
  const last = new Map<string, string>();
  return reads.filter(({ shardId, sequenceNumber, restart }) => {
    const before = restart ? undefined : last.get(shardId);
    last.set(shardId, sequenceNumber);
    return before !== undefined && compareSequenceNumbers(sequenceNumber, before) <= 0;
  });
}

/** Whether one shard came of another; of shards that came of none but each other there are none. */
export function naiveDescends(shards: readonly ShardLine[], shardId: string, from: string): boolean {
  const parents = shards.find((shard) => shard.shardId === shardId)?.parents ?? [];
  return parents.some((parent) => parent === from || naiveDescends(shards, parent, from));
}

/** Whether a consumer read before and behind a place in its shard. */
function passed(reads: readonly NaiveRead[], swept: NaiveRead): boolean {
  const inShard = reads.filter(({ shardId }) => shardId === swept.shardId);
  const first = inShard[0];
  return (
    first !== undefined &&
    compareSequenceNumbers(first.sequenceNumber, swept.sequenceNumber) < 0 &&
    inShard.some(({ sequenceNumber }) => compareSequenceNumbers(sequenceNumber, swept.sequenceNumber) > 0)
  );
}

function readersOf({ sweep, again, consumers }: NaiveHistory): (readonly NaiveRead[])[] {
  return [sweep, ...(again ? [again] : []), ...consumers];
}

/** Whether a record was read before one that it stands behind, or went back into a shard that the other's came of. */
function isReordered(history: NaiveHistory, counter: number): boolean {
  const { crossings, shards } = history;
  return (
    crossings.some((each) => each.counter === counter && naiveDescends(shards, each.from, each.to)) ||
    readersOf(history).some((reads) => strayed(reads).some((read) => read.counter === counter && !read.damaged))
  );
}

/** What the verdicts rest on. */
export function naiveTotals(history: NaiveHistory) {
  const { puts, crossings, shards } = history;
  const readers = readersOf(history);
  const counters = new Set(readers.flat().map(({ counter }) => counter));
  const meets = (reads: readonly NaiveRead[], counter: number) =>
    reads.some((read) => read.counter === counter && !read.damaged);
  const inLine = crossings.filter(
    ({ from, to }) => naiveDescends(shards, from, to) || naiveDescends(shards, to, from),
  ).length;
  return {
    sent: puts.length,
    acknowledged: puts.filter(({ attempts }) => attempts.includes('acknowledged')).length,
    rejected: puts.filter(({ attempts }) => attempts.every((outcome) => outcome === 'rejected')).length,
    swept: [...counters].filter((counter) => meets(history.sweep, counter)).length,
    compared: [...counters].filter((counter) => readers.filter((reads) => meets(reads, counter)).length > 1).length,
    promised: inLine,
    apart: crossings.length - inLine,
    neighbours: readers.flatMap((reads) =>
      reads.filter(
        ({ shardId, restart }, at) => !restart && reads.slice(0, at).some((read) => read.shardId === shardId),
      ),
    ).length,
  };
}

/** How many records are of each class. */
export function naiveCounts(history: NaiveHistory): Record<Anomaly, number> {
  const counts = Object.fromEntries(anomalies.map((anomaly) => [anomaly, 0])) as Record<Anomaly, number>;
  const { sweep, again, consumers, complete } = history;
  const readers = readersOf(history);
  counts.changed += new Set(readers.flatMap((reads) => reads.filter(({ damaged }) => damaged).map(placeOf))).size;
  counts.reordered += Math.max(...readers.map((reads) => strayed(reads).filter(({ damaged }) => damaged).length));
  const puts = new Map(history.puts.map((put) => [put.counter, put]));
  const counters = new Set([...puts.keys(), ...readers.flat().map(({ counter }) => counter)]);
  for (const counter of counters) {
    const put = puts.get(counter);
    const of = (reads: readonly NaiveRead[]) => reads.filter((read) => read.counter === counter && !read.damaged);
    const damagedAt = (reads: readonly NaiveRead[], place: string) =>
      reads.some((read) => read.damaged && placeOf(read) === place);
    const seen = readers.map(of).filter((reads) => reads.length > 0);
    const storable = put?.attempts.filter((outcome) => outcome !== 'rejected').length ?? 0;
    const acknowledged = put?.attempts.includes('acknowledged') ?? false;
    const copies = (reads: readonly NaiveRead[]) => new Set(reads.map(placeOf)).size;
    const add = (anomaly: Anomaly) => (counts[anomaly] += 1);

    for (const reads of seen) {
      const places = reads.map(placeOf);
      const repeated = places.filter((place, at) => places.indexOf(place) < at);
      const firstAgain = reads.filter(
        (read, at) => at > 0 && places[at] === places[0] && contentOf(read) !== contentOf(reads[0]!),
      );
      counts.redelivered += repeated.length - firstAgain.length;
    }
    if (storable > 0 && !acknowledged) add('maybe');
    if (isReordered(history, counter)) add('reordered');
    const changedInPlace = seen.some((reads) =>
      reads.some(
        (read) => read.wrongKey || (placeOf(read) === placeOf(reads[0]!) && contentOf(read) !== contentOf(reads[0]!)),
      ),
    );
    if (storable === 0) {
      if (seen.length > 0) add('ghost');
      if (changedInPlace) add('changed');
      continue;
    }
    const stored = Math.max(0, ...seen.map(copies));
    if (stored > storable) add('duplicated');
    else if (stored > 1) add('retried');
    const swept = of(sweep)[0];
    const moved =
      acknowledged &&
      storable === 1 &&
      seen.every((reads) => copies(reads) === 1) &&
      seen.some((reads) => placeOf(reads[0]!) !== put!.place);
    const differs = seen.some(
      ([read]) => swept && placeOf(read!) === placeOf(swept) && contentOf(read!) !== contentOf(swept),
    );
    if (changedInPlace || moved || differs) add('changed');
    if (acknowledged) {
      const absent = (reads: readonly NaiveRead[]) => {
        if (damagedAt(reads, put!.place)) return false;
        const mine = of(reads);
        if (storable === 1 || mine.length === 0) return mine.length === 0;
        return copies(mine) === 1 && placeOf(mine[0]!) !== put!.place;
      };
      if ((complete && absent(sweep)) || (again && absent(again))) add(counter < history.expired ? 'expired' : 'lost');
      else if (!complete && seen.length === 0 && !damagedAt(sweep, put!.place)) add('unread');
    }
    if (swept) {
      const without = consumers.filter((reads) => of(reads).length === 0 && !damagedAt(reads, placeOf(swept)));
      if (without.some((reads) => passed(reads, swept))) add('missed');
      else if (acknowledged && without.length > 0) add('late');
    }
  }
  return counts;
}
