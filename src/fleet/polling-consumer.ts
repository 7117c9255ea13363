/**
 * A consuming agent that polls: one application that reads every shard of a stream. Each shard is polled on an absolute
 * schedule that begins at a random phase; a poll never overlaps the one before it, a slot that is missed is left out. The
 * poll is the independent event behind what it brings, not the record.
 */
import { isThrottle } from '../protocol/errors.ts';
import type { PollingFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import type { Reader } from '../verify/reader.ts';
import type { Answered } from '../wire/outcome.ts';
import type { ReceivedRecords } from '../wire/received.ts';
import type { Consumer } from './consumer.ts';
import { bytesOf, ConsumerBooks, type PollSums } from './consumer-books.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import { GIVEN_UP, PREPARE_NS_MAX, REFUSALS_MAX } from './giving-up.ts';
import { Hold } from './hold.ts';
import { Pace } from './pace.ts';
import { type AfterPoll, nothingToDo, PollSchedule } from './poll-schedule.ts';
import { codeOf, messageOf, whatOf } from './read-answer.ts';
import { type Retryable, SdkRetry } from './sdk-retry.ts';
import { ShardPosition } from './shard-position.ts';
import type { Agent } from './share.ts';
import { Succession } from './succession.ts';
import { beginsNs } from './timed-start.ts';

/** How long a refused iterator request waits before the next one, in ns. */
const ITERATOR_RETRY_NS = 250_000_000;

export class PollingConsumer implements Consumer {
  readonly hold = new Hold();
  readonly #books: ConsumerBooks;
  readonly #agent: Agent<PollingFleet>;
  readonly #context: FleetContext;
  readonly #stream: StreamInfo;
  readonly #random: Random;
  readonly #shards: ShardPosition[];
  readonly #succession: Succession;
  readonly #retry: SdkRetry | undefined;

  constructor(agent: Agent<PollingFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(agent.fleet.stream)!;
    this.#books = new ConsumerBooks(agent, context, this.#stream.name);
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
    this.#shards = this.#stream.shardIds.map((shardId) => new ShardPosition(shardId, agent.fleet.from, 0));
    this.#succession = new Succession(this.#stream.shardIds, {
      fleet: agent.fleet,
      context,
      stream: this.#stream.name,
      random: this.#random.fork('children'),
    });
    const { retry } = agent.fleet;
    this.#retry = retry && new SdkRetry(retry, this.#random.fork('retry'));
  }

  get reader(): Reader {
    return this.#books.reader;
  }

  get sums(): PollSums {
    return this.#books.sums;
  }

  /**
   * Takes up its position in every shard, before the first record is due; gives the reason when an endpoint keeps refusing it.
   * A fleet that begins at a time does so when the load has begun: before, nobody knows the time.
   */
  async prepare(stop: AbortSignal): Promise<string | null> {
    for (const shard of this.#shards) {
      if (typeof shard.from === 'object') continue;
      const refused = await this.#locate(shard, stop, this.#context.clock.monotonicNs() + PREPARE_NS_MAX);
      if (refused !== null) return `GetShardIterator on ${this.#stream.name} ${shard.shardId}: ${refused}`;
    }
    return null;
  }

  /** Polls until `stop` aborts or every shard, and every child of one, has come to its end. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, timeline } = this.#context;
    await Promise.all(
      this.#shards.map(async (shard) => {
        if (typeof shard.from === 'object') {
          await clock.sleepUntil(beginsNs(shard.from, timeline), stop);
          if ((await this.#locate(shard, stop)) !== null) return;
        }
        await this.#follow(shard, stop);
      }),
    );
  }

  async #follow(shard: ShardPosition, stop: AbortSignal): Promise<void> {
    const { clock, timeline } = this.#context;
    const { fleet } = this.#agent;
    const pace = new Pace(clock, fleet.pacing);
    const firstNs = timeline.startNs + this.#random.fork(shard.shardId).uniform() * fleet.everyNs;
    const schedule = new PollSchedule(firstNs, fleet, clock.monotonicNs());
    while (shard.iterator !== null && !stop.aborted) {
      await pace.until(schedule.dueNs, stop);
      if (stop.aborted) return;
      let after = nothingToDo;
      if (this.hold.held) await this.hold.released(stop);
      else if (shard.life !== this.hold.life) await this.#revive(shard, stop);
      else after = await this.#ask(shard, schedule.dueNs, stop);
      schedule.next(clock.monotonicNs(), after);
    }
    if (!stop.aborted && shard.ended) await this.#followChildren(shard, stop);
  }

  /** After a death: an iterator from the checkpoint, as a new process would ask for one. */
  async #revive(shard: ShardPosition, stop: AbortSignal): Promise<void> {
    shard.revive(this.hold.life);
    if ((await this.#locate(shard, stop)) !== null) shard.iterator = null;
  }

  async #followChildren(parent: ShardPosition, stop: AbortSignal): Promise<void> {
    const ready = await this.#succession.next(parent.shardId, parent.children, stop);
    await Promise.all(
      ready.map(async (shardId) => {
        const child = new ShardPosition(shardId, 'TRIM_HORIZON', this.hold.life);
        if ((await this.#locate(child, stop)) === null) await this.#follow(child, stop);
      }),
    );
  }

  /** One poll, and where the fleet retries as many more as it takes or is allowed. */
  async #ask(shard: ShardPosition, dueNs: number, stop: AbortSignal): Promise<AfterPoll> {
    const { clock } = this.#context;
    const attempts = this.#retry?.begin();
    for (let atNs = dueNs; ; atNs = clock.monotonicNs()) {
      const after = await this.#poll(shard, atNs, stop);
      if (typeof after === 'object') {
        if (attempts) this.#retry!.succeeded(attempts);
        return after;
      }
      const waitNs = attempts && after !== 'final' ? this.#retry!.failed(attempts, after) : null;
      if (waitNs === null) return nothingToDo;
      await clock.sleepUntil(clock.monotonicNs() + waitNs, stop);
      if (stop.aborted || this.hold.held || shard.life !== this.hold.life) return nothingToDo;
    }
  }

  /** Gives what is to be done after an answer, or why there was none. */
  async #poll(shard: ShardPosition, dueNs: number, stop: AbortSignal): Promise<AfterPoll | Retryable | 'final'> {
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
    // Who dies while a call is open never sees its answer.
    if (outcome.kind === 'ok') return life === this.hold.life ? this.#receive(shard, outcome) : nothingToDo;
    this.#books.count(what === 'throttled' ? 'polls-throttled' : 'polls-failed', dueNs, answeredNs, shard.shardId);
    const code = codeOf(outcome);
    errors.add(fleet.name, 'GetRecords', code, messageOf(outcome));
    if (code === 'ExpiredIteratorException') {
      this.#books.count('iterators-expired', dueNs, answeredNs, shard.shardId);
      if ((await this.#locate(shard, stop)) !== null) shard.iterator = null;
      return 'final';
    }
    if (what === 'throttled') return 'throttling';
    return outcome.kind === 'error' && outcome.status < 500 ? 'final' : 'transient';
  }

  #receive(shard: ShardPosition, outcome: Answered<ReceivedRecords>): AfterPoll {
    const receivedNs = this.#context.clock.monotonicNs();
    const { limit, processing, checkpointNs = 0 } = this.#agent.fleet;
    const { Records, NextShardIterator, ChildShards, MillisBehindLatest } = outcome.output;
    shard.iterator = NextShardIterator ?? null;
    shard.ended = shard.iterator === null;
    if (ChildShards)
      shard.children = ChildShards.map(({ ShardId, ParentShards }) => ({ shardId: ShardId, parents: ParentShards }));
    this.#interval(shard, outcome.sentNs);
    const last = Records.at(-1);
    if (last) shard.read(last.SequenceNumber, receivedNs, checkpointNs);
    this.#books.behind(MillisBehindLatest, receivedNs);
    this.#books.receive(shard.shardId, Records, { askedNs: outcome.sentNs, receivedNs });
    const { recordNs, pageNs } = processing ?? { recordNs: 0, pageNs: 0 };
    return {
      busyUntilNs: last ? receivedNs + pageNs + recordNs * Records.length : 0,
      // Not every endpoint says how far behind one is; a full answer says it, too.
      behind: (MillisBehindLatest ?? 0) > 0 || Records.length >= limit,
    };
  }

  /** Times between polls that were answered: they decide how long a record waits for the next one. */
  #interval(shard: ShardPosition, sentNs: number): void {
    const { timeline } = this.#context;
    if (shard.lastPollNs !== undefined && timeline.measured(timeline.phaseAt(sentNs)))
      this.#books.interval(sentNs - shard.lastPollNs);
    shard.lastPollNs = sentNs;
  }

  /** Asks for an iterator, after the last record read or where the fleet begins; tells and gives the reason when it cannot have one. */
  async #locate(shard: ShardPosition, stop: AbortSignal, latestNs = Number.POSITIVE_INFINITY): Promise<string | null> {
    const { clock, clients, errors, timeline } = this.#context;
    const { fleet } = this.#agent;
    const place = shard.place(clock, timeline);
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
      if (!isThrottle(code)) refusals += 1;
      if (refusals >= REFUSALS_MAX || clock.monotonicNs() > latestNs) {
        const why = `${fleet.name}, ${shard.shardId} after ${refusals} times ${code}`;
        errors.add(fleet.name, 'GetShardIterator', GIVEN_UP, why);
        return `${code}: ${message}`;
      }
      await clock.sleepUntil(clock.monotonicNs() + ITERATOR_RETRY_NS, stop);
    }
    return null;
  }
}
