/**
 * One channel: its life, read off the clock when someone asks, what it is described as, and its delivery, which runs by itself.
 * Nothing of this reference leads to FAILED: buckets that are not there are made, and roles are not looked at.
 */
import { NS_PER_MS } from '../../clock.ts';
import type {
  ChannelDescription,
  ChannelStatus,
  ChannelSummary,
  CreateChannelInput,
  S3DestinationDescription,
  UpdateChannelInput,
} from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { ServiceOptions } from '../service.ts';
import type { Stream } from '../stream.ts';
import { channelSubject } from '../subject.ts';
import { ChannelDelivery } from './channel-delivery.ts';
import { describeLogging, type RecordFormat } from './channel-settings.ts';
import type { KeyOwner } from './output-key-template.ts';

/** How a channel begins. */
export interface ChannelStart {
  /** Rising in its account, never reused. */
  readonly number: number;
  readonly owner: KeyOwner;
  readonly input: CreateChannelInput;
  readonly destination: S3DestinationDescription;
  readonly stream: Stream;
  readonly arrival: Arrival;
}

/** A channel of one account. */
export class Channel {
  readonly number: number;
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly stream: Stream;
  readonly tags: Map<string, string>;
  /** For messages. */
  readonly subject: string;
  readonly #start: ChannelStart;
  readonly #options: ServiceOptions;
  readonly #delivery: ChannelDelivery;
  readonly #activeAtNs: number;
  #updatedAtNs = Number.NEGATIVE_INFINITY;
  #goneAtNs = Number.POSITIVE_INFINITY;
  #destination: S3DestinationDescription;
  #logging;

  constructor(options: ServiceOptions, start: ChannelStart) {
    const { number, owner, input, destination, stream, arrival } = start;
    const { accountId, region } = arrival.caller;
    this.number = number;
    this.name = owner.name;
    this.id = owner.id;
    this.arn = `arn:aws:kinesis:${region}:${accountId}:channel/${owner.id}`;
    this.stream = stream;
    this.tags = new Map(Object.entries(input.Tags ?? {}));
    this.subject = channelSubject(owner.name, accountId);
    this.#start = start;
    this.#options = options;
    this.#destination = destination;
    this.#logging = describeLogging(input.LoggingConfiguration, owner);
    this.#activeAtNs = arrival.nowNs + options.createChannelMs * NS_PER_MS;
    const { clock, random, memory, keys, quotas } = options;
    this.#delivery = new ChannelDelivery(
      {
        clock,
        random: random.fork('channel', stream.number, number),
        memory,
        keys,
        destination: options.destination,
        stream,
        caller: arrival.caller,
        owner,
        format: input.StreamConfigurationList[0]!.RecordConfiguration.RecordFormatType as RecordFormat,
        keyId: input.EncryptionConfiguration?.KeyId,
        objectBytesMax: quotas.channels.objectBytesMax,
        activeAtNs: this.#activeAtNs,
      },
      destination,
    );
  }

  status(nowNs: number): ChannelStatus {
    if (this.#goneAtNs !== Number.POSITIVE_INFINITY) return 'DELETING';
    if (nowNs < this.#activeAtNs) return 'CREATING';
    return nowNs < this.#updatedAtNs ? 'UPDATING' : 'ACTIVE';
  }

  /** Whether it no longer exists. */
  gone(nowNs: number): boolean {
    return nowNs >= this.#goneAtNs;
  }

  /** Changes what can be changed; it is UPDATING for a while, and goes by the new settings at once (assumed). */
  update(
    { S3DestinationConfiguration: s3, LoggingConfiguration: logging }: UpdateChannelInput,
    arrival: Arrival,
  ): void {
    this.#updatedAtNs = arrival.nowNs + this.#options.updateChannelMs * NS_PER_MS;
    if (logging) this.#logging = describeLogging(logging, this.#start.owner);
    if (!s3) return;
    this.#destination = { ...this.#destination, ...s3 };
    this.#delivery.replan(this.#destination);
  }

  /** Begins to delete it: it reads no more, and delivers what it has read (assumed). One that is being deleted keeps its time. */
  delete({ nowNs }: Arrival): void {
    if (this.#goneAtNs !== Number.POSITIVE_INFINITY) return;
    this.#goneAtNs = nowNs + this.#options.deleteChannelMs * NS_PER_MS;
    this.#delivery.finishAt(this.#goneAtNs);
  }

  /** Ends all that it does by itself. */
  end(): void {
    this.#delivery.end();
  }

  describe(nowNs: number): ChannelDescription {
    const { input } = this.#start;
    return {
      ...this.#common(nowNs),
      ServiceExecutionRoleARN: input.ServiceExecutionRoleARN,
      StreamConfigurationList: [
        { ...this.#source, RecordConfiguration: input.StreamConfigurationList[0]!.RecordConfiguration },
      ],
      S3DestinationConfiguration: this.#destination,
      ...(input.EncryptionConfiguration && { EncryptionConfiguration: input.EncryptionConfiguration }),
      LoggingConfiguration: this.#logging,
    };
  }

  summary(nowNs: number): ChannelSummary {
    return { ...this.#common(nowNs), ChannelDestinationType: 'S3', Streams: [this.#source] };
  }

  get #source() {
    return { StreamARN: this.stream.arn, StreamCreationTimestamp: this.stream.createdMs / 1000 };
  }

  #common(nowNs: number) {
    return {
      ChannelName: this.name,
      ChannelARN: this.arn,
      ChannelId: this.id,
      ChannelStatus: this.status(nowNs),
      ChannelCreationTimestamp: this.#start.arrival.nowMs / 1000,
    };
  }
}
