/**
 * The ledger's judgement: a pure function of what producers noted (`SentHistory`) and what readers saw. Loss is proved only
 * by a complete sweep from TRIM_HORIZON after the run; without one, what is missing is `unread`, and `no-loss` is
 * indeterminate.
 */
import type { VerifyName } from '../scenario/plan.ts';
import { Fate, Mark, SeenHistory, SentHistory, type SentExport } from './history.ts';
import { anomalies, type Anomaly, type LedgerReport, type Witness } from './ledger-report.ts';
import type { ReaderExport } from './reader.ts';
import { Identities, type IdentifiedBy, unjudgedOf } from './unnamed.ts';
import type { Verdict } from './verdict.ts';

const WITNESSES = 5;

export interface Sweep {
  readonly complete: boolean;
  readonly durationNs: number;
  /** Why it is not complete. */
  readonly reason: string | null;
  readonly reader: ReaderExport;
}

export interface History {
  /** The agents of this run (or of this segment of it) with their index in the plan, and their notes. */
  readonly producers: readonly {
    readonly index: number;
    readonly name: string;
    readonly stream: string;
    /** What tells its records apart; a tag unless said. */
    readonly identifiedBy?: IdentifiedBy;
    readonly sent: SentExport;
  }[];
  /** Consuming agents with the streams they read. */
  readonly consumers: readonly { readonly stream: string; readonly reader: ReaderExport }[];
  readonly sweep: Sweep;
  /** True when every stream was made for this run, so that a record without our tag is a ghost. */
  readonly ownStreams: boolean;
  readonly verify: readonly VerifyName[];
}

class Tally {
  readonly counts = Object.fromEntries(anomalies.map((anomaly) => [anomaly, 0])) as Record<Anomaly, number>;
  readonly witnesses: Witness[] = [];

  add(anomaly: Anomaly, producer: string, counter: number, detail: string): void {
    this.counts[anomaly] += 1;
    this.keep({ anomaly, producer, counter, shardId: null, sequenceNumber: null, detail });
  }

  keep(witness: Witness): void {
    if (this.witnesses.filter(({ anomaly }) => anomaly === witness.anomaly).length < WITNESSES)
      this.witnesses.push(witness);
  }
}

/** What a run's records say about the endpoint. */
export function judge(untold: History): LedgerReport {
  const { history, ways, unjudged } = named(untold);
  const { sweep, consumers, producers } = history;
  const tally = new Tally();
  const totals = { sent: 0, acknowledged: 0, rejected: 0 };
  const names = new Map(producers.map(({ index, name }) => [String(index), name]));
  const readers = [sweep.reader, ...consumers.map(({ reader }) => reader)];
  const repeated = repeatedOf(producers);
  for (const { witnesses } of readers) {
    for (const witness of witnesses)
      tally.keep({ ...repeated(witness), producer: names.get(witness.producer) ?? witness.producer });
  }
  addUnnamed(tally, readers);
  for (const { index, name, stream, sent } of producers) {
    const views = {
      sent: SentHistory.import(sent),
      sweep: viewOf(sweep.reader, index),
      consumers: consumers.filter((each) => each.stream === stream).map(({ reader }) => viewOf(reader, index)),
      sweepComplete: sweep.complete,
    };
    for (const first of sent.reorderedFirst) tally.keep({ anomaly: 'reordered', producer: name, ...first });
    addProducer(tally, totals, name, views);
  }
  const { foreign } = sweep.reader;
  if (history.ownStreams && foreign > 0) {
    tally.add('ghost', '?', -1, `${foreign} records in the run's own streams carry no tag of this run`);
    tally.counts.ghost += foreign - 1;
  }
  const order = {
    promised: producers.reduce((sum, { sent }) => sum + sent.promised, 0),
    neighbours: readers.reduce((sum, { neighbours }) => sum + neighbours, 0),
  };
  return {
    ...totals,
    swept: sweep.reader.seen.reduce((sum, [, seen]) => sum + seen.distinct, 0),
    foreign,
    elsewhere: sweep.reader.elsewhere,
    counts: tally.counts,
    witnesses: tally.witnesses,
    order,
    unjudged,
    sweep: {
      complete: sweep.complete,
      records: sweep.reader.records,
      durationNs: sweep.durationNs,
      reason: sweep.reason,
    },
    verdicts: history.verify.map((name) => ({
      name,
      ...verdictOf(name, {
        counts: tally.counts,
        acknowledged: totals.acknowledged,
        order,
        sweep,
        ways,
        read: consumers.length > 0,
      }),
    })),
  };
}

