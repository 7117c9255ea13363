/**
 * Gathers records into calls, as producer libraries do: aggregator (user records of one shard into a record of the stream),
 * limiter (of the policy `kpl`), collector (records of the stream into a call), each of them pure; this class moves records from
 * one to the next and gives them time. With `kpl` a failed record begins anew at the aggregator, with half the linger, until
 * its time to live is over.
 *
 * Full batches that find no free slot wait, as many as the fleet's cap on what waits allows; what is due beyond is skipped. When
 * the load ends, what is buffered is still sent: by its linger, and what fails under `kpl` until it is stored or expires.
 */
import type { Clock } from '../clock.ts';
import type { ProduceFleet } from '../scenario/plan.ts';
import type { GatherPlan } from '../scenario/put-plan.ts';
import { Aggregator } from './aggregator.ts';
import { type Batch, Collector } from './collector.ts';
import type { LoadEnd, Sender } from './direct-sender.ts';
import { InFlight } from './in-flight.ts';
import type { ProducerBooks } from './producer-books.ts';
import type { PutClient } from './put-client.ts';
import { bytesOf, type DataOf, entryOf, type PutEntry, type PutRecord } from './put-record.ts';
import { ShardLimiter } from './shard-limiter.ts';

/** User data that one agent may have in its buffers; what is due beyond is skipped. */
const BUFFERED_BYTES_MAX = 64 * 2 ** 20;

/** The limiter is looked after so often, in ns, as the KPL does: what it holds back leaves in batches, not one by one. */
const DRAIN_NS = 25_000_000;

/** A record of the stream on its way through limiter and collector. */
interface Waiting extends PutEntry {
  readonly bytes: number;
  readonly deadlineNs: number;
  readonly expiresNs: number;
}

/** Whose records are gathered, and how. */
interface Gathered {
  readonly fleet: ProduceFleet;
  readonly gather: GatherPlan;
  readonly clock: Clock;
  readonly dataOf: DataOf;
}

export class GatheringSender implements Sender {
  readonly #fleet: ProduceFleet;
  readonly #client: PutClient;
  readonly #books: ProducerBooks;
  readonly #clock: Clock;
  readonly #end: LoadEnd;
  readonly #lingerNs: number;
  readonly #timeToLiveNs: number;
  readonly #aggregator: Aggregator | undefined;
  readonly #limiter: ShardLimiter<Waiting> | undefined;
  readonly #collector: Collector<Waiting>;
  readonly #inFlight: InFlight;
  readonly #driving: Promise<void>;
  #buffered = 0;
  #bufferedBytes = 0;
  #drainNs = -Infinity;
  #finishing = false;
  #sleepingUntilNs = -Infinity;
  #wake: () => void = () => {};

