/**
 * One shard as a fan-out consumer reads it: subscription after subscription, each where the one before left off.
 *
 * Model: AWS ends a subscription after five minutes, and lets a second one of the same consumer take over when the first is five
 * seconds old. So it is replaced before its end: while the call for the next one is open nothing is taken of the old one, so
 * that nothing comes twice; a refusal leaves the old one as it was. One that ends or breaks off is followed by another,
 * after a break that doubles with every refusal and every one that did not live (assumed: 1 s to 8 s, with jitter), so that no
 * endpoint is called in a hot loop. The time from the call that replaces one, or from its end, to the beginning of the next is
 * the renewal gap.
 */
import { type Clock, NS_PER_MS, NS_PER_S } from '../clock.ts';
import type { StartingPosition } from '../protocol/operations.ts';
import { RESUBSCRIBE_MS } from '../protocol/limits.ts';
import type { Random } from '../random.ts';
import type { FanOutFleet } from '../scenario/plan.ts';
import type { ReceivedEvent } from '../wire/received.ts';
import type { SubscribeOutcome, SubscriptionMessage } from '../wire/subscription.ts';
import { bytesOf, type ConsumerBooks } from './consumer-books.ts';
import type { FleetContext } from './context.ts';
import { GIVEN_UP, PREPARE_NS_MAX, REFUSALS_MAX } from './giving-up.ts';
import type { Hold } from './hold.ts';
import type { Child } from './lineage.ts';
import { codeOf, isTooSoon, messageOf, whatOf } from './read-answer.ts';
import type { Agent } from './share.ts';
import { beginsNs, timestampOf } from './timed-start.ts';

const BREAK_NS_MIN = NS_PER_S;
const BREAK_NS_MAX = 8 * NS_PER_S;
/** A subscription that lived so long lived. */
const LIVED_NS = RESUBSCRIBE_MS * NS_PER_MS;
/** What it shares with the other shards of its consumer. */
export interface FanOutTools {
  readonly agent: Agent<FanOutFleet>;
  readonly context: FleetContext;
  readonly books: ConsumerBooks;
  readonly hold: Hold;
  readonly busy: { untilNs: number };
  readonly random: Random;
}

type Refused = Exclude<SubscribeOutcome, { kind: 'ok' }>;

/** A subscription under way. */
class Live {
  readonly messages: AsyncIterator<SubscriptionMessage>;
  readonly sentNs: number;
  readonly answeredNs: number;
  /** Of the agent, when it was asked for. */
  readonly life: number;
  readonly end: AbortController;
  /** When it was answered, where it followed another one and no record has come yet. */
  renewedNs: number | undefined;
  /** The call for the one that is to replace it, while it is open. */
  renewal: Promise<unknown> | undefined;
  successor: Live | undefined;

  constructor(
    { messages, sentNs, answeredNs }: Extract<SubscribeOutcome, { kind: 'ok' }>,
    life: number,
    end: AbortController,
  ) {
    this.messages = messages[Symbol.asyncIterator]();
    this.sentNs = sentNs;
    this.answeredNs = answeredNs;
    this.life = life;
    this.end = end;
  }
}

export class FanOutShard {
  readonly shardId: string;
  /** Whether it was read to its end, and the children that the last event named. */
  ended = false;
  children: readonly Child[] | undefined;
  readonly #tools: FanOutTools;
  readonly #clock: Clock;
  readonly #from: FanOutFleet['from'];
  /** Where the next subscription begins; that of a fleet which begins at a time is known once the load has begun. */
  #position: StartingPosition | undefined;
  #live: Live | undefined;
  /** Since when nothing is pushed, in which life of the agent, and whether that was in order. */
  #gap: { readonly sinceNs: number; readonly life: number; readonly outcome: 'accepted' | 'broken' } | undefined;
  /** Subscriptions in a row that were refused, or did not live. */
  #misses = 0;

  constructor(shardId: string, from: FanOutFleet['from'], tools: FanOutTools) {
    this.shardId = shardId;
    this.#tools = tools;
    this.#clock = tools.context.clock;
    this.#from = from;
    if (typeof from !== 'object') this.#position = { Type: from };
  }

