/**
 * A consuming agent: one application that reads every shard of a stream by polling. Each shard is polled on an absolute
 * schedule that begins at a random phase; a poll never overlaps the one before it, a slot that is missed is left out. What a
 * poll brings is timed against when each record was sent (propagation) and due (delivery); the poll is the independent event
 * behind such a sample, not the record.
 */
import { isThrottle } from '../protocol/errors.ts';
import type { GetShardIteratorInput } from '../protocol/operations.ts';
import type { ConsumeFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import { Reader } from '../verify/reader.ts';
import { type ReadUserRecord, userRecordsOf } from '../verify/user-records.ts';
import type { Answered, Outcome } from '../wire/outcome.ts';
import type { ReceivedRecords } from '../wire/received.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import { Hold } from './hold.ts';
import { type Child, childrenOf, Lineage } from './lineage.ts';
import { Pace } from './pace.ts';
import type { Agent } from './share.ts';

/** How long a refused iterator request waits before the next one, in ns. */
const ITERATOR_RETRY_NS = 250_000_000;
/** An iterator that is refused so often, other than by a throttle, is not to be had. */
const REFUSALS_MAX = 8;

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

interface ShardState {
  readonly shardId: string;
  /** Where reading begins: children begin at their beginning, whatever the fleet says. */
  readonly from: ConsumeFleet['from'];
  iterator: string | null;
  /** The checkpoint: of the last record that was read. */
  lastSequenceNumber: string | undefined;
  lastPollNs: number | undefined;
  /** Of the agent, when the iterator was asked for. */
  life: number;
  /** Whether it was read to its end, and the children that the last answer named. */
  ended?: boolean;
  children?: readonly Child[];
}

function shardState(shardId: string, from: ConsumeFleet['from'], life: number): ShardState {
  return { shardId, from, iterator: null, lastSequenceNumber: undefined, lastPollNs: undefined, life };
}

export class Consumer {
  readonly reader: Reader;
  readonly hold = new Hold();
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
  readonly #stream: StreamInfo;
  readonly #random: Random;
  readonly #shards: ShardState[];
  readonly #lineage: Lineage;

  constructor(agent: Agent<ConsumeFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(agent.fleet.stream)!;
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
    this.#shards = this.#stream.shardIds.map((shardId) => shardState(shardId, agent.fleet.from, 0));
    this.#lineage = new Lineage(this.#stream.shardIds);
    this.reader = new Reader(agent.name, context.run, (producer) => context.sendLogs[producer] !== null);
  }

  /** Takes up its position in every shard, before the first record is due; gives the reason when an endpoint keeps refusing it. */
  async prepare(stop: AbortSignal): Promise<string | null> {
    for (const shard of this.#shards) {
      const refused = await this.#locate(shard, stop);
      if (refused !== null) return `GetShardIterator on ${this.#stream.name} ${shard.shardId}: ${refused}`;
    }
    return null;
  }

  /** Polls until `stop` aborts or every shard, and every child of one, has come to its end. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all(this.#shards.map((shard) => this.#follow(shard, stop)));
  }

  async #follow(shard: ShardState, stop: AbortSignal): Promise<void> {
    const { clock, timeline } = this.#context;
    const { everyNs, pacing } = this.#agent.fleet;
    const pace = new Pace(clock, pacing);
    const firstNs = timeline.startNs + this.#random.fork(shard.shardId).uniform() * everyNs;
    // A shard that is born under load is first polled in its next slot, not late for all those before.
    const born = Math.max(0, Math.ceil((clock.monotonicNs() - firstNs) / everyNs));
    for (let slot = born; shard.iterator !== null && !stop.aborted;) {
      const dueNs = firstNs + slot * everyNs;
      await pace.until(dueNs, stop);
      if (stop.aborted) return;
      if (this.hold.held) await this.hold.released(stop);
      else if (shard.life !== this.hold.life) await this.#revive(shard, stop);
      else await this.#poll(shard, dueNs, stop);
      slot = Math.max(slot + 1, Math.ceil((clock.monotonicNs() - firstNs) / everyNs));
    }
    if (!stop.aborted && shard.ended) await this.#followChildren(shard, stop);
  }

  /** After a death: an iterator from the checkpoint, as a new process would ask for one. */
  async #revive(shard: ShardState, stop: AbortSignal): Promise<void> {
    shard.life = this.hold.life;
    shard.lastPollNs = undefined;
    if ((await this.#locate(shard, stop)) !== null) shard.iterator = null;
  }

  async #followChildren(parent: ShardState, stop: AbortSignal): Promise<void> {
    const { clients, errors } = this.#context;
    const { fleet } = this.#agent;
    const report = (code: string, message: string) => errors.add(fleet.name, 'DescribeStream', code, message);
    const place = { stream: this.#stream.name, shardId: parent.shardId, timeoutNs: fleet.timeoutNs };
    const children = parent.children ?? (await childrenOf(clients[fleet.client]!, place, report));
    const ready = this.#lineage.finish(parent.shardId, children);
    await Promise.all(
      ready.map(async (shardId) => {
        const child = shardState(shardId, 'TRIM_HORIZON', this.hold.life);
        if ((await this.#locate(child, stop)) === null) await this.#follow(child, stop);
      }),
    );
  }

  async #poll(shard: ShardState, dueNs: number, stop: AbortSignal): Promise<void> {
    const { clock, clients, errors, attempts } = this.#context;
    const { fleet } = this.#agent;
    const { life } = this.hold;
    const handedNs = clock.monotonicNs();
    this.#latency('lateness', 'sent', dueNs, handedNs, handedNs - dueNs);
    const outcome = await clients[fleet.client]!.call(
      'GetRecords',
      { ShardIterator: shard.iterator!, Limit: fleet.limit },
      {
        timeoutNs: fleet.timeoutNs,
        onSent: (sentNs) => this.#latency('setup', 'sent', dueNs, sentNs, sentNs - handedNs),
      },
    );
    const code = outcome.kind === 'ok' ? null : codeOf(outcome);
    const what = whatOf(outcome);
    const { sentNs, answeredNs } = outcome;
    this.#count('polls', dueNs, answeredNs, 1, 0, shard.shardId);
    this.#latency('service', what, dueNs, answeredNs, answeredNs - sentNs);
    this.#latency('response', what, dueNs, answeredNs, answeredNs - dueNs);
    if (outcome.kind === 'ok' || what === 'throttled') {
      const bytes = outcome.kind === 'ok' ? bytesOf(outcome.output.Records) : 0;
      attempts.add('read', fleet.stream, shard.shardId, sentNs, bytes, outcome.kind === 'ok');
    }
    if (outcome.kind === 'ok') {
      // Who dies while a call is open never sees its answer.
      if (life === this.hold.life) this.#receive(shard, outcome);
      return;
    }
    this.#count(what === 'throttled' ? 'polls-throttled' : 'polls-failed', dueNs, answeredNs, 1, 0, shard.shardId);
    errors.add(fleet.name, 'GetRecords', code!, 'message' in outcome ? outcome.message : 'no answer in time');
    if (code === 'ExpiredIteratorException' && (await this.#locate(shard, stop)) !== null) shard.iterator = null;
  }

  #receive(shard: ShardState, outcome: Answered<ReceivedRecords>): void {
    const receivedNs = this.#context.clock.monotonicNs();
    const { Records, NextShardIterator, ChildShards } = outcome.output;
    shard.iterator = NextShardIterator ?? null;
    shard.ended = shard.iterator === null;
    if (ChildShards)
      shard.children = ChildShards.map(({ ShardId, ParentShards }) => ({ shardId: ShardId, parents: ParentShards }));
    this.#interval(shard, outcome.sentNs);
    const phases = new Set<string>();
    for (const record of Records) {
      shard.lastSequenceNumber = record.SequenceNumber;
      for (const user of userRecordsOf(record, record.Data)) {
        const phase = this.#record(shard.shardId, user, outcome.sentNs, receivedNs);
        if (phase !== undefined) phases.add(phase);
      }
    }
    for (const phase of phases) {
      for (const metric of ['propagation', 'delivery'] as const) {
        this.#context.recorder
          .latency({ fleet: this.#agent.fleet.name, phase, metric, outcome: 'received' }, receivedNs)
          .event();
      }
    }
    if ([...phases].some((phase) => this.#context.timeline.measured(phase))) this.sums.polls += 1;
  }

  /** Times between polls that were answered: they decide how long a record waits for the next one. */
  #interval(shard: ShardState, sentNs: number): void {
    const { timeline } = this.#context;
    if (shard.lastPollNs !== undefined && timeline.measured(timeline.phaseAt(sentNs))) {
      const intervalNs = sentNs - shard.lastPollNs;
      this.sums.intervals += 1;
      this.sums.intervalNs += intervalNs;
      this.sums.intervalSquaredNs += intervalNs ** 2;
    }
    shard.lastPollNs = sentNs;
  }

  /** Books one record; gives the phase it was due in when its propagation could be timed. */
  #record(
    shardId: string,
    { record, data, sub }: ReadUserRecord,
    pollSentNs: number,
    receivedNs: number,
  ): string | undefined {
    const { recorder, timeline, sendLogs } = this.#context;
    const fleet = this.#agent.fleet.name;
    const unnamed = this.#context.unnamed.get(this.#agent.fleet.stream);
    const tag = this.reader.read(shardId, record, data, { sub, stream: this.#stream.name, unnamed });
    const log = tag && sendLogs[tag.producer];
    const phase = timeline.phaseAt(log ? tag.dueNs : receivedNs);
    recorder.count(
      { fleet, phase, metric: 'received', shard: shardId, attribution: 'answer' },
      receivedNs,
      1,
      data.length + Buffer.byteLength(record.PartitionKey ?? ''),
    );
    if (!tag && !unnamed) return undefined;
    if (!tag || !log) {
      this.#untimed(phase, receivedNs);
      return undefined;
    }
    recorder
      .latency({ fleet, phase, metric: 'delivery', outcome: 'received' }, receivedNs)
      .record(receivedNs - tag.dueNs);
    const sentNs = log.sentNs(tag.counter);
    const propagation = recorder.latency({ fleet, phase, metric: 'propagation', outcome: 'received' }, receivedNs);
    if (sentNs === undefined) {
      // Forgotten because it is old: its propagation is longer than that of every record the log still has.
      propagation.outrank();
      this.#untimed(phase, receivedNs);
      return undefined;
    }
    propagation.record(receivedNs - sentNs);
    if (timeline.measured(phase)) {
      this.sums.records += 1;
      this.sums.propagationNs += receivedNs - sentNs;
      this.sums.callNs += receivedNs - pollSentNs;
    }
    return phase;
  }

  /** Counts a record whose sent time is not known: too long ago, or another machine's. */
  #untimed(phase: string, receivedNs: number): void {
    const { recorder } = this.#context;
    const labels = {
      fleet: this.#agent.fleet.name,
      phase,
      metric: 'untimed',
      shard: null,
      attribution: 'none',
    } as const;
    recorder.count(labels, receivedNs, 1, 0);
  }

  /** Asks for an iterator, after the last record read or where the fleet begins; gives the reason when it cannot have one. */
  async #locate(shard: ShardState, stop: AbortSignal): Promise<string | null> {
    const { clock, clients, errors } = this.#context;
    const { fleet } = this.#agent;
    const place: Pick<GetShardIteratorInput, 'ShardIteratorType' | 'StartingSequenceNumber'> =
      shard.lastSequenceNumber === undefined
        ? { ShardIteratorType: shard.from }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: shard.lastSequenceNumber };
    let refusals = 0;
    while (!stop.aborted) {
      const input = { StreamName: this.#stream.name, ShardId: shard.shardId, ...place };
      const outcome = await clients[fleet.client]!.call('GetShardIterator', input, { timeoutNs: fleet.timeoutNs });
      if (outcome.kind === 'ok') {
        shard.iterator = outcome.output.ShardIterator ?? null;
        this.reader.restart(shard.shardId);
        return null;
      }
      const code = codeOf(outcome);
      const message = 'message' in outcome ? outcome.message : 'no answer in time';
      errors.add(fleet.name, 'GetShardIterator', code, message);
      if (!isThrottle(code) && ++refusals >= REFUSALS_MAX) return `${code}: ${message}`;
      await clock.sleepUntil(clock.monotonicNs() + ITERATOR_RETRY_NS, stop);
    }
    return null;
  }

  #count(
    metric: 'polls' | 'polls-throttled' | 'polls-failed',
    dueNs: number,
    atNs: number,
    count: number,
    bytes: number,
    shard: string,
  ): void {
    const { recorder, timeline } = this.#context;
    const phase = timeline.phaseAt(dueNs);
    recorder.count({ fleet: this.#agent.fleet.name, phase, metric, shard, attribution: 'answer' }, atNs, count, bytes);
  }

  #latency(
    metric: 'lateness' | 'setup' | 'service' | 'response',
    outcome: string,
    dueNs: number,
    atNs: number,
    ns: number,
  ): void {
    const { recorder, timeline } = this.#context;
    const histogram = recorder.latency(
      { fleet: this.#agent.fleet.name, phase: timeline.phaseAt(dueNs), metric, outcome },
      atNs,
    );
    histogram.record(ns);
    histogram.event();
  }
}

/** Data and keys of an answer. */
function bytesOf(records: ReceivedRecords['Records']): number {
  return records.reduce((sum, { Data, PartitionKey }) => sum + Data.length + Buffer.byteLength(PartitionKey ?? ''), 0);
}

/** The wire name of an error, or `timeout`, or how the connection broke. */
function codeOf(outcome: Exclude<Outcome<unknown>, Answered<unknown>>): string {
  if (outcome.kind === 'error') return outcome.code;
  return outcome.kind === 'timeout' ? 'timeout' : `connection-${outcome.reason}`;
}

function whatOf(outcome: Outcome<unknown>): 'accepted' | 'throttled' | 'failed' | 'timeout' | 'broken' {
  switch (outcome.kind) {
    case 'ok':
      return 'accepted';
    case 'error':
      return isThrottle(outcome.code) ? 'throttled' : 'failed';
    case 'timeout':
      return 'timeout';
    case 'connection':
      return 'broken';
  }
}
