/**
 * The state of one account in one region: its streams, and the budgets of its control plane. Accounts and regions share
 * nothing but the machine. Everything time-dependent takes the arrival of the request; nothing here waits.
 */
import { NS_PER_MS } from '../clock.ts';
import type { CreateStreamInput, StreamMode } from '../protocol/operations.ts';
import type { Arrival, Caller } from './arrival.ts';
import { AccountChannels } from './channels/account-channels.ts';
import { BillingCommitment } from './billing-commitment.ts';
import type { Channel } from './channels/channel.ts';
import type { ControlOperation } from './limits.ts';
import type { StreamFaults } from './faults.ts';
import { refuseDistribution } from './distribution.ts';
import { Refusal } from './refusal.ts';
import { capital, streamSubject } from './subject.ts';
import { refuseWarm, shardsForWarm } from './warm-rules.ts';
import type { ServiceOptions } from './service.ts';
import { Stream } from './stream.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Instant } from './topology.ts';

/** Shards of a stream that is created without a number (recorded from AWS; the mode of that recording is not known). */
const SHARDS_DEFAULT = 4;

/** One account in one region. */
export class Account {
  readonly id: string;
  readonly region: string;
  readonly commitment: BillingCommitment;
  readonly channels = new AccountChannels();
  readonly #options: ServiceOptions;
  readonly #streams = new Map<string, Stream>();
  /** Streams that were deleted and whose records a fault has kept. */
  readonly #former = new Map<string, Stream>();
  readonly #controlCalls = new Map<ControlOperation, TokenBucket>();

  constructor({ accountId, region }: Caller, options: ServiceOptions) {
    this.id = accountId;
    this.region = region;
    this.#options = options;
    this.commitment = new BillingCommitment(options.quotas.commitmentHoursMin);
  }

  /** Takes a call of the control plane from the budget of the account or the stream; a refusal when it is spent. */
  admitControl(operation: ControlOperation, { nowNs }: Arrival, name: string | undefined): Refusal | undefined {
    const { limits, faults } = this.#options;
    const figures = limits?.controlCalls[operation];
    if (!figures) return undefined;
    // Calls for streams that are not there draw on the account's: names cost nothing, and buckets do.
    const stream = figures.per === 'stream' && name !== undefined ? this.#streams.get(name) : undefined;
    const budgets = (stream?.gone(nowNs) === false ? stream : undefined)?.controlCalls ?? this.#controlCalls;
    let bucket = budgets.get(operation);
    if (!bucket) budgets.set(operation, (bucket = new TokenBucket(figures, nowNs)));
    if (bucket.has(nowNs, 1)) {
      bucket.take(nowNs, 1);
      return undefined;
    }
    if (faults.at({ stream: name }).fires('thr.control-off')) return undefined;
    const subject = name === undefined ? '' : ` for stream ${name}`;
    return new Refusal('LimitExceededException', `Rate exceeded${subject} under account ${this.id}.`);
  }

  /** Whether it is as if nobody had ever asked for it, but for its budgets. */
  get idle(): boolean {
    return this.#streams.size === 0 && this.#former.size === 0 && this.channels.empty && this.commitment.untouched;
  }

