/** The minimum throughput billing commitment of an account (On-demand Advantage), read off the clock. */
import type { AccountSettingsOutput } from '../protocol/operations.ts';

/** One account's commitment. Times are in ms since the epoch. */
export class BillingCommitment {
  #startedMs: number | undefined;
  #endMs = Number.POSITIVE_INFINITY;
  readonly #hoursMin: number;

  /** None yet; once enabled, it lasts so many hours at least. */
  constructor(hoursMin: number) {
    this.#hoursMin = hoursMin;
  }

  /** Whether nobody has ever enabled it. */
  get untouched(): boolean {
    return this.#startedMs === undefined;
  }

  /** Whether the account has it now. */
  active(nowMs: number): boolean {
    return this.#startedMs !== undefined && nowMs < this.#endMs;
  }

  /** Enables it, or takes back that it shall end. */
  enable(nowMs: number): void {
    if (!this.active(nowMs)) this.#startedMs = nowMs;
    this.#endMs = Number.POSITIVE_INFINITY;
  }

  /** Lets it end, as soon as it may. */
  disable(nowMs: number): void {
    if (this.active(nowMs)) this.#endMs = Math.min(this.#endMs, Math.max(nowMs, this.#earliestEndMs()));
  }

  /** As the service shows it. */
  describe(nowMs: number): AccountSettingsOutput {
    if (this.#startedMs === undefined) return { MinimumThroughputBillingCommitment: { Status: 'DISABLED' } };
    const StartedAt = this.#startedMs / 1000;
    if (!this.active(nowMs)) {
      return { MinimumThroughputBillingCommitment: { Status: 'DISABLED', StartedAt, EndedAt: this.#endMs / 1000 } };
    }
    const Status = this.#endMs === Number.POSITIVE_INFINITY ? 'ENABLED' : 'ENABLED_UNTIL_EARLIEST_ALLOWED_END';
    const EarliestAllowedEndAt = this.#earliestEndMs() / 1000;
    return { MinimumThroughputBillingCommitment: { Status, StartedAt, EarliestAllowedEndAt } };
  }

  #earliestEndMs(): number {
    return (this.#startedMs ?? 0) + this.#hoursMin * 3_600_000;
  }
}
