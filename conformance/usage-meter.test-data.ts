/** Counts what a session really used of the reference, from the requests that it was sent: what estimates are held against. */
import { type Clock, NS_PER_S } from '../src/clock.ts';
import { PAYLOAD_UNIT_BYTES } from '../src/protocol/prices.ts';
import { codecOf } from '../src/wire/codec.ts';
import type { RawAnswer } from './raw.ts';
import type { Uses } from './uses.ts';
import type { HandledRequest } from './world.ts';

/** What is open now, and was at the most. */
interface Metered {
  open: number;
  most: number;
  isOnDemand: boolean;
  isExtended: boolean;
}

const countNames = [
  'records',
  'payloadUnits',
  'consumers',
  'deliveryStreams',
  'onDemand',
  'extended',
  'seconds',
] as const satisfies readonly (keyof Uses)[];

/** What was used, in the words of what is declared; streams that are shared or prepared among the others. */
export type Used = Pick<Uses, 'streams' | (typeof countNames)[number]>;

interface PutEntry {
  readonly Data?: string | Uint8Array;
  readonly PartitionKey?: string;
}

/** What of a request tells what it uses. */
interface Body extends PutEntry {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly ShardCount?: number;
  readonly TargetShardCount?: number;
  readonly StreamModeDetails?: { readonly StreamMode?: string };
  readonly Record?: PutEntry;
  readonly Records?: readonly PutEntry[];
}

/** Watches the requests of one reference. */
export class UsageMeter {
  readonly #clock: Clock;
  readonly #streams = new Map<string, Metered>();
  /** Every stream there was. */
  readonly streams: Metered[] = [];
  records = 0;
  payloadUnits = 0;
  consumers = 0;
  deliveryStreams = 0;
  #shardNs = 0;
  #lastNs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was used since an earlier look. */
  since(before: Used): Used {
    const now = this.used;
    const streams = now.streams.slice(before.streams.length);
    const counts = countNames.map((name) => [name, now[name] - before[name]] as const);
    return { streams, ...(Object.fromEntries(counts) as Record<(typeof countNames)[number], number>) };
  }

  /** What was used up to now. */
  get used(): Used {
    const { records, payloadUnits, consumers, deliveryStreams } = this;
    const count = (is: (stream: Metered) => boolean) => this.streams.filter(is).length;
    return {
      streams: this.streams.map(({ most }) => most),
      records,
      payloadUnits,
      consumers,
      deliveryStreams,
      onDemand: count(({ isOnDemand }) => isOnDemand),
      extended: count(({ isExtended }) => isExtended),
      seconds: this.#clock.monotonicNs() / NS_PER_S,
    };
  }

  /** Up to now. */
  get shardMinutes(): number {
    this.#pass();
    return this.#shardNs / NS_PER_S / 60;
  }

  watch(request: HandledRequest, answer: Pick<RawAnswer, 'status'>): void {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (answer.status !== 200 || !/^(Kinesis|Firehose)_/.test(target)) return;
    this.#pass();
    const codec = codecOf(String(request.headers['content-type']).includes('cbor') ? 'cbor' : 'json');
    const body = Object(codec.read(Buffer.from(request.body))) as Body;
    const operation = target.split('.')[1]!;
    if (operation === 'CreateDeliveryStream') this.deliveryStreams += 1;
    for (const record of operation === 'PutRecord' ? [body.Record ?? body] : []) this.#put(record);
    for (const record of /^PutRecord(s|Batch)$/.test(operation) ? (body.Records ?? []) : []) this.#put(record);
    if (target.startsWith('Kinesis')) this.#note(operation, body);
  }

  #put({ Data = '', PartitionKey = '' }: PutEntry): void {
    const bytes = typeof Data === 'string' ? Buffer.byteLength(Data, 'base64') : Data.length;
    this.records += 1;
    this.payloadUnits += Math.max(1, Math.ceil((bytes + Buffer.byteLength(PartitionKey)) / PAYLOAD_UNIT_BYTES));
  }

  #note(operation: string, body: Body): void {
    const name = body.StreamName ?? body.StreamARN?.split('/')[1] ?? '';
    const mode = body.StreamModeDetails?.StreamMode;
    if (operation === 'CreateStream') {
      const open = body.ShardCount ?? 4;
      const stream = { open, most: open, isOnDemand: mode === 'ON_DEMAND', isExtended: false };
      this.#streams.set(name, stream);
      this.streams.push(stream);
      return;
    }
    if (operation === 'RegisterStreamConsumer') this.consumers += 1;
    const stream = this.#streams.get(name);
    if (!stream) return;
    if (operation === 'DeleteStream') this.#streams.delete(name);
    if (operation === 'SplitShard') stream.open += 1;
    if (operation === 'MergeShards') stream.open -= 1;
    if (operation === 'UpdateShardCount') stream.open = body.TargetShardCount ?? stream.open;
    if (operation === 'IncreaseStreamRetentionPeriod') stream.isExtended = true;
    if (mode === 'ON_DEMAND') stream.isOnDemand = true;
    stream.most = Math.max(stream.most, stream.open);
  }

  #pass(): void {
    const nowNs = this.#clock.monotonicNs();
    const open = [...this.#streams.values()].reduce((sum, stream) => sum + stream.open, 0);
    this.#shardNs += open * (nowNs - this.#lastNs);
    this.#lastNs = nowNs;
  }
}
