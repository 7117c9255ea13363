/**
 * One subscription: from a place in a shard's log, for five minutes, every record as soon as it is readable, in events.
 *
 * Model: a generator that is pulled by whoever sends it. It reads the log when it is asked for the next event, so a reader
 * that is slow holds one event and nothing else, and records trimmed meanwhile are skipped. With nothing to send it waits:
 * for the shard's next record, for its budget, for the time of a heartbeat or for its end, with one alarm in the timetable
 * of the endpoint and, at the end of the log, as a watcher of its shard. Whatever ends it takes both away.
 *
 * Assumed, since AWS does not say: events of at most 1 MiB and 10,000 records; a ContinuationSequenceNumber that is the last
 * record's number, and on an idle shard the number that a record put behind it now would have at least; the first heartbeat
 * one interval after the answer; a subscription that is taken over ends with a ResourceInUseException; one whose stream's key
 * cannot be used ends with the error of the key when it looks for what to send next, at the latest at its next heartbeat.
 */
import { NS_PER_MS } from '../clock.ts';
import { SUBSCRIPTION_LIFE_MS } from '../protocol/limits.ts';
import type { SubscribeToShardEvent } from '../protocol/operations.ts';
import type { Random } from '../random.ts';
import type { Codec } from './codec.ts';
import type { Pipe } from './consumer.ts';
import { EventStreamWriter } from './event-stream.ts';
import type { RecordPage } from './record-page.ts';
import type { Refusal } from './refusal.ts';
import type { ServiceOptions } from './service.ts';
import type { Shard, ShardWatcher } from './shard.ts';
import type { Stream } from './stream.ts';
import { childShards } from './child-shards.ts';
import { faultyPage, hasReadFault } from './faulty-read.ts';
import { noteDelivery } from './faulty-sharing.ts';
import type { Alarm, Timetable } from './subscription-timetable.ts';

/** One event at the most (assumed). */
const EVENT_BYTES_MAX = 1_048_576;
const EVENT_RECORDS_MAX = 10_000;
/** How many waiting records `efo.drop-on-burst` lets through at once. */
const BURST_RECORDS = 100;
/** From then on a reader that has not come back for more is slow, for `mc.head-of-line`. */
const SLOW_AFTER_NS = 100 * NS_PER_MS;

/** What a subscription is made of. */
export interface SubscriptionOptions {
  readonly stream: Stream;
  readonly shard: Shard;
  readonly pipe: Pipe;
  /** Ordinal of the first record to push. */
  readonly position: number;
  /** When the call arrived: the five minutes count from here. */
  readonly beganAtNs: number;
  /** When it was answered. */
  readonly answeredAtNs: number;
  readonly service: ServiceOptions;
  readonly timetable: Timetable;
  readonly random: Random;
}

/** What to do next: send a message, the last one or not; wait until a time; or end without a word. */
type Step = { readonly bytes: Buffer; readonly last: boolean } | { readonly untilNs: number } | 'end';

