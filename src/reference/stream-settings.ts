/**
 * What can be changed about a stream besides its shards and its retention: encryption, record size, distribution, warm
 * throughput, metrics, policy. A change that takes time is read off the clock when someone asks.
 */
import { RECORD_BYTES_MAX, RECORD_KIB_SETTABLE_MIN } from '../protocol/limits.ts';
import type { MetricsName, RecordDistributionStrategy } from '../protocol/operations.ts';
import type { Policy } from './policy.ts';

/** The metrics of a shard, all that `ALL` stands for (source: EnableEnhancedMonitoring in the service model). */
const metricNames: readonly MetricsName[] = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
];

/** The settings of one stream. */
export class StreamSettings {
  distribution: RecordDistributionStrategy = 'USER_PARTITION_KEY';
  /** Bytes of a record's data and key at the most. */
  recordBytesMax = RECORD_BYTES_MAX;
  /** MiB/s that an on-demand stream is kept ready for; undefined until somebody asks. */
  warmMiBps: number | undefined;
  /** Who else may do what; undefined when nobody was named. */
  policy: Policy | undefined;
  readonly #metrics = new Set<MetricsName>();
  #keyId: string | undefined;
  #nextKey: { readonly atNs: number; readonly keyId: string | undefined } | undefined;

  /** The key that records are encrypted with; undefined when they are not. */
  keyId(nowNs: number): string | undefined {
    if (this.#nextKey && this.#nextKey.atNs <= nowNs) {
      this.#keyId = this.#nextKey.keyId;
      this.#nextKey = undefined;
    }
    return this.#keyId;
  }

  /** Encrypts with another key from `atNs` on, or with none. */
  encrypt(keyId: string | undefined, atNs: number): void {
    this.#nextKey = { atNs, keyId };
  }

  /** The metrics that are on. */
  get metrics(): MetricsName[] {
    return metricNames.filter((name) => this.#metrics.has(name));
  }

  /** Switches metrics on or off. */
  monitor(names: readonly MetricsName[], on: boolean): void {
    for (const name of names.includes('ALL') ? metricNames : names) {
      if (on) this.#metrics.add(name);
      else this.#metrics.delete(name);
    }
  }

  /** What DescribeStream and DescribeStreamSummary show alike. */
  describe(nowNs: number) {
    const keyId = this.keyId(nowNs);
    return {
      EnhancedMonitoring: [{ ShardLevelMetrics: this.metrics }],
      EncryptionType: keyId === undefined ? ('NONE' as const) : ('KMS' as const),
      ...(keyId !== undefined && { KeyId: keyId }),
    };
  }

  /** What DescribeStreamSummary shows beyond that. */
  describeMore() {
    return {
      MaxRecordSizeInKiB: this.recordBytesMax / RECORD_KIB_SETTABLE_MIN,
      RecordDistributionStrategy: this.distribution,
    };
  }
}