/** A reader meets a second copy; that it came of a second attempt, only the producer knows. */
function repeatedOf(producers: History['producers']): (witness: Witness) => Witness {
  const histories = new Map(producers.map(({ index, sent }) => [String(index), SentHistory.import(sent)]));
  return (witness) =>
    witness.anomaly === 'duplicated' && histories.get(witness.producer)?.isRepeated(witness.counter)
      ? { ...witness, anomaly: 'retried' }
      : witness;
}

/** The history with every record that carries no tag given to the producer that put it, as far as that can be told. */
function named(history: History) {
  const ways = new Set(history.producers.map(({ identifiedBy = 'tag' }) => identifiedBy));
  const identities = new Identities(history.producers);
  let unmatched = 0;
  const name = (reader: ReaderExport): ReaderExport => {
    const joined = identities.join(reader.unnamed);
    unmatched = joined.unmatched;
    return {
      ...reader,
      seen: [...reader.seen, ...joined.seen],
      redelivered: reader.redelivered + joined.again,
      // A field that was never put is somebody else's; a place may be that of an uncertain put of ours.
      foreign: reader.foreign + (ways.has('sequence-number') ? 0 : joined.unmatched),
    };
  };
  const consumers = history.consumers.map((each) => ({ ...each, reader: name(each.reader) }));
  const sweep = { ...history.sweep, reader: name(history.sweep.reader) };
  const producers = history.producers.map((each) => ({
    ...each,
    sent: identities.judgeable(each.index, each.sent),
  }));
  return {
    history: { ...history, producers, consumers, sweep },
    ways,
    unjudged: unjudgedOf(ways, unmatched, identities.shared),
  };
}

/** What one reader saw of one producer. */
interface View {
  readonly seen: SeenHistory;
  /** Positions of damaged data, whoever sent it. */
  readonly damaged: ReadonlySet<number>;
}

/** One producer's records, from every side. */
interface Views {
  readonly sent: SentHistory;
  readonly sweep: View;
  readonly consumers: readonly View[];
  readonly sweepComplete: boolean;
}

function viewOf(reader: ReaderExport, producer: number): View {
  const found = reader.seen.find(([index]) => index === producer);
  return { seen: found ? SeenHistory.import(found[1]) : new SeenHistory(), damaged: new Set(reader.damaged) };
}

/** Records that no tag names: a place that held damaged data counts once, whoever read it. */
function addUnnamed(tally: Tally, readers: readonly ReaderExport[]): void {
  tally.counts.changed += new Set(readers.flatMap(({ damaged }) => damaged)).size;
  tally.counts.reordered += Math.max(...readers.map(({ strayed }) => strayed));
  for (const { redelivered } of readers) tally.counts.redelivered += redelivered;
}