/** A subscription of a consumer to a shard. */
export class Subscription implements ShardWatcher, Alarm {
  readonly beganAtNs: number;
  atNs = 0;
  place = -1;
  readonly #options: SubscriptionOptions;
  #position: number;
  #endsAtNs: number;
  #lastEventAtNs: number;
  #finished = false;
  #cut = false;
  #reason: Refusal | undefined;
  #resume: (() => void) | undefined;
  /** What the last continuation encoded. */
  #toldIndex = -1;
  #toldS = 0;
  /** Since when a message waits to be taken. */
  #offeredAtNs = Number.POSITIVE_INFINITY;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#position = options.position;
    this.beganAtNs = options.beganAtNs;
    this.#endsAtNs = options.beganAtNs + SUBSCRIPTION_LIFE_MS * NS_PER_MS;
    this.#lastEventAtNs = options.answeredAtNs;
  }

  /** The messages, in the form of the request, until the subscription ends or the signal says that its reader is gone. */
  async *messages(codec: Codec, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const wake = () => this.wake();
    signal.addEventListener('abort', wake, { once: true });
    const writer = new EventStreamWriter(codec);
    try {
      yield writer.initialResponse();
      while (!signal.aborted) {
        const step = this.#next(codec, writer);
        if (step === 'end') return;
        if ('untilNs' in step) {
          await this.#wait(step.untilNs);
          continue;
        }
        this.#offeredAtNs = this.#options.service.clock.monotonicNs();
        yield step.bytes;
        this.#taken();
        if (step.last) return;
      }
    } finally {
      this.#finished = true;
      signal.removeEventListener('abort', wake);
      this.wake();
      this.#taken();
    }
  }

  /** Whether it may still push records at `nowNs`. */
  live(nowNs: number): boolean {
    return !this.#finished && !this.#cut && this.#reason === undefined && nowNs < this.#endsAtNs;
  }

  /** Whether its reader has let a message lie. */
  slow(nowNs: number): boolean {
    return !this.#finished && nowNs - this.#offeredAtNs >= SLOW_AFTER_NS;
  }

  /** Ends it with an error, which its reader is told when it takes the next message. */
  end(reason: Refusal): void {
    this.#reason ??= reason;
    this.wake();
  }

  /** Ends it without a word, as a broken connection does. */
  cut(): void {
    this.#cut = true;
    this.wake();
  }

  /** Lets it look again at what there is to do. */
  wake(): void {
    const { timetable, shard } = this.#options;
    timetable.clear(this);
    shard.unwatch(this);
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** Its alarm: the time it waited for has come. */
  ring(): void {
    this.wake();
  }

  /** Its shard has something new, to be seen from `visibleAtNs` on. */
  changed(visibleAtNs: number): void {
    const { shard, timetable, service } = this.#options;
    shard.unwatch(this);
    const atNs = this.#pushAtNs(visibleAtNs);
    if (atNs <= service.clock.monotonicNs()) this.wake();
    else if (atNs < this.atNs) timetable.set(this, atNs);
  }

  #next(codec: Codec, writer: EventStreamWriter): Step {
    const { stream, shard, service } = this.#options;
    const { clock, heartbeatMs } = service;
    const { faults } = shard;
    const { log } = shard;
    const nowNs = clock.monotonicNs();
    const nowMs = clock.now();
    if (this.#cut) return 'end';
    if (this.#reason) return { bytes: writer.exception(this.#reason), last: true };
    if (nowNs >= this.#endsAtNs) {
      if (!faults.fires('efo.immortal')) return 'end';
      this.#endsAtNs = Number.POSITIVE_INFINITY;
    }
    stream.settle({ nowNs, nowMs });
    shard.settle();
    stream.trim(shard, nowMs);
    this.#position = Math.max(this.#position, log.horizon);
    const keyless = service.keys.refuse(stream.settings.keyId(nowNs), faults);
    if (keyless) return { bytes: writer.exception(keyless), last: true };
    const readable = log.firstAbove('visibleAtNs', nowNs);
    if (this.#position < readable) return this.#records(codec, writer, readable, nowNs, nowMs);

    if (shard.closedMs !== undefined && this.#position >= log.end) {
      if (faults.fires('efo.silent-end')) return 'end';
      return { bytes: writer.event(codec.encode(this.#ending())), last: true };
    }

    let heartbeatAtNs = this.#lastEventAtNs + heartbeatMs * NS_PER_MS;
    if (nowNs >= heartbeatAtNs) {
      this.#lastEventAtNs = nowNs;
      if (!faults.fires('efo.no-heartbeat')) {
        return { bytes: writer.event(codec.encode(this.#idle(nowMs))), last: false };
      }
      heartbeatAtNs = nowNs + heartbeatMs * NS_PER_MS;
    }
    const coming = this.#position < log.end;
    if (!coming) shard.watch(this);
    const recordAtNs = coming ? this.#pushAtNs(log.at('visibleAtNs', this.#position)) : Number.POSITIVE_INFINITY;
    // A closed shard may still have records that are not readable yet: waiting for a moment that is over would be no wait.
    const closesAtNs = shard.closedMs === undefined ? shard.closesAtNs : Number.POSITIVE_INFINITY;
    return { untilNs: Math.min(this.#endsAtNs, heartbeatAtNs, recordAtNs, closesAtNs) };
  }

  /** An event with records, or the time when there is budget for it. */
  #records(codec: Codec, writer: EventStreamWriter, readable: number, nowNs: number, nowMs: number): Step {
    const { shard, pipe } = this.#options;
    const { faults } = shard;
    const { log } = shard;
    if (faults.has('mc.head-of-line') && this.#slowNeighbour(nowNs) && faults.fires('mc.head-of-line')) {
      return { untilNs: this.#endsAtNs };
    }
    const first = this.#position;
    const page = log.page(first, readable, EVENT_RECORDS_MAX, EVENT_BYTES_MAX);
    const budget = shard.readBytes && faults.fires('efo.shared-quota') ? shard.readBytes : pipe.bytes;
    const budgetAtNs = budget?.readyAtNs(nowNs, page.bytes) ?? nowNs;
    if (budgetAtNs > nowNs) return { untilNs: Math.min(this.#endsAtNs, budgetAtNs) };
    budget?.take(nowNs, page.bytes);

    this.#position = page.next;
    this.#lastEventAtNs = nowNs;
    if (faults.has('mc.checkpoint-ahead')) noteDelivery(shard, page.next);
    const behindMs = page.next < readable ? Math.max(1, nowMs - log.at('arrivalMs', page.next)) : 0;
    const rest: Omit<SubscribeToShardEvent, 'Records'> = {
      ContinuationSequenceNumber: this.#continuation(Math.floor(log.at('arrivalMs', page.next - 1) / 1000), true),
      MillisBehindLatest: behindMs,
    };
    const payload = codec.encodeRecords(this.#shown(page, nowMs), rest);
    const badCrc = page.count > 1 && faults.fires('efo.bad-crc');
    return { bytes: badCrc ? writer.eventWithBadCrc(payload) : writer.event(payload), last: false };
  }

  /** The page as its reader sees it: as it is, unless a fault is armed. */
  #shown(page: RecordPage, nowMs: number): RecordPage {
    const { shard } = this.#options;
    const { faults } = shard;
    const dropped = page.count > BURST_RECORDS && faults.fires('efo.drop-on-burst');
    const kept = dropped ? shard.log.page(page.next - page.count, page.next, BURST_RECORDS, page.bytes) : page;
    return hasReadFault(faults) ? faultyPage(faults, shard, kept, nowMs) : kept;
  }

  /** The last event: the shard was closed, and was read to its end. */
  #ending(): SubscribeToShardEvent {
    const { shard } = this.#options;
    const ChildShards = childShards(shard);
    return { Records: [], ContinuationSequenceNumber: null, MillisBehindLatest: 0, ChildShards };
  }

  /** An event without records: the subscription lives, and the checkpoint can move on. */
  #idle(nowMs: number): SubscribeToShardEvent {
    return {
      Records: [],
      ContinuationSequenceNumber: this.#continuation(Math.floor(nowMs / 1000), false),
      MillisBehindLatest: 0,
    };
  }

  /**
   * A number from which on (AT_ or AFTER_SEQUENCE_NUMBER) the next subscription continues here. After records it is the last
   * one's; otherwise its index with a later time, so that it rises and lies behind that record.
   */
  #continuation(atS: number, delivered: boolean): string {
    const { shard } = this.#options;
    const { log } = shard;
    const before = this.#position - 1;
    const known = before >= log.horizon;
    const follows = this.#position < log.end;
    let index = known ? log.at('index', before) : follows ? log.at('index', this.#position) - 1 : shard.lastIndex;
    let putS = atS;
    if (!delivered && known) putS = Math.max(putS, Math.floor(log.at('arrivalMs', before) / 1000) + 1);
    if (!delivered && index === this.#toldIndex) putS = Math.max(putS, this.#toldS + 1);
    this.#toldIndex = index;
    this.#toldS = putS;
    if (delivered && shard.faults.fires('efo.continuation-ahead')) index += 1;
    return shard.numbers.at(index, putS);
  }

  #pushAtNs(visibleAtNs: number): number {
    const { service, random } = this.#options;
    return visibleAtNs + service.latency.pushNs(random);
  }

  #wait(untilNs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#options.timetable.set(this, untilNs);
    });
  }

  /** Its reader has taken what was offered. */
  #taken(): void {
    this.#offeredAtNs = Number.POSITIVE_INFINITY;
    const { stream, shard } = this.#options;
    if (!shard.faults.has('mc.head-of-line')) return;
    for (const other of stream.consumers.subscriptions(shard.index)) if (other !== this) other.wake();
  }

  #slowNeighbour(nowNs: number): boolean {
    const { stream, shard } = this.#options;
    return stream.consumers.subscriptions(shard.index).some((other) => other !== this && other.slow(nowNs));
  }
}
