/**
 * The way of a stream's records into the bucket of a channel, built of the parts of Data Firehose: a follower of shards, a buffer, the
 * writing of objects. It begins when the channel is ACTIVE, with the records put from then on (source: no backfill), takes nothing of
 * any read budget, and closes a buffer when its oldest record has the age that the data freshness asks for.
 *
 * Records stand one behind the other as they were put. One that is not of the format is not delivered; what the dead-letter queue gets
 * says which it was and why, without its data (source: the developer guide). The members of that document are assumed, and so are
 * that shards are read once a second, and that an object which is not taken is tried for as long as the stream keeps records.
 */
import { isUtf8 } from 'node:buffer';
import { NS_PER_MS, type Clock } from '../../clock.ts';
import { GET_RECORDS_BYTES_MAX, GET_RECORDS_MAX } from '../../protocol/limits.ts';
import type { S3DestinationDescription } from '../../protocol/operations.ts';
import type { Random } from '../../random.ts';
import type { Arrival } from '../arrival.ts';
import type { EncryptionKeys } from '../encryption-key.ts';
import { Faults } from '../faults.ts';
import { compressions } from '../firehose/compression.ts';
import { Delivery, type BufferPlan } from '../firehose/delivery.ts';
import type { Destination } from '../firehose/destination.ts';
import { StreamFollower, type ShardTurn } from '../firehose/stream-follower.ts';
import type { LogMemory } from '../log-memory.ts';
import type { PageRecord, RecordPage } from '../record-page.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { channelCompressions, type RecordFormat } from './channel-settings.ts';
import { writeKey, type KeyOwner } from './output-key-template.ts';

const HOUR_MS = 3_600_000;
const nothing = Buffer.alloc(0);
const LINE_FEED = Buffer.from('\n');

/** What it is made of. */
export interface ChannelDeliveryParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly memory: LogMemory;
  readonly keys: EncryptionKeys;
  readonly destination: Destination;
  readonly stream: Stream;
  readonly caller: Arrival['caller'];
  readonly owner: KeyOwner;
  readonly format: RecordFormat;
  /** The key that objects are encrypted with. */
  readonly keyId: string | undefined;
  readonly objectBytesMax: number;
  readonly activeAtNs: number;
}

interface ObjectPlan extends BufferPlan {
  readonly template: string;
}

/** The delivery of one channel. */
export class ChannelDelivery {
  readonly #parts: ChannelDeliveryParts;
  readonly #records: Delivery<ObjectPlan>;
  readonly #dead: Delivery<ObjectPlan>;
  readonly #ended = new AbortController();
  #follower: StreamFollower | undefined;

  constructor(parts: ChannelDeliveryParts, destination: S3DestinationDescription) {
    this.#parts = parts;
    this.#records = this.#delivery('records', this.#plan(destination));
    this.#dead = this.#delivery('dead-letters', deadPlan(destination, parts));
    void this.#begin();
  }

  /** Goes by another data freshness from now on; what is buffered too (assumed). */
  replan(destination: S3DestinationDescription): void {
    this.#records.replan(this.#plan(destination));
    this.#dead.replan(deadPlan(destination, this.#parts));
  }

  /** Reads no more, delivers what has been read, and tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#stop();
    this.#records.finishAt(atNs);
    this.#dead.finishAt(atNs);
  }

  /** Gives up what is not delivered. */
  end(): void {
    this.#stop();
    this.#records.end();
    this.#dead.end();
  }

