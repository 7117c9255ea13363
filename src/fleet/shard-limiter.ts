/**
 * The limiter of the KPL: for each predicted shard two token buckets, of records and of bytes, that hold a second's worth of
 * the shard's limits and fill at a share of them (150 % unless said otherwise: some throttles are taken for granted). Records
 * of the stream pass while there are tokens, else they wait in their shard's queue, those first that expire first; those of
 * unknown shards pass. What reaches the end of its time to live in the queue is handed out as expired.
 *
 * Pure: time is a number.
 */
import { awsShardLimits, type ShardLimits } from '../protocol/limits.ts';

const NS_PER_S = 1e9;

/** What is limited: a record of the stream with its bytes (data and key) and the time at which it is given up. */
export interface Limited {
  readonly bytes: number;
  readonly expiresNs: number;
}

export class ShardLimiter<T extends Limited> {
  readonly #shards = new Map<string, ShardQueue<T>>();
  readonly #share: number;
  readonly #limits: ShardLimits;

  /** @param share of the shard's limits at which the buckets fill: 1.5 for 150 % */
  constructor(share: number, limits: ShardLimits = awsShardLimits) {
    this.#share = share;
    this.#limits = limits;
  }

  /**
   * True where the item may pass at once; else it waits.
   *
   * @param shard the predicted one, or null where none is known
   */
  pass(item: T, shard: string | null, nowNs: number): boolean {
    if (shard === null) return true;
    let queue = this.#shards.get(shard);
    if (!queue) this.#shards.set(shard, (queue = new ShardQueue(this.#share, this.#limits, nowNs)));
    return queue.pass(item, nowNs);
  }

  /** Takes out what may leave by now, and what is too old to. */
  release(nowNs: number): { readonly released: readonly T[]; readonly expired: readonly T[] } {
    const released: T[] = [];
    const expired: T[] = [];
    for (const queue of this.#shards.values()) queue.release(nowNs, released, expired);
    return { released, expired };
  }

  /** When the next one may leave or expires; Infinity when nothing waits. */
  nextNs(nowNs: number): number {
    let nextNs = Infinity;
    for (const queue of this.#shards.values()) nextNs = Math.min(nextNs, queue.nextNs(nowNs));
    return nextNs;
  }
}

class ShardQueue<T extends Limited> {
  readonly #items: T[] = [];
  readonly #records: Bucket;
  readonly #bytes: Bucket;

  constructor(share: number, { writeRecordsPerS, writeBytesPerS }: ShardLimits, nowNs: number) {
    this.#records = new Bucket(writeRecordsPerS, writeRecordsPerS * share, nowNs);
    this.#bytes = new Bucket(writeBytesPerS, writeBytesPerS * share, nowNs);
  }

  pass(item: T, nowNs: number): boolean {
    if (this.#items.length === 0 && this.#readyNs(item, nowNs) <= nowNs) {
      this.#take(item);
      return true;
    }
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1]!.expiresNs > item.expiresNs) at -= 1;
    this.#items.splice(at, 0, item);
    return false;
  }

  release(nowNs: number, released: T[], expired: T[]): void {
    let taken = 0;
    for (const item of this.#items) {
      if (item.expiresNs <= nowNs) expired.push(item);
      else if (this.#readyNs(item, nowNs) <= nowNs) {
        this.#take(item);
        released.push(item);
      } else break;
      taken += 1;
    }
    this.#items.splice(0, taken);
  }

  nextNs(nowNs: number): number {
    const [first] = this.#items;
    return first ? Math.min(first.expiresNs, this.#readyNs(first, nowNs)) : Infinity;
  }

  #take(item: T): void {
    this.#records.take(1);
    this.#bytes.take(item.bytes);
  }

  #readyNs(item: T, nowNs: number): number {
    return Math.max(this.#records.readyNs(1, nowNs), this.#bytes.readyNs(item.bytes, nowNs));
  }
}

class Bucket {
  readonly #capacity: number;
  readonly #perS: number;
  #tokens: number;
  #atNs: number;

  constructor(capacity: number, perS: number, nowNs: number) {
    this.#capacity = capacity;
    this.#perS = perS;
    this.#tokens = capacity;
    this.#atNs = nowNs;
  }

  /** When `amount` can be taken; more than the bucket holds is let through by a full one. Rounded up, so that waiting until then is enough. */
  readyNs(amount: number, nowNs: number): number {
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((nowNs - this.#atNs) / NS_PER_S) * this.#perS);
    this.#atNs = nowNs;
    const missing = Math.min(amount, this.#capacity) - this.#tokens;
    // A millionth of a token is the rounding of floating point, not a lack.
    return missing <= 1e-6 ? nowNs : nowNs + Math.ceil((missing / this.#perS) * NS_PER_S);
  }

  take(amount: number): void {
    this.#tokens -= amount;
  }
}
