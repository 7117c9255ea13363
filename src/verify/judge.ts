/**
 * The ledger's judgement: a pure function of what producers noted and what readers saw. Loss is proved only by a complete
 * sweep after the run; without one, what is missing is `unread`, and `no-loss` is indeterminate. A check that compared
 * nothing is no pass.
 */
import { formatCount } from '../measure/format.ts';
import type { VerifyName } from '../scenario/plan.ts';
import { firstDueAfter } from './due-times.ts';
import type { Evidence, ProducerNotes, Sweep } from './evidence.ts';
import type { Anomaly, LedgerReport } from './ledger-report.ts';
import { Lineage } from './lineage.ts';
import { namedEvidence, type NamedEvidence } from './named-evidence.ts';
import { judgeProducer, type Sides, type Totals, viewOf } from './producer-judge.ts';
import type { ReaderExport } from './reader.ts';
import { Tally } from './tally.ts';
import type { IdentifiedBy } from './unnamed.ts';
import type { Verdict } from './verdict.ts';

/** What a run's records say about the endpoint. */
export function judge(untold: Evidence): LedgerReport {
  const named = namedEvidence(untold);
  try {
    return judgeNamed(named);
  } finally {
    named.close();
  }
}

function judgeNamed({ evidence, ways, unjudged }: NamedEvidence): LedgerReport {
  const { sweep, consumers, producers } = evidence;
  const again = evidence.again?.complete ? evidence.again : undefined;
  const tally = new Tally();
  const totals: Totals = { sent: 0, acknowledged: 0, rejected: 0, compared: 0 };
  const order = { promised: 0, apart: 0, neighbours: 0 };
  const swept = sweep.streams.map(({ reader }) => reader);
  const backups = [...sweep.streams, ...consumers].flatMap(({ backup }) => backup ?? []);
  const delivered = [...(again?.streams ?? []), ...consumers].map(({ reader }) => reader);
  const readers = [...swept, ...delivered, ...backups];
  addWitnesses(tally, evidence, readers);
  addUnnamed(tally, readers);
  addMisrouted(tally, evidence);
  for (const producer of producers) {
    const { index, name, stream, sent } = producer;
    const readOf = (of: Sweep) => of.streams.find((each) => each.stream === stream);
    const second = again && readOf(again);
    const { disordered, promised, apart } = judgeCrossings(producer, sweep, tally);
    order.promised += promised;
    order.apart += apart;
    const sides: Sides = {
      producer: index,
      name,
      sent,
      disordered,
      sweep: viewOf(readOf(sweep)?.reader, index, { backup: readOf(sweep)?.backup }),
      again: second && viewOf(second.reader, index),
      consumers: consumers
        .filter((each) => each.stream === stream)
        .map(({ reader, ...notes }) => viewOf(reader, index, notes)),
      sweepComplete: sweep.complete,
      expired: firstDueAfter(sent.dueTimes, evidence.expiredNs?.get(stream) ?? -Infinity),
    };
    judgeProducer(sides, tally, totals);
  }
  order.neighbours = sum(readers, ({ neighbours }) => neighbours);
  const foreign = addForeign(tally, evidence);
  const records = sum(swept, (reader) => reader.records);
  const placed = sum(finalNotes(evidence), ({ reader }) => reader.partitions?.told ?? 0);
  const uncompared = isUncompared(evidence);
  const seen = { counts: tally.counts, ...totals, order, sweep, records, placed, ways, uncompared };
  return {
    sent: totals.sent,
    acknowledged: totals.acknowledged,
    rejected: totals.rejected,
    swept: sum(swept, (reader) => sum(reader.seen, ([, { distinct }]) => distinct)),
    foreign,
    elsewhere: sum(swept, (reader) => reader.elsewhere),
    counts: tally.counts,
    witnesses: tally.witnesses,
    order,
    compared: totals.compared,
    unjudged: [...unjudged, ...droppedOf(evidence), ...namelessOf(evidence), ...unplacedOf(evidence)],
    sweep: {
      complete: sweep.complete,
      records,
      durationNs: sweep.durationNs,
      reason: sweep.reason,
      from: sweep.from,
      reads: evidence.again ? 2 : 1,
    },
    verdicts: evidence.verify.map((name) => ({ name, ...verdictOf(name, seen) })),
  };
}