function addProducer(
  tally: Tally,
  totals: { sent: number; acknowledged: number; rejected: number },
  name: string,
  views: Views,
): void {
  const { sent, sweep } = views;
  const readers = [sweep.seen, ...views.consumers.map(({ seen }) => seen)];
  const length = Math.max(sent.length, ...readers.map((seen) => seen.length));
  for (let counter = 0; counter < length; counter += 1) {
    const fate = sent.fate(counter);
    if (fate !== Fate.unsent) totals.sent += 1;
    const marked = (mark: Mark) => readers.some((seen) => seen.marked(counter, mark));
    const isSeen = () => readers.some((seen) => seen.position(counter) !== 0);
    if (marked(Mark.copied)) tally.counts[sent.isRepeated(counter) ? 'retried' : 'duplicated'] += 1;
    if (sent.isReordered(counter) || marked(Mark.reordered)) tally.counts.reordered += 1;
    const changed = marked(Mark.changed);
    if (changed) tally.counts.changed += 1;
    switch (fate) {
      case Fate.acknowledged:
        totals.acknowledged += 1;
        for (const [anomaly, detail] of judgeAcknowledged(counter, views)) {
          if (anomaly !== 'changed' || !changed) tally.add(anomaly, name, counter, detail);
        }
        break;
      case Fate.rejected:
        totals.rejected += 1;
        if (isSeen()) tally.add('ghost', name, counter, 'the put was refused, and yet the record can be read');
        break;
      case Fate.unsent:
        if (isSeen()) tally.add('ghost', name, counter, 'no such record was ever sent');
        break;
      case Fate.sent:
      case Fate.maybe:
        tally.add('maybe', name, counter, 'no certain answer: it may be stored or not');
    }
  }
}

/** What speaks against an acknowledged record, each class once. */
function* judgeAcknowledged(counter: number, views: Views): Generator<readonly [Anomaly, string]> {
  const { sent, sweep, consumers, sweepComplete } = views;
  const position = sent.position(counter);
  const swept = sweep.seen.position(counter);
  if (swept === 0) {
    // Its place holds damaged data: it is counted as changed.
    if (sweep.damaged.has(position)) return;
    if (sweepComplete) yield ['lost', 'acknowledged, and absent from the sweep'];
    else if (consumers.every(({ seen }) => seen.position(counter) === 0))
      yield ['unread', 'acknowledged; the sweep did not get there'];
    return;
  }
  if (swept !== position && !sweep.seen.marked(counter, Mark.copied))
    yield ['changed', 'read at another shard or sequence number than the put was given'];
  else if (
    consumers.some(
      ({ seen }) => seen.position(counter) === swept && seen.content(counter) !== sweep.seen.content(counter),
    )
  )
    yield ['changed', 'the sweep read other content than a consumer had'];
  if (consumers.some(({ seen, damaged }) => seen.position(counter) === 0 && !damaged.has(position)))
    yield ['late', 'not seen by a consumer in time, found by the sweep'];
}

/** The classes that break each promise. */
const breaks: Record<VerifyName, readonly Anomaly[]> = {
  'no-loss': ['lost'],
  'no-duplicates': ['duplicated', 'ghost'],
  order: ['reordered'],
  immutability: ['changed'],
};

function verdictOf(
  name: VerifyName,
  seen: Pick<LedgerReport, 'counts' | 'acknowledged' | 'order'> & {
    readonly sweep: Sweep;
    readonly ways: ReadonlySet<IdentifiedBy>;
    /** Whether anybody but the sweep read. */
    readonly read: boolean;
  },
): { verdict: Verdict; explanation: string } {
  const { counts, acknowledged, order, sweep, ways, read } = seen;
  const broken = breaks[name].filter((anomaly) => counts[anomaly] > 0);
  if (broken.length > 0)
    return { verdict: 'fail', explanation: broken.map((anomaly) => `${counts[anomaly]} ${anomaly}`).join(', ') };
  if (acknowledged === 0)
    return { verdict: 'indeterminate', explanation: 'nothing was acknowledged, so nothing was put to the test' };
  if (!sweep.complete) return { verdict: 'indeterminate', explanation: `the sweep is not complete: ${sweep.reason}` };
  if (name === 'no-duplicates' && ways.has('sequence-number'))
    return { verdict: 'indeterminate', explanation: 'a sequence number does not tell a copy from another record' };
  if (name === 'immutability' && !read && (ways.has('sequence-number') || ways.has('field')))
    return {
      verdict: 'indeterminate',
      explanation: 'records without a tag were read once, and so compared with nothing',
    };
  if (name !== 'order')
    return { verdict: 'pass', explanation: `${acknowledged} acknowledged records, ${sweep.reader.records} swept` };
  return {
    verdict: order.promised + order.neighbours > 0 ? 'pass' : 'indeterminate',
    explanation: `${order.promised} promised pairs and ${order.neighbours} neighbours in a shard compared`,
  };
}
