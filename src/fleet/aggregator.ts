/**
 * Puts user records of one predicted shard together into records of the stream, as the KPL does: one is closed when it has
 * enough records or bytes, or when the first deadline in it has come. An aggregated record goes to its shard by the explicit hash
 * key of its first record (partition key "a", as the KPL writes); a record that is alone is put as it is.
 *
 * Pure: time is a number.
 */
import { AggregateBuilder } from '../protocol/aggregation.ts';
import { hashKeyOf } from '../protocol/hash.ts';
import type { AggregatePlan } from '../scenario/put-plan.ts';
import { type DataOf, entryOf, type PutEntry, type PutRecord } from './put-record.ts';

const PARTITION_KEY = 'a';

/** A record of the stream that is complete, and when it wants to leave. */
export interface Closed {
  readonly entry: PutEntry;
  readonly deadlineNs: number;
}

interface Open {
  readonly builder: AggregateBuilder;
  readonly records: PutRecord[];
  deadlineNs: number;
}

export class Aggregator {
  readonly #plan: AggregatePlan;
  readonly #dataOf: DataOf;
  readonly #open = new Map<string | null, Open>();

  constructor(plan: AggregatePlan, dataOf: DataOf) {
    this.#plan = plan;
    this.#dataOf = dataOf;
  }

  /** Takes a record; gives what is closed by that. Records of unknown shards are not aggregated. */
  add(record: PutRecord, shard: string | null, deadlineNs: number): Closed[] {
    if (shard === null) return [{ entry: entryOf(record), deadlineNs }];
    const { recordsMax, bytesMax } = this.#plan;
    const closed: Closed[] = [];
    const { partitionKey, explicitHashKey } = record;
    const user = { partitionKey, explicitHashKey, data: this.#dataOf(record) };
    let open = this.#open.get(shard);
    if (open && open.builder.bytesWith(user) + PARTITION_KEY.length > bytesMax) {
      closed.push(this.#close(shard, open));
      open = undefined;
    }
    if (!open) this.#open.set(shard, (open = { builder: new AggregateBuilder(), records: [], deadlineNs }));
    open.builder.add(user);
    open.records.push(record);
    open.deadlineNs = Math.min(open.deadlineNs, deadlineNs);
    if (open.records.length >= recordsMax || open.builder.bytes + PARTITION_KEY.length >= bytesMax)
      closed.push(this.#close(shard, open));
    return closed;
  }

  /** What is to leave by now. */
  due(nowNs: number): Closed[] {
    return [...this.#open]
      .filter(([, open]) => open.deadlineNs <= nowNs)
      .map(([shard, open]) => this.#close(shard, open));
  }

  /** The first deadline; Infinity when nothing is open. */
  get nextNs(): number {
    let nextNs = Infinity;
    for (const { deadlineNs } of this.#open.values()) nextNs = Math.min(nextNs, deadlineNs);
    return nextNs;
  }

  #close(shard: string | null, { builder, records, deadlineNs }: Open): Closed {
    this.#open.delete(shard);
    const [first] = records;
    if (records.length === 1) return { entry: entryOf(first!), deadlineNs };
    const explicitHashKey = first!.explicitHashKey ?? String(hashKeyOf(first!.partitionKey));
    const data = builder.encode();
    const entry = { records, partitionKey: PARTITION_KEY, explicitHashKey, dataBytes: data.length, data };
    return { entry, deadlineNs };
  }
}