  constructor({ fleet, gather, clock, dataOf }: Gathered, client: PutClient, books: ProducerBooks, end: LoadEnd) {
    this.#fleet = fleet;
    this.#client = client;
    this.#books = books;
    this.#clock = clock;
    this.#end = end;
    const { aggregate, retry } = fleet;
    this.#lingerNs = gather.lingerNs;
    this.#timeToLiveNs = retry.policy === 'kpl' ? retry.timeToLiveNs : Infinity;
    if (aggregate) this.#aggregator = new Aggregator(aggregate, dataOf);
    if (retry.policy === 'kpl') this.#limiter = new ShardLimiter(retry.limitShare);
    this.#collector = new Collector(gather);
    this.#inFlight = new InFlight(fleet.inFlightMax, () => this.#wake());
    end.stop.addEventListener('abort', () => this.#wake(), { once: true });
    this.#driving = this.#drive();
    this.#driving.catch(() => {});
  }

  offer(records: readonly PutRecord[]): boolean {
    const ready = this.#inFlight.full ? this.#collector.ready(this.#clock.monotonicNs()) : 0;
    if (ready > this.#fleet.waitingMax || this.#bufferedBytes >= BUFFERED_BYTES_MAX) {
      this.#books.skipped(records);
      return false;
    }
    for (const record of records) this.#enter(record, record.dueNs + this.#lingerNs);
    this.#move();
    if (this.#nextNs() < this.#sleepingUntilNs) this.#wake();
    return ready > 0;
  }

  async finish(): Promise<void> {
    this.#finishing = true;
    this.#wake();
    await this.#driving;
    await this.#inFlight.settled();
  }

  /** Sleeps from one thing that is to happen to the next. */
  async #drive(): Promise<void> {
    for (;;) {
      this.#move();
      if (this.#finishing && this.#buffered === 0 && this.#inFlight.empty) return;
      const abort = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.#wake = () => {
          resolve();
          abort.abort();
        };
      });
      const nextNs = this.#nextNs();
      this.#sleepingUntilNs = nextNs;
      if (nextNs === Infinity) await woken;
      else await this.#clock.sleepUntil(nextNs, abort.signal);
      this.#sleepingUntilNs = -Infinity;
    }
  }

  /** Puts a record in at the front. */
  #enter(record: PutRecord, deadlineNs: number): void {
    const nowNs = this.#clock.monotonicNs();
    this.#buffered += 1;
    this.#bufferedBytes += bytesOf(record);
    const shard = this.#books.shards.shardOf(record.partitionKey, record.explicitHashKey);
    if (!this.#aggregator) this.#admit(entryOf(record), deadlineNs, nowNs);
    else
      for (const closed of this.#aggregator.add(record, shard, deadlineNs))
        this.#admit(closed.entry, closed.deadlineNs, nowNs);
  }

  #admit(entry: PutEntry, deadlineNs: number, nowNs: number): void {
    const [first] = entry.records;
    const expiresNs = Math.min(...entry.records.map(({ dueNs }) => dueNs)) + this.#timeToLiveNs;
    const waiting: Waiting = { ...entry, bytes: bytesOf(entry), deadlineNs, expiresNs };
    const shard = this.#books.shards.shardOf(first!.partitionKey, first!.explicitHashKey);
    if (!this.#limiter || this.#limiter.pass(waiting, shard, nowNs)) this.#collector.add(waiting, nowNs);
  }

  /** Moves everything on as far as it goes by now, and sends what is ready. Once the run is stopped, everything is let go. */
  #move(): void {
    const nowNs = this.#clock.monotonicNs();
    const untilNs = this.#end.stop.aborted ? Infinity : nowNs;
    for (const closed of this.#aggregator?.due(untilNs) ?? []) this.#admit(closed.entry, closed.deadlineNs, nowNs);
    if (this.#limiter && untilNs >= this.#drainNs) {
      this.#drainNs = nowNs + DRAIN_NS;
      const { released, expired } = this.#limiter.release(untilNs);
      // The wait for the limiter is the policy's: the batch is to leave from now on.
      for (const one of released) this.#collector.add({ ...one, deadlineNs: Math.max(one.deadlineNs, nowNs) }, nowNs);
      for (const { records } of expired) for (const record of records) this.#drop(record, nowNs);
    }
    while (this.#end.stop.aborted || !this.#inFlight.full) {
      const batch = this.#collector.take(untilNs);
      if (!batch) break;
      this.#send(batch, nowNs);
    }
  }

  #nextNs(): number {
    const nowNs = this.#clock.monotonicNs();
    return Math.min(
      this.#aggregator?.nextNs ?? Infinity,
      Math.max(this.#drainNs, this.#limiter?.nextNs(nowNs) ?? Infinity),
      this.#inFlight.full ? Infinity : this.#collector.nextNs,
    );
  }

  #send({ items, readyNs }: Batch<Waiting>, nowNs: number): void {
    // What waits for a free slot when the load is long over is not sent any more, unless the policy says how long.
    const over = this.#fleet.retry.policy === 'kpl' ? this.#end.stop.aborted : this.#end.over(this.#lingerNs);
    const fresh = over ? [] : items.filter(({ expiresNs }) => expiresNs > nowNs);
    const gone = over ? items : items.filter(({ expiresNs }) => expiresNs <= nowNs);
    for (const { records } of gone) for (const record of records) this.#drop(record, nowNs);
    if (fresh.length > 0) this.#inFlight.add(this.#put(fresh, readyNs));
  }

  async #put(items: readonly Waiting[], readyNs: number): Promise<void> {
    const records = items.flatMap((item) => item.records);
    for (const record of records) this.#leave(record);
    const { answers, answeredNs } = await this.#client.put(items, this.#end.stop, { readyNs });
    const settled = { placed: [] as PutRecord[], throttled: [] as PutRecord[], failed: [] as PutRecord[] };
    for (const [index, item] of items.entries()) {
      const answer = answers[index]!;
      for (const record of item.records) {
        if (answer.kind !== 'placed' && this.#again(record, answeredNs)) continue;
        if (answer.kind !== 'placed') this.#books.givenUp(record, answer, answeredNs);
        settled[answer.kind].push(record);
      }
    }
    this.#books.responses(settled.placed, 'accepted', answeredNs);
    this.#books.responses(settled.throttled, 'throttled', answeredNs);
    this.#books.responses(settled.failed, 'failed', answeredNs);
  }

  /** Puts a refused record back into the buffer if its policy says so; true where that (or its expiry) settles the matter. */
  #again(record: PutRecord, nowNs: number): boolean {
    if (this.#fleet.retry.policy !== 'kpl' || !record.refusal!.retryable || this.#end.stop.aborted) return false;
    if (record.dueNs + this.#timeToLiveNs <= nowNs) this.#books.expired(record, nowNs);
    else this.#enter(record, nowNs + this.#lingerNs / 2);
    return true;
  }

  #leave(record: PutRecord): void {
    this.#buffered -= 1;
    this.#bufferedBytes -= bytesOf(record);
  }

  /** Lets go of a record: its time is over, the load's is, or the run was stopped. */
  #drop(record: PutRecord, nowNs: number): void {
    this.#leave(record);
    if (record.dueNs + this.#timeToLiveNs <= nowNs) this.#books.expired(record, nowNs);
    else if (record.refusal) this.#books.givenUp(record, record.refusal, nowNs);
    else this.#books.skipped([record]);
  }
}
