import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** The budgets of one shard. */
export interface Buckets {
  readonly writeRecords: TokenBucket;
  writeBytes: TokenBucket;
  readonly readCalls: TokenBucket;
  readonly readBytes: TokenBucket;
  readonly iteratorCalls: TokenBucket;
}

/** Full buckets. */
export function bucketsOf(limits: Limits, nowNs: number): Buckets {
  return {
    writeRecords: new TokenBucket(limits.writeRecords, nowNs),
    writeBytes: new TokenBucket(limits.writeBytes, nowNs),
    readCalls: new TokenBucket(limits.readCalls, nowNs),
    readBytes: new TokenBucket(limits.readBytes, nowNs),
    iteratorCalls: new TokenBucket(limits.iteratorCalls, nowNs),
  };
}
