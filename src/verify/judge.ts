/**
 * The ledger's judgement: a pure function of what producers noted (`SentHistory`) and what readers saw. Loss is proved only
 * by a complete sweep from TRIM_HORIZON after the run; without one, what is missing is `unread`, and `no-loss` is
 * indeterminate.
 */
import type { VerifyName } from '../scenario/plan.ts';
import { Fate, SeenHistory, SentHistory, type SentExport } from './history.ts';
import { anomalies, type Anomaly, type LedgerReport, type Witness } from './ledger-report.ts';
import type { ReaderExport } from './reader.ts';
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
  /** By producer index: the agent's name and its notes. */
  readonly producers: readonly { readonly name: string; readonly stream: string; readonly sent: SentExport }[];
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

  add(witness: Witness): void {
    this.counts[witness.anomaly] += 1;
    this.keep(witness);
  }

  keep(witness: Witness): void {
    if (this.witnesses.filter(({ anomaly }) => anomaly === witness.anomaly).length < WITNESSES)
      this.witnesses.push(witness);
  }
}

/** What a run's records say about the endpoint. */
export function judge(history: History): LedgerReport {
  const tally = new Tally();
  const totals = { sent: 0, acknowledged: 0, rejected: 0 };
  const names = history.producers.map(({ name }) => name);
  const damaged = new Set(history.sweep.reader.damaged);
  const readers = [history.sweep.reader, ...history.consumers.map(({ reader }) => reader)];
  for (const reader of readers) addReader(tally, reader, names, reader === history.sweep.reader);
  for (const [index, producer] of history.producers.entries()) {
    const sent = SentHistory.import(producer.sent);
    const sweep = seenBy(history.sweep.reader, index);
    const consumers = history.consumers
      .filter(({ stream }) => stream === producer.stream)
      .map(({ reader }) => seenBy(reader, index));
    const views = { sent, sweep, consumers, damaged, sweepComplete: history.sweep.complete };
    addProducer(tally, totals, producer.name, views);
  }
  if (history.ownStreams) {
    tally.counts.ghost += history.sweep.reader.foreign;
    if (history.sweep.reader.foreign > 0) {
      tally.keep(
        witnessOf(
          'ghost',
          '?',
          -1,
          `${history.sweep.reader.foreign} records in the run's own streams carry no tag of this run`,
        ),
      );
    }
  }
  return {
    ...totals,
    swept: history.sweep.reader.seen.reduce((sum, [, seen]) => sum + seen.distinct, 0),
    foreign: history.sweep.reader.foreign,
    counts: tally.counts,
    witnesses: tally.witnesses,
    sweep: {
      complete: history.sweep.complete,
      records: history.sweep.reader.records,
      durationNs: history.sweep.durationNs,
      reason: history.sweep.reason,
    },
    verdicts: history.verify.map((name) => ({ name, ...verdictOf(name, tally.counts, totals.acknowledged, history) })),
  };
}

/** One producer's records, from every side. */
interface Views {
  readonly sent: SentHistory;
  readonly sweep: SeenHistory;
  readonly consumers: readonly SeenHistory[];
  readonly damaged: ReadonlySet<number>;
  readonly sweepComplete: boolean;
}

/** A copy counts once however many readers met it: the sweep's word stands, the consumers' where it could not read. */
function addReader(tally: Tally, reader: ReaderExport, names: readonly string[], isSweep: boolean): void {
  for (const witness of reader.witnesses) {
    tally.keep({ ...witness, producer: names[Number(witness.producer)] ?? witness.producer });
  }
  for (const anomaly of ['reordered', 'changed', 'redelivered'] as const)
    tally.counts[anomaly] += reader.counts[anomaly];
  if (isSweep) tally.counts.duplicated += reader.counts.duplicated;
  else tally.counts.duplicated = Math.max(tally.counts.duplicated, reader.counts.duplicated);
}

function addProducer(
  tally: Tally,
  totals: { sent: number; acknowledged: number; rejected: number },
  name: string,
  views: Views,
): void {
  const { sent, sweep, consumers } = views;
  tally.counts.reordered += sent.reordered;
  for (const first of sent.reorderedFirst) tally.keep({ anomaly: 'reordered', producer: name, ...first });
  const length = Math.max(sent.length, sweep.length, ...consumers.map((seen) => seen.length));
  for (let counter = 0; counter < length; counter += 1) {
    const fate = sent.fate(counter);
    if (fate !== Fate.unsent) totals.sent += 1;
    const found = (anomaly: Anomaly, detail: string) => tally.add(witnessOf(anomaly, name, counter, detail));
    const seen = sweep.position(counter) !== 0 || consumers.some((consumer) => consumer.position(counter) !== 0);
    switch (fate) {
      case Fate.acknowledged:
        totals.acknowledged += 1;
        for (const [anomaly, detail] of judgeAcknowledged(counter, views)) found(anomaly, detail);
        break;
      case Fate.rejected:
        totals.rejected += 1;
        if (seen) found('ghost', 'the put was refused, and yet the record can be read');
        break;
      case Fate.unsent:
        if (seen) found('ghost', 'no such record was ever sent');
        break;
      case Fate.sent:
      case Fate.maybe:
        found('maybe', 'no certain answer: it may be stored or not');
    }
  }
}

function* judgeAcknowledged(counter: number, views: Views): Generator<readonly [Anomaly, string]> {
  const { sent, sweep, consumers, damaged, sweepComplete } = views;
  const swept = sweep.position(counter);
  if (swept === 0) {
    // Its place holds damaged data: the reader has counted it as changed.
    if (damaged.has(sent.position(counter))) return;
    if (sweepComplete) yield ['lost', 'acknowledged, and absent from the sweep'];
    else if (consumers.every((consumer) => consumer.position(counter) === 0))
      yield ['unread', 'acknowledged; the sweep did not get there'];
    return;
  }
  if (swept !== sent.position(counter) && !sweep.copied(counter))
    yield ['changed', 'read at another shard or sequence number than the put was given'];
  for (const consumer of consumers) {
    if (consumer.position(counter) === 0) yield ['late', 'not seen by a consumer in time, found by the sweep'];
    else if (consumer.position(counter) === swept && consumer.content(counter) !== sweep.content(counter)) {
      yield ['changed', 'the sweep read other content than a consumer had'];
    }
  }
}

function seenBy(reader: ReaderExport, producer: number): SeenHistory {
  const found = reader.seen.find(([index]) => index === producer);
  return found ? SeenHistory.import(found[1]) : new SeenHistory();
}

function witnessOf(anomaly: Anomaly, producer: string, counter: number, detail: string): Witness {
  return { anomaly, producer, counter, shardId: null, sequenceNumber: null, detail };
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
  counts: Readonly<Record<Anomaly, number>>,
  acknowledged: number,
  history: History,
): { verdict: Verdict; explanation: string } {
  const broken = breaks[name].filter((anomaly) => counts[anomaly] > 0);
  if (broken.length > 0)
    return { verdict: 'fail', explanation: broken.map((anomaly) => `${counts[anomaly]} ${anomaly}`).join(', ') };
  if (acknowledged === 0)
    return { verdict: 'indeterminate', explanation: 'nothing was acknowledged, so nothing was put to the test' };
  if (!history.sweep.complete)
    return { verdict: 'indeterminate', explanation: `the sweep is not complete: ${history.sweep.reason}` };
  return {
    verdict: 'pass',
    explanation: `${acknowledged} acknowledged records, ${history.sweep.reader.records} swept`,
  };
}