  /**
   * Subscribes before the load, unless it begins at a time; gives the reason when the endpoint keeps refusing. Nothing is
   * counted yet.
   */
  async prepare(stop: AbortSignal): Promise<string | null> {
    if (typeof this.#from === 'object') return null;
    const latestNs = this.#clock.monotonicNs() + PREPARE_NS_MAX;
    for (let refusals = 0; !stop.aborted;) {
      const outcome = await this.#call(stop);
      if (outcome instanceof Live) {
        this.#live = outcome;
        return null;
      }
      if (stop.aborted) return null;
      this.#tell(outcome);
      if (!isTooSoon(outcome)) refusals += 1;
      if (refusals >= REFUSALS_MAX || this.#clock.monotonicNs() > latestNs)
        return `${codeOf(outcome)}: ${messageOf(outcome)}`;
      await this.#break(stop);
    }
    return null;
  }

  /** Reads until the shard ends, `stop` aborts, or the endpoint wants no such consumer any more. */
  async follow(stop: AbortSignal): Promise<void> {
    const { timeline } = this.#tools.context;
    if (this.#live) this.#count('subscriptions', Math.max(this.#live.answeredNs, timeline.startNs));
    if (typeof this.#from === 'object') {
      await this.#clock.sleepUntil(beginsNs(this.#from, timeline), stop);
      this.#position = { Type: 'AT_TIMESTAMP', Timestamp: timestampOf(this.#from, this.#clock, timeline) };
    }
    while (!stop.aborted && !this.ended) {
      const live = this.#live ?? (await this.#subscribe(stop));
      if (!live) return;
      const renewing = this.#renew(live, stop);
      this.#live = await this.#take(live, stop);
      live.end.abort('left');
      await renewing;
    }
  }

  /** Asks until there is a subscription. */
  async #subscribe(stop: AbortSignal): Promise<Live | undefined> {
    const { agent, context, hold } = this.#tools;
    for (let refusals = 0; !stop.aborted;) {
      if (hold.held) {
        await hold.released(stop);
        continue;
      }
      if (this.#misses > 0) await this.#break(stop);
      if (stop.aborted || hold.held) continue;
      const outcome = await this.#call(stop);
      if (outcome instanceof Live) {
        this.#began(outcome);
        return outcome;
      }
      if (stop.aborted || hold.held) continue;
      this.#refused(outcome);
      this.#misses += 1;
      const unwanted = outcome.kind === 'error' && outcome.status < 500 && !isTooSoon(outcome);
      refusals = unwanted ? refusals + 1 : 0;
      if (refusals < REFUSALS_MAX) continue;
      const why = `${agent.fleet.name}, ${this.shardId} after ${refusals} times ${codeOf(outcome)}`;
      context.errors.add(agent.fleet.name, 'SubscribeToShard', GIVEN_UP, why);
      return undefined;
    }
    return undefined;
  }

  /** Takes messages until there are no more; gives the subscription that replaces this one, if one does already. */
  async #take(live: Live, stop: AbortSignal): Promise<Live | undefined> {
    const { hold, busy } = this.#tools;
    for (;;) {
      const { value: message } = (await live.messages.next()) as { value: SubscriptionMessage | undefined };
      while (!stop.aborted && live.life === hold.life && (live.renewal !== undefined || hold.held))
        await (live.renewal ?? hold.released(stop));
      if (stop.aborted || live.life !== hold.life) {
        live.successor?.end.abort('left');
        return undefined;
      }
      if (live.successor) return live.successor;
      if (message?.kind !== 'event') {
        this.#over(live, message);
        return undefined;
      }
      this.#event(live, message.event);
      if (this.ended) return undefined;
      if (busy.untilNs > this.#clock.monotonicNs()) await this.#clock.sleepUntil(busy.untilNs, live.end.signal);
    }
  }

  /** Replaces a subscription when it is old; one that is refused is asked for again after a break. */
  async #renew(live: Live, stop: AbortSignal): Promise<void> {
    const { hold, agent } = this.#tools;
    const { renewNs } = agent.fleet;
    if (renewNs === null) return;
    const over = AbortSignal.any([live.end.signal, stop, hold.death]);
    await this.#clock.sleepUntil(live.sentNs + renewNs, over);
    for (let refusals = 1; !over.aborted; refusals += 1) {
      await hold.released(over);
      if (over.aborted) return;
      const sinceNs = this.#clock.monotonicNs();
      const call = this.#call(stop);
      live.renewal = call;
      const outcome = await call;
      live.renewal = undefined;
      if (outcome instanceof Live) {
        live.successor = outcome;
        if (live.life !== hold.life || stop.aborted) outcome.end.abort('left');
        else {
          this.#gap = { sinceNs, life: live.life, outcome: 'accepted' };
          this.#began(outcome);
        }
        live.end.abort('replaced');
        return;
      }
      if (over.aborted) return;
      this.#refused(outcome);
      await this.#break(over, refusals);
    }
  }

  async #call(stop: AbortSignal): Promise<Live | Refused> {
    const { agent, context, hold, books } = this.#tools;
    const { client, timeoutNs } = agent.fleet;
    const { life } = hold;
    const end = new AbortController();
    const input = {
      ConsumerARN: context.consumerArns[agent.index]!,
      ShardId: this.shardId,
      StartingPosition: this.#position!,
    };
    const askedMs = this.#clock.now();
    const signal = AbortSignal.any([end.signal, stop, hold.death]);
    const outcome = await context.clients[client]!.subscribe(input, { timeoutNs, signal });
    if (outcome.kind !== 'ok') return outcome;
    books.reader.restart(this.shardId);
    // One that breaks off before it has said where it stands is not followed by one that leaves out what was put meanwhile.
    if (this.#position!.Type === 'LATEST') this.#position = { Type: 'AT_TIMESTAMP', Timestamp: askedMs / 1000 };
    return new Live(outcome, life, end);
  }

  #began(live: Live): void {
    const { books } = this.#tools;
    const { sentNs, answeredNs } = live;
    this.#count('subscriptions', answeredNs);
    books.latency('service', 'accepted', sentNs, answeredNs, answeredNs - sentNs);
    const gap = this.#gap;
    this.#gap = undefined;
    // Who died meanwhile was gone, and waited for no subscription.
    if (gap?.life !== live.life) return;
    const { sinceNs, outcome } = gap;
    live.renewedNs = answeredNs;
    books.latency('renewal-gap', outcome, sinceNs, answeredNs, answeredNs - sinceNs);
    if (outcome === 'accepted') this.#count('renewals', answeredNs);
  }

  #refused(outcome: Refused): void {
    const { sentNs, answeredNs } = outcome;
    this.#tell(outcome);
    this.#count(isTooSoon(outcome) ? 'subscriptions-refused' : 'subscriptions-failed', answeredNs);
    this.#tools.books.latency('service', whatOf(outcome), sentNs, answeredNs, answeredNs - sentNs);
  }

