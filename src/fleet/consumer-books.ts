/**
 * What a consuming agent notes down of the records it received, whichever way they came: for the ledger that they were seen, and
 * for the recorder when, against when each was sent (propagation) and due (delivery). Behind the times of records that came
 * together stands one independent event: a poll, or a push.
 */
import { NS_PER_MS } from '../clock.ts';
import type { LatencyHistogram } from '../measure/histogram.ts';
import type { ConsumeFleet, CountMetric, LatencyMetric } from '../scenario/plan.ts';
import { Reader } from '../verify/reader.ts';
import { type ReadUserRecord, userRecordsOf } from '../verify/user-records.ts';
import type { ReceivedRecord } from '../wire/received.ts';
import type { FleetContext } from './context.ts';
import type { PairSide } from './pairing.ts';
import type { Agent } from './share.ts';

/** Sums from which the poll phase is explained; see PollingDoc of the result. */
export interface PollSums {
  records: number;
  polls: number;
  propagationNs: number;
  callNs: number;
  intervals: number;
  intervalNs: number;
  intervalSquaredNs: number;
}

/** When records came. */
export interface Arrival {
  readonly receivedNs: number;
  /** When the poll that brought them was sent. */
  readonly askedNs?: number;
  /** When the subscription that brought them was answered, if they were the first over it and it followed another one. */
  readonly renewedNs?: number | undefined;
}

export class ConsumerBooks {
  readonly reader: Reader;
  readonly sums: PollSums = {
    records: 0,
    polls: 0,
    propagationNs: 0,
    callNs: 0,
    intervals: 0,
    intervalNs: 0,
    intervalSquaredNs: 0,
  };
  readonly #agent: Agent<ConsumeFleet>;
  readonly #context: FleetContext;
  /** Its name, not its alias. */
  readonly #stream: string;
  readonly #pairs: readonly PairSide[];
  /** Phases of records that a renewal kept waiting. */
  readonly #renewed = new Set<string>();
  /** Of the records that came together. */
  #newestDueNs: number | undefined;