/** What producers and readers kept of the first of each class. */
function addWitnesses(tally: Tally, { producers, dropped = [] }: Evidence, readers: readonly ReaderExport[]): void {
  const left = new Set(dropped.map(({ index }) => String(index)));
  const names = new Map(producers.map(({ index, name }) => [String(index), name]));
  for (const { sent, name } of producers) {
    for (const first of sent.reorderedFirst) tally.keep({ anomaly: 'reordered', producer: name, ...first });
  }
  for (const first of readers.flatMap(({ witnesses }) => witnesses)) {
    const witness = { ...first, producer: names.get(first.producer) ?? first.producer };
    // A second copy is a fault only where no second attempt can have stored it, what is in the backup may be delivered, too, and what
    // was to be dropped is a ghost, whatever else.
    if (witness.anomaly === 'duplicated' || witness.anomaly === 'backed-up' || left.has(first.producer))
      tally.suspect(witness);
    else tally.keep(witness);
  }
}

/** Records of nobody known, ghosts where all streams are the run's own; gives how many there are. */
function addForeign(tally: Tally, { sweep, ownStreams }: Evidence): number {
  const foreign = sum(sweep.streams, ({ reader }) => reader.foreign);
  if (ownStreams && foreign > 0) {
    tally.add('ghost', '?', -1, `${formatCount(foreign)} records in the run's own streams carry no tag of this run`);
    tally.counts.ghost += foreign - 1;
  }
  return foreign;
}

/** Who read everything, streams and what was delivered of them. */
function finalNotes({ sweep, consumers }: Evidence) {
  return [...sweep.streams, ...consumers.filter(({ delivered }) => delivered === 'whole')];
}

/** Records that no tag names: a place that held damaged data counts once, whoever read it. */
function addUnnamed(tally: Tally, readers: readonly ReaderExport[]): void {
  const damaged = new Set<number>();
  for (const reader of readers) for (const position of reader.damaged) damaged.add(position);
  tally.counts.changed += damaged.size + Math.max(0, ...readers.map(({ damagedMore }) => damagedMore));
  tally.counts.reordered += Math.max(0, ...readers.map(({ strayed }) => strayed));
  tally.counts.redelivered += sum(readers, ({ redelivered }) => redelivered);
}

/** Nobody sees a function drop a record: of those that it is to drop only can be told that they did not come. */
function droppedOf({ dropped = [] }: Evidence): string[] {
  return dropped.map(
    ({ name, sent }) =>
      `${formatCount(acknowledgedIn(sent))} records of ${name} were put to be dropped by a function: one that was lost before it is none the less absent.`,
  );
}

/** What stands in a backup without a tag was not delivered, and nobody knows which records it is. */
function namelessOf(evidence: Evidence): string[] {
  return finalNotes(evidence).flatMap(({ stream, backup }) =>
    backup && backup.foreign > 0
      ? [
          `${formatCount(backup.foreign)} records in the backup of ${stream} carry no tag of this run: which they are is not known.`,
        ]
      : [],
  );
}

/** A query that is more than a path of members, or a prefix of one's own, does not say where a record must stand. */
function unplacedOf(evidence: Evidence): string[] {
  return finalNotes(evidence).flatMap(({ stream, reader: { partitions } }) =>
    partitions && partitions.untold > 0
      ? [
          `Whether ${formatCount(partitions.untold)} records of ${stream} stand in their partition does not show in what is delivered of them.`,
        ]
      : [],
  );
}

function acknowledgedIn({ table }: ProducerNotes['sent']): number {
  return sum(table.pages, ({ summary }) => summary.acknowledged);
}

/** Records that turned up in another stream than the one they were sent to. */
function addMisrouted(tally: Tally, { sweep, producers, dropped = [] }: Evidence): void {
  for (const { stream, reader } of sweep.streams) {
    const own = new Set(producers.filter((each) => each.stream === stream).map(({ index }) => index));
    for (const [producer, { distinct }] of reader.seen) {
      if (own.has(producer)) continue;
      const left = dropped.find(({ index }) => index === producer);
      if (left) {
        tally.add(
          'ghost',
          left.name,
          -1,
          `${formatCount(distinct)} of its records, which a function drops, came to ${stream}`,
        );
        tally.counts.ghost += distinct - 1;
        continue;
      }
      const name = producers.find(({ index }) => index === producer)?.name ?? String(producer);
      tally.add(
        'ghost',
        name,
        -1,
        `${formatCount(distinct)} of its records are in the stream ${stream}, to which it sent none`,
      );
      tally.counts.ghost += distinct - 1;
    }
  }
}

