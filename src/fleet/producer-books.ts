/**
 * What a producing agent notes down: counts and latencies of its records for the recorder, and for the ledger what became of each.
 * Everything goes under the phase in which a record was due. Attempts are counted apart from outcomes: `accepted`,
 * `throttled`, `failed`, `expired` and `skipped` are what finally became of a record, and add up to `offered`.
 */
import { shardOfThrottle } from '../protocol/errors.ts';
import type { CountMetric, LatencyMetric, ProduceFleet } from '../scenario/plan.ts';
import { deliveredPlace } from '../verify/digest.ts';
import { positionDigest } from '../verify/digest.ts';
import { Fate, SentHistory } from '../verify/history.ts';
import { placeId, valueId } from '../verify/unnamed.ts';
import { type FleetContext, ShardMap, type StreamInfo } from './context.ts';
import { putsToDelivery } from './firehose-put.ts';
import { KeyOrder, type Placed } from './key-order.ts';
import type { CallOutcome, EntryAnswer, Placement, Refusal } from './put-answer.ts';
import { bytesOf, firstDueNs, type PutEntry, type PutRecord, recordsOf } from './put-record.ts';
import type { Agent } from './share.ts';

/** Witnesses of broken order kept by one agent. */
const WITNESSES = 5;

export class ProducerBooks {
  readonly history = new SentHistory();
  readonly shards: ShardMap;
  readonly #agent: Agent<ProduceFleet>;
  readonly #context: FleetContext;
  readonly #stream: string;
  readonly #retrying: boolean;
  /** Its records have no shard and no place. */
  readonly #delivered: boolean;
  readonly #order = new KeyOrder();
  #acknowledged = 0;