  /** All streams that exist, by name in order. */
  streams(at: Instant): Stream[] {
    const streams: Stream[] = [];
    for (const stream of this.#streams.values()) {
      if (!stream.gone(at.nowNs)) streams.push(stream);
      // A stream of the same name and second needs to know the numbers that its shards had.
      else if (stream.createdSMax * 1000 < at.nowMs - 1000) this.#streams.delete(stream.name);
    }
    for (const stream of streams) stream.settle(at);
    return streams.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The stream of that name, if there is one. */
  stream(name: string, arrival: Arrival): Stream | undefined {
    const stream = this.#streams.get(name);
    if (!stream || stream.gone(arrival.nowNs)) return undefined;
    stream.settle(arrival);
    return stream;
  }

  /** Begins to create a stream; `number` is its own in the whole endpoint. */
  create(input: CreateStreamInput, number: number, arrival: Arrival): Stream | Refusal {
    const name = input.StreamName;
    const { limits, latency, faults: everywhere, memory, random, createStreamMs } = this.#options;
    const faults = everywhere.at({ stream: name });
    const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
    const shardCount = this.#shardCount(input, mode, faults);
    if (shardCount instanceof Refusal) return shardCount;
    const warm = input.WarmThroughputMiBps;
    const refused =
      this.#refuseCreate(name, mode === 'ON_DEMAND' ? 0 : shardCount, arrival) ??
      refuseDistribution(input.RecordDistributionStrategy, mode, faults) ??
      (warm === undefined
        ? undefined
        : refuseWarm(warm, mode, this.commitment.active(arrival.nowMs), this.#options.quotas, faults)) ??
      this.refuseMode(mode, arrival);
    if (refused) return refused;
    const stream = new Stream({
      number,
      name,
      accountId: this.id,
      arn: `arn:aws:kinesis:${this.region}:${this.id}:stream/${name}`,
      mode: mode === 'ON_DEMAND' && faults.fires('od.mode-lost') ? 'PROVISIONED' : mode,
      shardCount,
      tags: input.Tags ?? {},
      createMs: createStreamMs,
      arrival,
      limits,
      latency,
      faults: everywhere,
      memory,
      random,
      createdSMin: (this.#streams.get(name)?.createdSMax ?? -1) + 1,
      former: this.#former.get(name),
    });
    stream.settings.distribution = input.RecordDistributionStrategy ?? 'USER_PARTITION_KEY';
    stream.settings.warmMiBps = warm;
    if (input.MaxRecordSizeInKiB !== undefined) stream.setRecordSize(input.MaxRecordSizeInKiB, arrival.nowNs);
    this.#streams.set(name, stream);
    return stream;
  }

  /** The channels of a stream. */
  channelsOf(stream: Stream, at: Instant): Channel[] {
    return this.channels.list(at).filter((channel) => channel.stream === stream);
  }

  /** Begins to delete a stream. */
  delete(stream: Stream, { nowNs }: Arrival): void {
    stream.keepsLog = stream.faults.fires('life.delete-keeps-log');
    if (stream.keepsLog) this.#former.set(stream.name, stream);
    stream.deleteAt(nowNs + this.#options.deleteStreamMs * NS_PER_MS);
  }

  /** How many shards a new stream begins with (the text is assumed). */
  #shardCount(
    { ShardCount: asked, WarmThroughputMiBps: warm }: CreateStreamInput,
    mode: StreamMode,
    faults: StreamFaults,
  ): number | Refusal {
    const { limits, quotas } = this.#options;
    if (mode === 'ON_DEMAND' && asked !== undefined) {
      return new Refusal('InvalidArgumentException', 'ShardCount cannot be given for a stream in ON_DEMAND mode.');
    }
    if (mode === 'ON_DEMAND' && faults.fires('od.single-shard')) return 1;
    if (mode === 'ON_DEMAND') return Math.max(quotas.onDemand.shardsDefault, shardsForWarm(warm, limits));
    return asked ?? (faults.fires('life.default-shards-1') ? 1 : SHARDS_DEFAULT);
  }

  /** The quota of on-demand streams (the text is assumed). */
  refuseMode(mode: StreamMode, arrival: Arrival): Refusal | undefined {
    const { onDemandStreamsMax } = this.#options.quotas;
    if (mode !== 'ON_DEMAND') return undefined;
    const count = this.streams(arrival).filter((stream) => stream.mode === 'ON_DEMAND').length;
    if (count < onDemandStreamsMax) return undefined;
    return new Refusal(
      'LimitExceededException',
      `This request would exceed the limit of ${onDemandStreamsMax} on-demand streams for the account ${this.id} in ${this.region}.`,
    );
  }

  #refuseCreate(name: string, shardCount: number, arrival: Arrival): Refusal | undefined {
    const { limits } = this.#options;
    const streams = this.streams(arrival);
    const present = this.stream(name, arrival);
    if (present) {
      const full = present.topology.shards.filter(({ log }) => log.end > log.horizon);
      if (full.length > 0 && present.faults.fires('life.create-resets'))
        for (const { log } of full) log.trimTo(log.end);
      return new Refusal('ResourceInUseException', `${capital(streamSubject(name, this.id))} already exists.`);
    }
    const creating = streams.filter((stream) => stream.status(arrival.nowNs) === 'CREATING').length;
    if (limits && creating >= limits.streamsCreatingMax) {
      return new Refusal(
        'LimitExceededException',
        `Limit for streams being created concurrently exceeded for account ${this.id}.`,
      );
    }
    return this.refuseShards(shardCount, arrival);
  }

  /** The shards that take records, of all provisioned streams: the quota is about those alone. */
  openShardCount(arrival: Arrival): number {
    return this.#provisioned(arrival).reduce((sum, stream) => sum + stream.topology.open.length, 0);
  }

  #provisioned(arrival: Arrival): Stream[] {
    return this.streams(arrival).filter(({ mode }) => mode === 'PROVISIONED');
  }

  /** The refusal of more shards than the account may have, those of changes under way included (text observed). */
  refuseShards(shardCount: number, arrival: Arrival): Refusal | undefined {
    const { shardsMax } = this.#options.quotas;
    const count = this.#provisioned(arrival).reduce(
      (sum, { topology: { open, coming } }) => sum + open.length + coming,
      0,
    );
    if (shardCount === 0 || count + shardCount <= shardsMax) return undefined;
    return new Refusal(
      'LimitExceededException',
      `This request would exceed the shard limit for the account ${this.id} in ${this.region}. Current shard count for the account: ${count}. Limit: ${shardsMax}. Number of additional shards that would have resulted from this request: ${shardCount}. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.`,
    );
  }
}