  constructor(agent: Agent<ConsumeFleet>, context: FleetContext, stream: string) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = stream;
    this.#pairs = context.pairing.sidesOf(agent.index);
    this.reader = new Reader(agent.name, context.run, (producer) => context.sendLogs[producer] !== null);
  }

  /** Records of one shard that came together. */
  receive(shardId: string, records: readonly ReceivedRecord[], arrival: Arrival): void {
    const { timeline } = this.#context;
    const phases = new Set<string>();
    for (const record of records) {
      for (const user of userRecordsOf(record, record.Data)) {
        const phase = this.#record(shardId, user, arrival);
        if (phase !== undefined) phases.add(phase);
      }
    }
    for (const phase of phases) {
      for (const metric of ['propagation', 'delivery'] as const)
        this.#received(phase, metric, arrival.receivedNs).event();
    }
    for (const side of this.#pairs) side.together(arrival.receivedNs);
    const { receivedNs } = arrival;
    if (this.#newestDueNs !== undefined)
      this.latency('lag', 'received', receivedNs, receivedNs, receivedNs - this.#newestDueNs);
    this.#newestDueNs = undefined;
    for (const phase of this.#renewed) this.#received(phase, 'propagation', arrival.receivedNs, 'renewed').event();
    this.#renewed.clear();
    if ([...phases].some((phase) => timeline.measured(phase))) this.sums.polls += 1;
  }

  /** How far behind the endpoint says that the consumer is (MillisBehindLatest); not every endpoint says it. */
  behind(ms: number | null | undefined, receivedNs: number): void {
    if (typeof ms === 'number') this.latency('behind', 'received', receivedNs, receivedNs, ms * NS_PER_MS);
  }

  /** The time between two reads of a shard that were answered. */
  interval(ns: number): void {
    this.sums.intervals += 1;
    this.sums.intervalNs += ns;
    this.sums.intervalSquaredNs += ns ** 2;
  }

  /** Counts one call, or whatever the metric is about, under the phase that was due. */
  count(metric: CountMetric, dueNs: number, atNs: number, shard: string): void {
    const { recorder, timeline } = this.#context;
    const phase = timeline.phaseAt(dueNs);
    recorder.count({ fleet: this.#agent.fleet.name, phase, metric, shard, attribution: 'answer' }, atNs, 1, 0);
  }

  latency(metric: LatencyMetric, outcome: string, dueNs: number, atNs: number, ns: number): void {
    const { recorder, timeline } = this.#context;
    const phase = timeline.phaseAt(dueNs);
    const histogram = recorder.latency({ fleet: this.#agent.fleet.name, phase, metric, outcome }, atNs);
    histogram.record(ns);
    histogram.event();
  }

  /** Books one record; gives the phase it was due in when its propagation could be timed. */
  #record(
    shardId: string,
    { record, data, sub }: ReadUserRecord,
    { askedNs, receivedNs, renewedNs }: Arrival,
  ): string | undefined {
    const { recorder, timeline, sendLogs } = this.#context;
    const fleet = this.#agent.fleet.name;
    const unnamed = this.#context.unnamed.get(this.#agent.fleet.stream);
    const { distinct } = this.reader;
    const tag = this.reader.read(shardId, record, data, { sub, stream: this.#stream, unnamed });
    const log = tag && sendLogs[tag.producer];
    const phase = timeline.phaseAt(log ? tag.dueNs : receivedNs);
    recorder.count(
      { fleet, phase, metric: 'received', shard: shardId, attribution: 'answer' },
      receivedNs,
      1,
      data.length + Buffer.byteLength(record.PartitionKey ?? ''),
    );
    if (this.#pairs.length > 0 && this.reader.distinct > distinct) {
      const key = tag ? tag.producer * 2 ** 32 + tag.counter : `${shardId} ${record.SequenceNumber} ${sub}`;
      for (const side of this.#pairs) side.received(key, phase, receivedNs);
    }
    if (!tag && !unnamed) return undefined;
    if (!tag || !log) {
      this.#untimed(phase, receivedNs);
      return undefined;
    }
    this.#newestDueNs = Math.max(this.#newestDueNs ?? -Infinity, tag.dueNs);
    this.#received(phase, 'delivery', receivedNs).record(receivedNs - tag.dueNs);
    const sentNs = log.sentNs(tag.counter);
    const propagation = this.#received(phase, 'propagation', receivedNs);
    if (sentNs === undefined) {
      // Forgotten because it is old: its propagation is longer than that of every record the log still has.
      propagation.outrank();
      this.#untimed(phase, receivedNs);
      return undefined;
    }
    propagation.record(receivedNs - sentNs);
    if (renewedNs !== undefined && sentNs < renewedNs) {
      this.#received(phase, 'propagation', receivedNs, 'renewed').record(receivedNs - sentNs);
      this.#renewed.add(phase);
    }
    if (timeline.measured(phase)) {
      this.sums.records += 1;
      this.sums.propagationNs += receivedNs - sentNs;
      this.sums.callNs += receivedNs - (askedNs ?? receivedNs);
    }
    return phase;
  }

  #received(
    phase: string,
    metric: 'propagation' | 'delivery',
    atNs: number,
    outcome: 'received' | 'renewed' = 'received',
  ): LatencyHistogram {
    return this.#context.recorder.latency({ fleet: this.#agent.fleet.name, phase, metric, outcome }, atNs);
  }

  /** Counts a record whose sent time is not known: too long ago, or another machine's. */
  #untimed(phase: string, receivedNs: number): void {
    const { recorder } = this.#context;
    const { name } = this.#agent.fleet;
    recorder.count({ fleet: name, phase, metric: 'untimed', shard: null, attribution: 'none' }, receivedNs, 1, 0);
  }
}

/** Data and keys of records that were read. */
export function bytesOf(records: readonly ReceivedRecord[]): number {
  return records.reduce((sum, { Data, PartitionKey }) => sum + Data.length + Buffer.byteLength(PartitionKey ?? ''), 0);
}
