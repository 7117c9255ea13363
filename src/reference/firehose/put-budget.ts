/**
 * The quota of Direct PUT for one delivery stream: requests, records and bytes a second, each a bucket. A call takes a request;
 * each of its records a record and its bytes before base64, both or neither (assumed, as for Kinesis). Three quotas scale
 * together at AWS; here they are what the limits file says for the region.
 */
import type { Limits } from '../limits.ts';
import { TokenBucket } from '../token-bucket.ts';

/** The three budgets of one delivery stream. */
export class PutBudget {
  readonly #requests: TokenBucket;
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;

  /** Full budgets of a region. */
  constructor({ firehose }: Limits, region: string, nowNs: number) {
    const { requests, records, bytes } = firehose.largeRegions.includes(region) ? firehose.large : firehose.other;
    this.#requests = new TokenBucket(requests, nowNs);
    this.#records = new TokenBucket(records, nowNs);
    this.#bytes = new TokenBucket(bytes, nowNs);
  }

  /** Takes a request; false: it is throttled. */
  admitCall(nowNs: number): boolean {
    if (!this.#requests.has(nowNs, 1)) return false;
    this.#requests.take(nowNs, 1);
    return true;
  }

  /** Takes a record; false: it is throttled. */
  admitRecord(nowNs: number, bytes: number): boolean {
    if (!this.#records.has(nowNs, 1) || !this.#bytes.has(nowNs, bytes)) return false;
    this.#records.take(nowNs, 1);
    this.#bytes.take(nowNs, bytes);
    return true;
  }
}
