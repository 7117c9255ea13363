/** How a consuming fleet reads: it polls, is pushed to, or watches where Data Firehose delivers. Parts of the plan. */
import type { Capability } from '../protocol/capabilities.ts';
import type { ClientName, Pacing } from './plan.ts';
import type { SdkRetryPlan } from './put-plan.ts';

/** A fleet of independent applications, each of which reads everything; `method` tells how. */
export type ConsumeFleet = PollingFleet | FanOutFleet | WatchFleet;

/** What every consuming fleet has. */
interface ReadingFleet {
  readonly kind: 'consume';
  readonly name: string;
  readonly when?: Capability;
  readonly client: ClientName;
  readonly stream: string;
  readonly agents: number;
  readonly from: 'LATEST' | 'TRIM_HORIZON' | TimedStart;
  readonly timeoutNs: number;
}

/** A time from the start of the load, in ns; below zero before it. */
export interface TimedStart {
  readonly atNs: number;
}

export interface PollingFleet extends ReadingFleet {
  readonly method: 'polling';
  /** Time between two polls of one shard by one application. The first one comes at a random phase of it. */
  readonly everyNs: number;
  readonly pacing: Pacing;
  /** Records a call at the most, 1 to 10000. */
  readonly limit: number;
  /** Absent: every poll waits for its time. `caught-up`: only those that follow an answer with which the consumer had caught up. */
  readonly idle?: 'caught-up';
  /** What the application does with an answer before it polls that shard again; absent: nothing that takes time. */
  readonly processing?: { readonly recordNs: number; readonly pageNs: number };
  /** Time between two checkpoints of a shard at the least; absent: every answer is one. */
  readonly checkpointNs?: number;
  /** A poll that is throttled or fails in passing is made again, as the AWS SDKs do; absent: the next one has its own time. */
  readonly retry?: SdkRetryPlan;
}

/** Each agent is a registered consumer with a budget of its own in every shard; what there is to read is pushed to it. */
export interface FanOutFleet extends ReadingFleet {
  readonly method: 'fan-out';
  /** So long after it was asked for a subscription is replaced by a new one, in ns; null: only when it has ended. */
  readonly renewNs: number | null;
  /** Bytes a second that one agent takes, of all shards together; null: as fast as they come. */
  readonly slowBytesPerS: number | null;
}

/**
 * Lists the objects of a destination again and again, and reads each once: a record is visible from the first listing that has
 * its object, and delays are known to `everyNs`. Or asks for new documents, which is the same; or receives requests: a record is there when its request is.
 */
export interface WatchFleet extends ReadingFleet {
  readonly method: 'watch';
  /** Alias of the delivery stream; `stream` is where its records were put: its source, or the delivery stream itself. */
  readonly delivery: string;
  /** Time between two listings or queries; 0 for who receives. */
  readonly everyNs: number;
}