  #stop(): void {
    this.#ended.abort();
    this.#follower?.end();
  }

  #delivery(name: string, plan: ObjectPlan): Delivery<ObjectPlan> {
    const { clock, random, memory, keys, keyId, destination, stream, owner } = this.#parts;
    return new Delivery<ObjectPlan>(
      {
        clock,
        random: random.fork(name),
        // Those of delivery streams are none of a channel's.
        faults: new Faults().at({ stream: stream.name }),
        memory,
        destination: {
          write: (object) => {
            const unusable = keys.refuse(keyId, stream.faults);
            return unusable ? Promise.reject(new Error(unusable.message)) : destination.write(object);
          },
        },
        zeroBufferingMs: 0,
        lifeMs: () => stream.retentionHours * HOUR_MS,
        keyOf: ({ template, settings }, atMs, own) => writeKey(template, owner, settings.compression, atMs, own),
      },
      plan,
    );
  }

  #plan({ DataFreshnessInSeconds, StorageConfiguration: storage }: S3DestinationDescription): ObjectPlan {
    return {
      template: storage.OutputKeyTemplate!,
      settings: {
        bucket: bucketOf(storage),
        bufferBytes: this.#parts.objectBytesMax,
        bufferMs: DataFreshnessInSeconds * 1000,
        compression: channelCompressions[storage.CompressionType],
        delimiter: nothing,
      },
    };
  }

  async #begin(): Promise<void> {
    const { clock, stream, caller, activeAtNs } = this.#parts;
    await clock.sleepUntil(activeAtNs, this.#ended.signal);
    if (this.#ended.signal.aborted) return;
    const arrival = { nowNs: clock.monotonicNs(), nowMs: clock.now(), caller };
    stream.settle(arrival);
    const older = stream.topology.open.some((shard) => shard.hasLog && shard.log.end > shard.log.horizon);
    this.#follower = new StreamFollower(
      {
        clock,
        stream,
        caller,
        ready: () => this.#records.admits(0),
        read: (shard, position, at) => this.#read(shard, position, at),
        take: (page, at, shard) => this.#take(page, at, shard),
        waits: true,
      },
      arrival,
      older && stream.faults.fires('ch.backfills') ? 'TRIM_HORIZON' : 'LATEST',
    );
  }

  #read(shard: Shard, position: number, arrival: Arrival): ShardTurn | 'later' | 'never' {
    const { stream, keys } = this.#parts;
    if (stream.gone(arrival.nowNs)) return 'never';
    stream.settle(arrival);
    if (keys.refuse(stream.settings.keyId(arrival.nowNs), shard.faults)) return 'later';
    shard.settle();
    stream.trim(shard, arrival.nowMs);
    const { log } = shard;
    const readable = log.firstAbove('visibleAtNs', arrival.nowNs);
    const page = log.page(position, readable, GET_RECORDS_MAX, GET_RECORDS_BYTES_MAX);
    if (page.count > 0 && shard.readBytes && shard.faults.fires('ch.takes-quota')) {
      shard.readCalls?.take(arrival.nowNs, 1);
      shard.readBytes.take(arrival.nowNs, page.bytes);
    }
    const over = page.next >= log.end && shard.closedMs !== undefined;
    const lost = over && shard.children.length > 0 && shard.faults.fires('ch.no-children');
    const children = (lost ? [] : shard.children).map(({ id, parentIds }) => ({
      ShardId: id,
      ParentShards: [parentIds?.parent, parentIds?.adjacent].flatMap((parent) => parent ?? []),
    }));
    return { atNs: arrival.nowNs, page, next: over ? undefined : page.next, children, more: page.next < readable };
  }

  #take(page: RecordPage, { nowNs, nowMs }: Arrival, shard: Shard): void {
    const { format, stream } = this.#parts;
    page.each((record) => {
      const { block, dataAt, keyAt, arrivalMs } = record;
      const data = block.subarray(dataAt, keyAt);
      // The age of a record is counted from its arrival, whenever it was read.
      const at = { nowNs: nowNs - (nowMs - arrivalMs) * NS_PER_MS, nowMs: arrivalMs };
      const wrong = wrongIn(data, format);
      if (wrong === undefined || stream.faults.fires('ch.invalid-delivered')) this.#records.accept(data, at);
      else this.#dead.accept(this.#letter(record, shard, wrong), at);
    });
  }

  #letter({ number, arrivalMs }: PageRecord, { id }: Shard, errorMessage: string): Buffer {
    const { stream, owner } = this.#parts;
    const letter = {
      channelName: owner.name,
      channelId: owner.id,
      streamArn: stream.arn,
      shardId: id,
      sequenceNumber: Buffer.from(number).toString('latin1'),
      approximateArrivalTimestamp: arrivalMs,
      errorCode: 'InvalidRecordFormat',
      errorMessage,
    };
    return Buffer.from(JSON.stringify(letter));
  }
}

/** Where dead letters go: as lines, uncompressed, with hours behind the prefix (all assumed). */
function deadPlan(
  { DataFreshnessInSeconds, DeadLetterQueueS3Configuration: dead }: S3DestinationDescription,
  { objectBytesMax }: ChannelDeliveryParts,
): ObjectPlan {
  const name = '!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}';
  return {
    template: `${dead.ErrorOutputPrefix}!{yyyy}/!{MM}/!{dd}/!{HH}/${name}!{extension:.json}`,
    settings: {
      bucket: bucketOf(dead),
      bufferBytes: objectBytesMax,
      bufferMs: DataFreshnessInSeconds * 1000,
      compression: compressions.UNCOMPRESSED,
      delimiter: LINE_FEED,
    },
  };
}

/** What keeps a record from being of a format. */
function wrongIn(data: Buffer, format: RecordFormat): string | undefined {
  if (format === 'BYTE_ARRAY') return undefined;
  if (!isUtf8(data)) return 'The record is not a valid UTF-8 string.';
  if (format === 'STRING') return undefined;
  try {
    JSON.parse(data.toString());
    return undefined;
  } catch {
    return 'The record is not a valid JSON payload.';
  }
}

function bucketOf({ BucketARN }: { readonly BucketARN: string }): string {
  return BucketARN.replace(/^.*:/, '');
}
