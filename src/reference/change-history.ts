/** The changes of a stream, or a delivery stream, of which there may be only so many in rolling 24 hours. */
const DAY_MS = 86_400_000;

/** A change that is counted. */
export type CountedChange =
  | 'UpdateShardCount'
  | 'UpdateStreamMode'
  | 'StartStreamEncryption'
  | 'StopStreamEncryption'
  | 'DeliveryStreamEncryption';

/** When the changes of one stream were made. */
export class ChangeHistory {
  readonly #times = new Map<CountedChange, number[]>();

  /** How often a change was made in the 24 hours before `nowMs`. */
  inLastDay(change: CountedChange, nowMs: number): number {
    const recent = (this.#times.get(change) ?? []).filter((ms) => ms > nowMs - DAY_MS);
    this.#times.set(change, recent);
    return recent.length;
  }

  /** Notes a change that was made. */
  note(change: CountedChange, nowMs: number): void {
    this.#times.set(change, [...(this.#times.get(change) ?? []), nowMs]);
  }
}