/** What became of order where a key went from one shard to another: kept from parent to child, broken the other way. */
function judgeCrossings(
  { name, stream, sent }: ProducerNotes,
  sweep: Sweep,
  tally: Tally,
): { disordered: Set<number>; promised: number; apart: number } {
  const lineage = new Lineage(sweep.streams.find((each) => each.stream === stream)?.shards ?? []);
  const disordered = new Set<number>();
  let { promised } = sent;
  let apart = 0;
  for (const { from, to, count, counters, first } of sent.crossings) {
    if (lineage.descends(to, from)) {
      promised += count;
    } else if (lineage.descends(from, to)) {
      promised += count;
      for (const counter of counters) disordered.add(counter);
      // Beyond those kept by name they are counted; a reader may have counted some of them, too.
      tally.counts.reordered += count - counters.length;
      const detail = `sent after a record of the same key was acknowledged in ${from}, and placed in ${to}, which ${from} came of`;
      tally.keep({ anomaly: 'reordered', producer: name, ...first, detail });
    } else {
      apart += count;
    }
  }
  return { disordered, promised, apart };
}

/** The classes that break each promise. */
const breaks: Record<VerifyName, readonly Anomaly[]> = {
  'no-loss': ['lost', 'missed'],
  'no-duplicates': ['duplicated', 'ghost'],
  order: ['reordered'],
  immutability: ['changed'],
  partitions: ['misplaced'],
};

/** Whether records without a tag were read by the first sweep only: then nothing at all checks them. */
function isUncompared({ producers, consumers, sweep, again }: Evidence): boolean {
  // What came to a receiver is its own sweep.
  const swept = new Set(sweep.streams.map(({ reader }) => reader.name));
  const readTwice = new Set(consumers.filter(({ reader }) => !swept.has(reader.name)).map(({ stream }) => stream));
  if (again?.complete) for (const { stream } of again.streams) readTwice.add(stream);
  return producers.some(({ identifiedBy = 'tag', stream }) => identifiedBy !== 'tag' && !readTwice.has(stream));
}

interface Seen {
  readonly counts: LedgerReport['counts'];
  readonly acknowledged: number;
  readonly compared: number;
  readonly order: LedgerReport['order'];
  readonly sweep: Sweep;
  readonly records: number;
  /** Records of which was told whether they stand in their partition. */
  readonly placed: number;
  readonly ways: ReadonlySet<IdentifiedBy>;
  /** Some records without a tag were read only once. */
  readonly uncompared: boolean;
}

function verdictOf(name: VerifyName, seen: Seen): { verdict: Verdict; explanation: string } {
  const { counts, acknowledged, compared, order, sweep, records, placed, ways, uncompared } = seen;
  const broken = breaks[name].filter((anomaly) => counts[anomaly] > 0);
  if (broken.length > 0)
    return {
      verdict: 'fail',
      explanation: broken.map((anomaly) => `${formatCount(counts[anomaly])} ${anomaly}`).join(', '),
    };
  if (acknowledged === 0)
    return { verdict: 'indeterminate', explanation: 'nothing was acknowledged, so nothing was put to the test' };
  if (counts.expired === acknowledged)
    return { verdict: 'indeterminate', explanation: 'every record had expired before it could be read back' };
  if (!sweep.complete) return { verdict: 'indeterminate', explanation: `the sweep is not complete: ${sweep.reason}` };
  switch (name) {
    case 'order': {
      const apart =
        order.apart > 0 ? `; ${formatCount(order.apart)} pairs lie in shards that no split or merge puts in line` : '';
      return {
        verdict: order.promised + order.neighbours > 0 ? 'pass' : 'indeterminate',
        explanation: `${formatCount(order.promised)} promised pairs and ${formatCount(order.neighbours)} neighbours in a shard compared${apart}`,
      };
    }
    case 'immutability':
      if (uncompared)
        return {
          verdict: 'indeterminate',
          explanation: 'records without a tag were read once, and so compared with nothing',
        };
      return {
        verdict: compared > 0 ? 'pass' : 'indeterminate',
        explanation: `${formatCount(compared)} records read twice or more and compared, ${formatCount(acknowledged)} acknowledged`,
      };
    case 'no-duplicates':
      if (ways.has('sequence-number'))
        return { verdict: 'indeterminate', explanation: 'a sequence number does not tell a copy from another record' };
      return {
        verdict: 'pass',
        explanation: `${formatCount(acknowledged)} acknowledged records, ${formatCount(records)} swept`,
      };
    case 'partitions':
      return {
        verdict: placed > 0 ? 'pass' : 'indeterminate',
        explanation: `${formatCount(placed)} records under a prefix that was compared with their own keys`,
      };
    case 'no-loss':
      return {
        verdict: 'pass',
        explanation: `${formatCount(acknowledged)} acknowledged records, ${formatCount(records)} swept${counts.expired > 0 ? `, ${formatCount(counts.expired)} expired by then` : ''}${counts['backed-up'] > 0 ? `, ${formatCount(counts['backed-up'])} not delivered, but in the backup` : ''}`,
      };
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
