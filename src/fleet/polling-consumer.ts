/**
 * A consuming agent that polls: one application that reads every shard of a stream. Each shard is polled on an absolute
 * schedule that begins at a random phase; a poll never overlaps the one before it, a slot that is missed is left out. The
 * poll is the independent event behind what it brings, not the record.
 */
import { isThrottle } from '../protocol/errors.ts';
import type { GetShardIteratorInput } from '../protocol/operations.ts';
import type { PollingFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import type { Reader } from '../verify/reader.ts';
import type { Answered } from '../wire/outcome.ts';
import type { ReceivedRecords } from '../wire/received.ts';
import type { Consumer } from './consumer.ts';
import { bytesOf, ConsumerBooks, type PollSums } from './consumer-books.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import { Hold } from './hold.ts';
import { type Child, Lineage } from './lineage.ts';
import { Pace } from './pace.ts';
import { codeOf, messageOf, whatOf } from './read-answer.ts';
import type { Agent } from './share.ts';

/** How long a refused iterator request waits before the next one, in ns. */
const ITERATOR_RETRY_NS = 250_000_000;
/** An iterator that is refused so often, other than by a throttle, is not to be had. */
const REFUSALS_MAX = 8;

interface ShardState {
  readonly shardId: string;
  /** Where reading begins: children begin at their beginning, whatever the fleet says. */
  readonly from: PollingFleet['from'];
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

function shardState(shardId: string, from: PollingFleet['from'], life: number): ShardState {
  return { shardId, from, iterator: null, lastSequenceNumber: undefined, lastPollNs: undefined, life };
}

export class PollingConsumer implements Consumer {
  readonly hold = new Hold();
  readonly #books: ConsumerBooks;
  readonly #agent: Agent<PollingFleet>;
  readonly #context: FleetContext;
  readonly #stream: StreamInfo;
  readonly #random: Random;
  readonly #shards: ShardState[];
  readonly #lineage: Lineage;

  constructor(agent: Agent<PollingFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(agent.fleet.stream)!;
    this.#books = new ConsumerBooks(agent, context, this.#stream.name);
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
    this.#shards = this.#stream.shardIds.map((shardId) => shardState(shardId, agent.fleet.from, 0));
    this.#lineage = new Lineage(this.#stream.shardIds);
  }

  get reader(): Reader {
    return this.#books.reader;
  }

  get sums(): PollSums {
    return this.#books.sums;
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
    const ready = await this.#lineage.next(clients[fleet.client]!, place, parent.children, report);
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
    this.#books.latency('lateness', 'sent', dueNs, handedNs, handedNs - dueNs);
    const outcome = await clients[fleet.client]!.call(
      'GetRecords',
      { ShardIterator: shard.iterator!, Limit: fleet.limit },
      {
        timeoutNs: fleet.timeoutNs,
        onSent: (sentNs) => this.#books.latency('setup', 'sent', dueNs, sentNs, sentNs - handedNs),
      },
    );
    const what = whatOf(outcome);
    const { sentNs, answeredNs } = outcome;
    this.#books.count('polls', dueNs, answeredNs, shard.shardId);
    this.#books.latency('service', what, dueNs, answeredNs, answeredNs - sentNs);
    this.#books.latency('response', what, dueNs, answeredNs, answeredNs - dueNs);
    if (outcome.kind === 'ok' || what === 'throttled') {
      const bytes = outcome.kind === 'ok' ? bytesOf(outcome.output.Records) : 0;
      attempts.add('read', fleet.stream, shard.shardId, sentNs, bytes, outcome.kind === 'ok');
    }
    if (outcome.kind === 'ok') {
      // Who dies while a call is open never sees its answer.
      if (life === this.hold.life) this.#receive(shard, outcome);
      return;
    }
    this.#books.count(what === 'throttled' ? 'polls-throttled' : 'polls-failed', dueNs, answeredNs, shard.shardId);
    const code = codeOf(outcome);
    errors.add(fleet.name, 'GetRecords', code, messageOf(outcome));
    if (code === 'ExpiredIteratorException' && (await this.#locate(shard, stop)) !== null) shard.iterator = null;
  }

  #receive(shard: ShardState, outcome: Answered<ReceivedRecords>): void {
    const receivedNs = this.#context.clock.monotonicNs();
    const { Records, NextShardIterator, ChildShards, MillisBehindLatest } = outcome.output;
    shard.iterator = NextShardIterator ?? null;
    shard.ended = shard.iterator === null;
    if (ChildShards)
      shard.children = ChildShards.map(({ ShardId, ParentShards }) => ({ shardId: ShardId, parents: ParentShards }));
    this.#interval(shard, outcome.sentNs);
    shard.lastSequenceNumber = Records.at(-1)?.SequenceNumber ?? shard.lastSequenceNumber;
    this.#books.behind(MillisBehindLatest, receivedNs);
    this.#books.receive(shard.shardId, Records, { askedNs: outcome.sentNs, receivedNs });
  }

  /** Times between polls that were answered: they decide how long a record waits for the next one. */
  #interval(shard: ShardState, sentNs: number): void {
    const { timeline } = this.#context;
    if (shard.lastPollNs !== undefined && timeline.measured(timeline.phaseAt(sentNs)))
      this.#books.interval(sentNs - shard.lastPollNs);
    shard.lastPollNs = sentNs;
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
      const message = messageOf(outcome);
      errors.add(fleet.name, 'GetShardIterator', code, message);
      if (!isThrottle(code) && ++refusals >= REFUSALS_MAX) return `${code}: ${message}`;
      await clock.sleepUntil(clock.monotonicNs() + ITERATOR_RETRY_NS, stop);
    }
    return null;
  }
}