  constructor(agent: Agent<ProduceFleet>, context: FleetContext, stream: StreamInfo) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = stream.name;
    this.#delivered = putsToDelivery(agent.fleet);
    this.#retrying = agent.fleet.retry.policy !== 'none';
    this.shards = new ShardMap(stream.open);
  }

  /** Records acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Records that have fallen due together. */
  offered(records: readonly PutRecord[]): void {
    const { dueNs } = records[0]!;
    this.#count('offered', dueNs, dueNs, records.length, bytesOfAll(records));
  }

  /** Records that are never sent: together, where they would have been one call. */
  skipped(records: readonly PutRecord[]): void {
    const { dueNs } = records[0]!;
    this.#count('skipped', dueNs, dueNs, records.length, bytesOfAll(records));
    this.#histogram('response', 'accepted', dueNs, dueNs).skip();
  }

  /** Records that wait for an open call to end. */
  queued(records: readonly PutRecord[]): void {
    const { dueNs } = records[0]!;
    this.#count('queued', dueNs, dueNs, records.length, bytesOfAll(records));
  }

  /**
   * A call is handed to the client. Lateness is a record's own, from when it was due to its first attempt; `readyNs` is when a
   * batch that was gathered was to leave, `chained` the put that its record is chained to.
   */
  handedOver(
    entries: readonly PutEntry[],
    { handedNs, readyNs, chained }: { handedNs: number; readyNs?: number | undefined; chained?: Placed | undefined },
  ): void {
    const { gather } = this.#agent.fleet;
    let firstNs: number | undefined;
    for (const record of recordsOf(entries)) {
      record.before = chained ?? this.#order.before(record.key);
      record.attempts += 1;
      this.history.sent(record.counter);
      if (record.identity !== undefined)
        this.history.identified(record.counter, valueId(this.#stream, record.identity));
      if (record.attempts > 1) continue;
      // Records that fall due together are one call and one value.
      if (gather || firstNs === undefined)
        this.#histogram('lateness', 'sent', record.dueNs, handedNs).record(handedNs - record.dueNs);
      firstNs ??= record.dueNs;
    }
    if (firstNs !== undefined) this.#histogram('lateness', 'sent', firstNs, handedNs).event();
    if (firstNs !== undefined && readyNs !== undefined)
      this.latency('departure', 'sent', firstNs, handedNs, handedNs - readyNs);
    if (this.#retrying) this.#attempted(entries, handedNs);
  }

  /** The first byte of a call has gone out. */
  sent(entries: readonly PutEntry[], handedNs: number, sentNs: number): void {
    const log = this.#context.sendLogs[this.#agent.index]!;
    for (const { counter } of recordsOf(entries)) log.sent(counter, sentNs);
    this.latency('setup', 'sent', firstDueNs(entries), sentNs, sentNs - handedNs);
  }

  /** What the limits of its shard said to one attempt to store a record of the stream; other answers tell nothing of them. */
  metLimits(entry: PutEntry, answer: EntryAnswer, sentNs: number): void {
    if (answer.kind === 'failed' || this.#delivered) return;
    const accepted = answer.kind === 'placed';
    const shard = accepted
      ? answer.shardId
      : (shardOfThrottle(answer.message) ?? this.shards.shardOf(entry.partitionKey, entry.explicitHashKey));
    if (shard === null) return;
    this.#context.attempts.add('write', this.#agent.fleet.stream, shard, sentNs, bytesOf(entry), accepted);
  }

  /** A record of the stream was placed, and so all it carries. */
  placed(entry: PutEntry, answer: Placement, atNs: number): void {
    const { aggregate } = this.#agent.fleet;
    for (const record of entry.records) this.#accept(record, answer, atNs);
    if (aggregate)
      this.#count('stream-records', firstDueNs([entry]), atNs, 1, bytesOf(entry), answer.shardId, 'answer');
  }

  /** An attempt to store a record was refused: the ledger counts which attempts may have stored it. Nothing final is counted yet. */
  refused(record: PutRecord, answer: Refusal, atNs: number): void {
    const { fleet } = this.#agent;
    record.refusal = answer;
    record.refusedNs = atNs;
    this.history.settled(record.counter, answer.certain ? Fate.rejected : Fate.maybe);
    this.#context.errors.add(fleet.name, fleet.operation, answer.code, answer.message);
    if (!this.#retrying) return;
    const metric = answer.kind === 'throttled' ? 'attempts-throttled' : 'attempts-failed';
    this.#countRefused(metric, record, answer, atNs);
  }

  /** The refusal of a record was the last word on it. */
  givenUp(record: PutRecord, answer: Refusal, atNs: number): void {
    this.#countRefused(answer.kind, record, answer, atNs);
  }

  /** A record reached the end of its time to live. */
  expired(record: PutRecord, atNs: number): void {
    this.#count('expired', record.dueNs, atNs, 1, bytesOf(record));
    this.latency('response', 'expired', record.dueNs, atNs, atNs - record.dueNs);
  }

  /** The service time of one attempt. */
  service(
    entries: readonly PutEntry[],
    what: CallOutcome,
    { sentNs, answeredNs }: { sentNs: number; answeredNs: number },
  ): void {
    this.latency('service', what, firstDueNs(entries), answeredNs, answeredNs - sentNs);
  }

  /** The response time of a call whose records fell due together. */
  response(dueNs: number, what: CallOutcome, answeredNs: number): void {
    this.latency('response', what, dueNs, answeredNs, answeredNs - dueNs);
  }

  /** The response times of records that were gathered: each its own, of one call with that answer. */
  responses(records: readonly PutRecord[], what: 'accepted' | 'throttled' | 'failed', answeredNs: number): void {
    if (records.length === 0) return;
    for (const { dueNs } of records) this.#histogram('response', what, dueNs, answeredNs).record(answeredNs - dueNs);
    this.#histogram('response', what, records[0]!.dueNs, answeredNs).event();
  }

  latency(metric: LatencyMetric, outcome: string, dueNs: number, atNs: number, ns: number): void {
    const histogram = this.#histogram(metric, outcome, dueNs, atNs);
    histogram.record(ns);
    histogram.event();
  }

  #attempted(entries: readonly PutEntry[], handedNs: number): void {
    let againNs: number | undefined;
    for (const record of recordsOf(entries)) {
      this.#count('attempts', record.dueNs, handedNs, 1, bytesOf(record));
      if (record.attempts === 1) continue;
      this.#histogram('backoff', 'sent', record.dueNs, handedNs).record(handedNs - record.refusedNs);
      againNs ??= record.dueNs;
    }
    if (againNs !== undefined) this.#histogram('backoff', 'sent', againNs, handedNs).event();
  }

  #accept(record: PutRecord, { shardId, sequenceNumber }: Placement, atNs: number): void {
    this.#acknowledged += 1;
    if (this.#delivered) {
      this.history.settled(record.counter, Fate.acknowledged, deliveredPlace(this.#agent.index, record.counter));
      this.#count('accepted', record.dueNs, atNs, 1, bytesOf(record));
      return;
    }
    this.history.settled(record.counter, Fate.acknowledged, positionDigest(shardId, sequenceNumber));
    this.history.places.note(record.counter, { shardId, sequenceNumber });
    if (this.#agent.fleet.identify.by === 'sequence-number')
      this.history.identified(record.counter, placeId(this.#stream, shardId, sequenceNumber));
    const order = this.#order.place(
      record.before,
      { key: record.key, shardId, sequenceNumber },
      this.#agent.fleet.chain,
    );
    if (order === 'kept' || order === 'broken') this.history.promised += 1;
    if (order === 'crossed') {
      const detail = `sent after ${record.before!.sequenceNumber} of the same key was acknowledged in ${record.before!.shardId}`;
      this.history.crossed(record.before!.shardId, { counter: record.counter, shardId, sequenceNumber, detail });
    }
    if (order === 'broken') {
      this.history.reordered(record.counter);
      if (this.history.reorderedFirst.length < WITNESSES) {
        const detail = this.#agent.fleet.chain
          ? `chained to ${record.before!.sequenceNumber} of the same key, and placed before it`
          : `sent after ${record.before!.sequenceNumber} of the same key was acknowledged, and placed before it`;
        this.history.reorderedFirst.push({ counter: record.counter, shardId, sequenceNumber, detail });
      }
    }
    this.#count('accepted', record.dueNs, atNs, 1, bytesOf(record), shardId, 'answer');
    const predicted = this.shards.checked(record.partitionKey, record.explicitHashKey);
    if (predicted !== undefined && predicted !== shardId)
      this.#count('mispredicted', record.dueNs, atNs, 1, bytesOf(record), shardId, 'answer');
  }

  #countRefused(metric: CountMetric, record: PutRecord, { message }: Refusal, atNs: number): void {
    const named = shardOfThrottle(message);
    const shard = named ?? this.shards.shardOf(record.partitionKey, record.explicitHashKey);
    const attribution = named !== undefined ? 'message' : shard === null ? 'none' : 'hash-map';
    this.#count(metric, record.dueNs, atNs, 1, bytesOf(record), shard, attribution);
  }

  #count(
    metric: CountMetric,
    dueNs: number,
    atNs: number,
    count: number,
    bytes: number,
    shard: string | null = null,
    attribution: 'answer' | 'message' | 'hash-map' | 'none' = 'none',
  ): void {
    const { recorder, timeline } = this.#context;
    const labels = { fleet: this.#agent.fleet.name, phase: timeline.phaseAt(dueNs), metric, shard, attribution };
    recorder.count(labels, atNs, count, bytes);
  }

  #histogram(metric: LatencyMetric, outcome: string, dueNs: number, atNs: number) {
    const { recorder, timeline } = this.#context;
    return recorder.latency({ fleet: this.#agent.fleet.name, phase: timeline.phaseAt(dueNs), metric, outcome }, atNs);
  }
}

function bytesOfAll(records: readonly PutRecord[]): number {
  return records.reduce((sum, record) => sum + bytesOf(record), 0);
}
