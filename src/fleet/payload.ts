/**
 * What a producer puts: keys drawn from the fleet's distribution, data of the wanted size filled with bytes that do not
 * compress (or with zeros), and the tag at its front where the fleet's records are told apart by one. Everything is drawn from
 * the agent's own seeded generator.
 */
import type { Random } from '../random.ts';
import { hotKeyCount, partitionKeyOf } from '../scenario/key.ts';
import type { KeyPlan, ProduceFleet, SizePlan } from '../scenario/plan.ts';
import { writeTag } from '../verify/record-tag.ts';
import type { Share } from './pacer.ts';

const FILLER_BYTES = 1 << 16;

/** What chance decides of a record: known when it is due, while its bytes are made as it leaves. */
export interface Draft {
  readonly key: number;
  readonly partitionKey: string;
  readonly dataBytes: number;
  /** Its bytes, where they had to be made to know their number. */
  readonly made?: Buffer;
  /** The value of the field that tells it apart, where one does. */
  readonly identity?: string | undefined;
}

/** Makes the records of one agent. */
export interface Payloads {
  /** The record with this number, due at this time; null when there are no more. */
  draft(counter: number, dueNs: number): Draft | null;
  /** The data of a draft. */
  data(draft: Draft, counter: number, dueNs: number): Buffer;
  /** Due times of its own, in ns from the start; each is drafted before the next is asked for. */
  schedule?(): Generator<number>;
}

export class FilledPayloads implements Payloads {
  readonly #fleet: ProduceFleet;
  readonly #run: string;
  readonly #producer: number;
  readonly #random: Random;
  readonly #nextKey: () => number;
  readonly #filler: Buffer;

  constructor(fleet: ProduceFleet, run: string, producer: number, share: Share, random: Random) {
    this.#fleet = fleet;
    this.#run = run;
    this.#producer = producer;
    this.#random = random.fork('payload');
    this.#nextKey = keySource(fleet.key, share, random.fork('keys'));
    this.#filler = fleet.data.kind === 'zeros' ? Buffer.alloc(FILLER_BYTES) : fillerOf(random.fork('filler'));
  }

  /** The next record. */
  draft(): Draft {
    const key = this.#nextKey();
    return { key, partitionKey: partitionKeyOf(key), dataBytes: sizeOf(this.#fleet.recordBytes, this.#random) };
  }

  /** Its data, as the record with this number, due at this time. */
  data({ key, dataBytes }: Draft, counter: number, dueNs: number): Buffer {
    const data = Buffer.allocUnsafe(dataBytes);
    fill(data, this.#filler, counter);
    if (this.#fleet.identify.by === 'tag') writeTag(data, this.#run, { producer: this.#producer, counter, dueNs, key });
    return data;
  }
}

function sizeOf(size: SizePlan, random: Random): number {
  return size.kind === 'fixed' ? size.bytes : size.minBytes + random.below(size.maxBytes - size.minBytes + 1);
}

function fillerOf(random: Random): Buffer {
  const filler = Buffer.allocUnsafe(FILLER_BYTES);
  for (let at = 0; at < FILLER_BYTES; at += 4) filler.writeUInt32LE(random.uint32(), at);
  return filler;
}

/** Copies filler from a place that moves with the counter, so that no two records in a row share their data. */
function fill(data: Buffer, filler: Buffer, counter: number): void {
  let from = (counter * 131) % FILLER_BYTES;
  for (let at = 0; at < data.length;) {
    at += filler.copy(data, at, from);
    from = 0;
  }
}

/** The numbers of the keys of one agent's records, one after another. */
export function keySource(plan: KeyPlan, share: Share, random: Random): () => number {
  switch (plan.kind) {
    case 'uniform':
      return () => random.below(plan.keys);
    case 'round-robin': {
      let next = share.agent;
      return () => {
        const key = next % plan.keys;
        next += share.agents;
        return key;
      };
    }
    case 'hot': {
      const hot = hotKeyCount(plan);
      return () => (random.uniform() < plan.trafficShare ? random.below(hot) : hot + random.below(plan.keys - hot));
    }
    case 'zipf': {
      const cumulative = zipfWeights(plan.keys, plan.exponent);
      const total = cumulative.at(-1)!;
      return () => firstAbove(cumulative, random.uniform() * total);
    }
    case 'shard':
      return () => plan.index;
    case 'field':
      return () => 0;
  }
}

function zipfWeights(keys: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(keys);
  let sum = 0;
  for (let key = 0; key < keys; key += 1) cumulative[key] = sum += (key + 1) ** -exponent;
  return cumulative;
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
