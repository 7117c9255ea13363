/**
 * A producing agent: an open loop on an absolute schedule. Whatever the endpoint does, the next call is due when it is due;
 * when `inFlightMax` calls are open, the next is skipped (and counted) or waits (and its lateness shows it). One attempt per
 * call; records are counted, not calls. Lateness (due to handed over), setup (to the first byte sent) and service add up to response.
 */
import { isThrottle, shardOfThrottle } from '../protocol/errors.ts';
import type { PutRecordOutput, PutRecordsOutput, PutRecordsResultEntry } from '../protocol/operations.ts';
import type { LatencyMetric, ProduceFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import { positionDigest } from '../verify/digest.ts';
import { Fate, SentHistory } from '../verify/history.ts';
import type { Outcome } from '../wire/outcome.ts';
import { Backlog } from './backlog.ts';
import { type FleetContext, ShardMap, type StreamInfo } from './context.ts';
import { KeyOrder, type Placed } from './key-order.ts';
import { Pace } from './pace.ts';
import { arrivals } from './pacer.ts';
import { type Draft, PayloadSource } from './payload.ts';
import type { Agent } from './share.ts';

/** How long after the end of the load a call that was due before it may still leave, in ns. */
const BACKLOG_NS = 100_000_000;
/** Witnesses of broken order kept by one agent. */
const WITNESSES = 5;

interface Numbered extends Draft {
  readonly counter: number;
}

/** One call that is due, its records still without bytes. */
interface Due {
  readonly dueNs: number;
  readonly records: readonly Numbered[];
}

interface PutRecord extends Numbered {
  readonly data: Buffer;
  /** The put of its key that it must come after. */
  readonly before: Placed | undefined;
}

type PutOutput = PutRecordOutput | PutRecordsOutput;
type CallOutcome = 'accepted' | 'partial' | 'throttled' | 'failed' | 'timeout';

export class Producer {
  readonly history = new SentHistory();
  readonly #agent: Agent<ProduceFleet>;
  readonly #context: FleetContext;
  readonly #stream: StreamInfo;
  readonly #shards: ShardMap;
  readonly #order = new KeyOrder();
  readonly #payloads: PayloadSource;
  readonly #random: Random;
  readonly #explicitHashKey: string | undefined;
  #counter = 0;
  #acknowledged = 0;

  constructor(agent: Agent<ProduceFleet>, context: FleetContext) {
    const { fleet } = agent;
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(fleet.stream)!;
    this.#shards = new ShardMap(this.#stream.open);
    this.#random = new Random(context.seed).fork('fleet', fleet.name, agent.agent);
    this.#payloads = new PayloadSource(
      fleet,
      context.run,
      agent.index,
      { agent: agent.agent, agents: fleet.agents },
      this.#random,
    );
    this.#explicitHashKey =
      fleet.key.kind === 'shard' ? this.#stream.open[fleet.key.index]?.startingHashKey : undefined;
  }

  /** Records acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Runs until the load ends or `stop` aborts, and until every open call is settled. Never rejects for what a target does. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, timeline } = this.#context;
    const { fleet, agent } = this.#agent;
    const share = { agent, agents: fleet.agents };
    const pace = new Pace(clock, fleet.pacing);
    const backlog = new Backlog<Due>(
      fleet,
      (due) => this.#call(due),
      (due) => this.#skip(due),
    );
    for (const offsetNs of arrivals(fleet.rate, fleet.arrivals, share, this.#random.fork('arrivals'))) {
      const dueNs = timeline.startNs + offsetNs;
      if (dueNs >= timeline.loadEndNs) break;
      await pace.until(dueNs, stop);
      if (stop.aborted) break;
      const due = this.#draft(dueNs);
      if (backlog.offer(due)) this.#count('queued', dueNs, dueNs, due.records.length, bytesOf(due.records));
    }
    // What still waits when the load is over is not sent any more: it would be load after the end, for as long as it takes.
    if (backlog.waiting > 0) {
      await Promise.race([backlog.settled(), clock.sleepUntil(timeline.loadEndNs + BACKLOG_NS, stop)]);
      backlog.drop();
    }
    await backlog.settled();
  }

  /** The records of one call; they count as offered at the time they are due. */
  #draft(dueNs: number): Due {
    const records = Array.from({ length: this.#agent.fleet.batchRecords }, () => {
      return { counter: this.#counter++, ...this.#payloads.draft() };
    });
    this.#count('offered', dueNs, dueNs, records.length, bytesOf(records));
    return { dueNs, records };
  }

  #skip({ dueNs, records }: Due): void {
    this.#count('skipped', dueNs, dueNs, records.length, bytesOf(records));
    this.#histogram('response', 'accepted', dueNs, dueNs).skip();
  }

  async #call({ dueNs, records: drafts }: Due): Promise<void> {
    const handedNs = this.#context.clock.monotonicNs();
    this.#latency('lateness', 'sent', dueNs, handedNs, handedNs - dueNs);
    const records = drafts.map((draft) => ({
      ...draft,
      data: this.#payloads.data(draft, draft.counter, dueNs),
      before: this.#order.before(draft.key),
    }));
    for (const record of records) this.history.sent(record.counter);
    const log = this.#context.sendLogs[this.#agent.index]!;
    const outcome = await this.#send(records, (sentNs) => {
      for (const record of records) log.sent(record.counter, sentNs);
      this.#latency('setup', 'sent', dueNs, sentNs, sentNs - handedNs);
    });
    this.#settle(dueNs, records, outcome);
  }

  #send(records: readonly PutRecord[], onSent: (sentNs: number) => void): Promise<Outcome<PutOutput>> {
    const { fleet } = this.#agent;
    const options = { timeoutNs: fleet.timeoutNs, onSent };
    const entries = records.map(({ data, partitionKey }) => ({
      Data: data.toString('base64'),
      PartitionKey: partitionKey,
      ...(this.#explicitHashKey === undefined ? {} : { ExplicitHashKey: this.#explicitHashKey }),
    }));
    return fleet.operation === 'PutRecord'
      ? this.#context.client.call('PutRecord', { StreamName: this.#stream.name, ...entries[0]! }, options)
      : this.#context.client.call('PutRecords', { StreamName: this.#stream.name, Records: entries }, options);
  }

  #settle(dueNs: number, records: readonly PutRecord[], outcome: Outcome<PutOutput>): void {
    const { answeredNs, sentNs } = outcome;
    const what = this.#judge(dueNs, records, outcome);
    this.#latency('service', what, dueNs, answeredNs, answeredNs - sentNs);
    this.#latency('response', what, dueNs, answeredNs, answeredNs - dueNs);
  }

  /** Books every record and says what became of the call as a whole. */
  #judge(dueNs: number, records: readonly PutRecord[], outcome: Outcome<PutOutput>): CallOutcome {
    const atNs = outcome.answeredNs;
    switch (outcome.kind) {
      case 'ok': {
        const entries = 'Records' in outcome.output ? outcome.output.Records : [outcome.output];
        // An answer of another length cannot be matched to the records: none of its entries is believed.
        const matched = entries.length === records.length;
        const results = records.map((record, index) =>
          this.#entry(dueNs, atNs, record, matched ? entries[index]! : {}),
        );
        if (results.every((result) => result === results[0])) return results[0]!;
        return results.includes('accepted') ? 'partial' : 'failed';
      }
      case 'error': {
        const refused =
          outcome.status < 500 && outcome.code !== 'InternalFailure' && outcome.code !== 'unreadable-answer';
        for (const record of records)
          this.#refuse(dueNs, atNs, record, outcome.code, outcome.message, refused ? Fate.rejected : Fate.maybe);
        return isThrottle(outcome.code) ? 'throttled' : 'failed';
      }
      case 'timeout':
        for (const record of records) this.#refuse(dueNs, atNs, record, 'timeout', 'no answer in time', Fate.maybe);
        return 'timeout';
      case 'connection':
        for (const record of records) {
          this.#refuse(dueNs, atNs, record, 'connection', outcome.message, outcome.maybe ? Fate.maybe : Fate.rejected);
        }
        return 'failed';
    }
  }

  /** One entry of an answer: placed, refused, or (without either) unknown. */
  #entry(
    dueNs: number,
    atNs: number,
    record: PutRecord,
    entry: PutRecordsResultEntry,
  ): 'accepted' | 'throttled' | 'failed' {
    const { ShardId, SequenceNumber, ErrorCode } = entry;
    if (typeof ShardId === 'string' && typeof SequenceNumber === 'string' && !ErrorCode) {
      this.#accept(dueNs, atNs, record, ShardId, SequenceNumber);
      return 'accepted';
    }
    const code = ErrorCode || 'unreadable-answer';
    const fate = isThrottle(code) ? Fate.rejected : Fate.maybe;
    this.#refuse(
      dueNs,
      atNs,
      record,
      code,
      entry.ErrorMessage ?? 'an entry that cannot be matched, or has neither sequence number nor error code',
      fate,
    );
    return isThrottle(code) ? 'throttled' : 'failed';
  }

  #accept(dueNs: number, atNs: number, record: PutRecord, shardId: string, sequenceNumber: string): void {
    this.#acknowledged += 1;
    this.history.settled(record.counter, Fate.acknowledged, positionDigest(shardId, sequenceNumber));
    const order = this.#order.place(record.before, { key: record.key, shardId, sequenceNumber });
    if (order === 'kept' || order === 'broken') this.history.promised += 1;
    if (order === 'crossed') {
      const detail = `sent after ${record.before!.sequenceNumber} of the same key was acknowledged in ${record.before!.shardId}`;
      this.history.crossed(record.before!.shardId, { counter: record.counter, shardId, sequenceNumber, detail });
    }
    if (order === 'broken') {
      this.history.reordered(record.counter);
      if (this.history.reorderedFirst.length < WITNESSES) {
        const detail = `sent after ${record.before!.sequenceNumber} of the same key was acknowledged, and placed before it`;
        this.history.reorderedFirst.push({ counter: record.counter, shardId, sequenceNumber, detail });
      }
    }
    this.#count('accepted', dueNs, atNs, 1, bytesOf([record]), shardId, 'answer');
    const predicted = this.#shards.checked(record.partitionKey, this.#explicitHashKey);
    if (predicted !== undefined && predicted !== shardId)
      this.#count('mispredicted', dueNs, atNs, 1, bytesOf([record]), shardId, 'answer');
  }

  #refuse(dueNs: number, atNs: number, record: PutRecord, code: string, message: string, fate: Fate): void {
    const { fleet } = this.#agent;
    this.history.settled(record.counter, fate);
    this.#context.errors.add(fleet.name, fleet.operation, code, message);
    const named = shardOfThrottle(message);
    const shard = named ?? this.#shards.shardOf(record.partitionKey, this.#explicitHashKey);
    const attribution = named !== undefined ? 'message' : shard === null ? 'none' : 'hash-map';
    this.#count(isThrottle(code) ? 'throttled' : 'failed', dueNs, atNs, 1, bytesOf([record]), shard, attribution);
  }

  #count(
    metric: 'offered' | 'queued' | 'skipped' | 'accepted' | 'mispredicted' | 'throttled' | 'failed',
    dueNs: number,
    atNs: number,
    count: number,
    bytes: number,
    shard: string | null = null,
    attribution: 'answer' | 'message' | 'hash-map' | 'none' = 'none',
  ): void {
    const { recorder, timeline } = this.#context;
    recorder.count(
      { fleet: this.#agent.fleet.name, phase: timeline.phaseAt(dueNs), metric, shard, attribution },
      atNs,
      count,
      bytes,
    );
  }

  #latency(metric: LatencyMetric, outcome: string, dueNs: number, atNs: number, ns: number): void {
    const histogram = this.#histogram(metric, outcome, dueNs, atNs);
    histogram.record(ns);
    histogram.event();
  }

  #histogram(metric: LatencyMetric, outcome: string, dueNs: number, atNs: number) {
    const { recorder, timeline } = this.#context;
    return recorder.latency({ fleet: this.#agent.fleet.name, phase: timeline.phaseAt(dueNs), metric, outcome }, atNs);
  }
}

function bytesOf(records: readonly Draft[]): number {
  return records.reduce((sum, { dataBytes, partitionKey }) => sum + dataBytes + partitionKey.length, 0);
}
