/**
 * The retries of the AWS SDKs in standard mode, as their reference guide has them since the update of 2026: at most three
 * attempts; before each retry a wait of a random share (full jitter) of base x 2^retries, 20 s at the most, where the base is
 * 1 s after a throttle and 50 ms after anything transient; and a quota of 500 tokens, out of which a retry is paid (5 after a
 * throttle, 14 else) and into which a success pays back what its last retry cost, or 1. An agent stands for one SDK client,
 * so each has a quota of its own. Only whole calls are retried: a PutRecords that was answered with failed entries is a
 * success to an SDK.
 *
 * Pure: it is told what happened and says how long to wait; time and calls are the producer's.
 */
import type { SdkRetryPlan } from '../scenario/put-plan.ts';
import type { Random } from '../random.ts';

const BASE_NS = { throttling: 1_000_000_000, transient: 50_000_000 } as const;
const WAIT_NS_MAX = 20_000_000_000;
const TOKENS_MAX = 500;
const COST = { throttling: 5, transient: 14 } as const;
const REWARD = 1;

/** What an SDK tries again: refusals by a limit; 5xx, timeouts and broken connections. */
export type Retryable = keyof typeof COST;

/** The attempts of one call. */
export interface CallAttempts {
  made: number;
  /** What the last retry cost. */
  cost: number;
}

export class SdkRetry {
  readonly #attemptsMax: number;
  readonly #random: Random;
  #tokens = TOKENS_MAX;

  constructor(plan: SdkRetryPlan, random: Random) {
    this.#attemptsMax = plan.attemptsMax;
    this.#random = random;
  }

  /** A call is about to be made for the first time. */
  begin(): CallAttempts {
    return { made: 1, cost: 0 };
  }

  /** An attempt failed: ns to wait before the next one, which is paid for; null when the call is given up. */
  failed(call: CallAttempts, why: Retryable): number | null {
    const cost = COST[why];
    if (call.made >= this.#attemptsMax || this.#tokens < cost) return null;
    this.#tokens -= cost;
    const waitNs = this.#random.uniform() * Math.min(BASE_NS[why] * 2 ** (call.made - 1), WAIT_NS_MAX);
    call.made += 1;
    call.cost = cost;
    return waitNs;
  }

  /** An attempt succeeded. */
  succeeded(call: CallAttempts): void {
    this.#tokens = Math.min(TOKENS_MAX, this.#tokens + (call.cost === 0 ? REWARD : call.cost));
  }
}