  #tell(outcome: Refused): void {
    const { agent, context } = this.#tools;
    context.errors.add(agent.fleet.name, 'SubscribeToShard', codeOf(outcome), messageOf(outcome));
  }

  #event(live: Live, { Records, ContinuationSequenceNumber, ChildShards, MillisBehindLatest }: ReceivedEvent): void {
    const { agent, books, busy } = this.#tools;
    const receivedNs = this.#clock.monotonicNs();
    this.#count(Records.length > 0 ? 'events' : 'heartbeats', receivedNs);
    const after = ContinuationSequenceNumber ?? Records.at(-1)?.SequenceNumber;
    if (after !== undefined) this.#position = { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const named = ChildShards ?? [];
    this.ended = named.length > 0 || (ContinuationSequenceNumber === null && Records.length === 0);
    if (named.length > 0)
      this.children = named.map(({ ShardId, ParentShards }) => ({ shardId: ShardId, parents: ParentShards }));
    books.behind(MillisBehindLatest, receivedNs);
    if (Records.length === 0) return;
    books.receive(this.shardId, Records, { receivedNs, renewedNs: live.renewedNs });
    live.renewedNs = undefined;
    const { slowBytesPerS } = agent.fleet;
    if (slowBytesPerS !== null)
      busy.untilNs = Math.max(busy.untilNs, receivedNs) + (bytesOf(Records) / slowBytesPerS) * NS_PER_S;
  }

  /** It gives no more: in order, or not. */
  #over(live: Live, message: Exclude<SubscriptionMessage, { kind: 'event' }> | undefined): void {
    const { agent, context } = this.#tools;
    const nowNs = this.#clock.monotonicNs();
    const inOrder = message?.kind === 'end';
    this.#misses = nowNs - live.sentNs >= LIVED_NS ? 0 : this.#misses + 1;
    this.#gap = { sinceNs: nowNs, life: live.life, outcome: inOrder ? 'accepted' : 'broken' };
    this.#count(inOrder ? 'subscriptions-ended' : 'subscriptions-broken', nowNs);
    if (inOrder) return;
    const code = message?.kind === 'exception' ? message.code : `connection-${message?.reason ?? 'cut'}`;
    context.errors.add(agent.fleet.name, 'SubscribeToShard event', code, message?.message ?? 'no last message');
  }

  #count(metric: Parameters<ConsumerBooks['count']>[0], atNs: number): void {
    this.#tools.books.count(metric, atNs, atNs, this.shardId);
  }

  #break(stop: AbortSignal, misses = this.#misses): Promise<void> {
    const mostNs = Math.min(BREAK_NS_MAX, BREAK_NS_MIN * 2 ** Math.max(0, misses - 1));
    const breakNs = mostNs * (0.5 + this.#tools.random.uniform() / 2);
    return this.#clock.sleepUntil(this.#clock.monotonicNs() + breakNs, stop);
  }
}
