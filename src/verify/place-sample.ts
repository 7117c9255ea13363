/**
 * Where some of an agent's records were placed, so that of the lost at least a few can be looked for by shard and sequence number. All while
 * they are few; then every second, fourth, … one by its counter. Its size is fixed: 256 places of 56 digits each are some 50 KiB.
 */
const KEPT = 256;

export interface KnownPlace {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export class PlaceSample {
  readonly #places = new Map<number, KnownPlace>();
  #stride = 1;

  /** To be told where a record was acknowledged; of several acknowledgements of one record the first stays. */
  note(counter: number, { shardId, sequenceNumber }: KnownPlace): void {
    if (counter % this.#stride !== 0 || this.#places.has(counter)) return;
    this.#places.set(counter, { shardId, sequenceNumber });
    while (this.#places.size > KEPT) {
      this.#stride *= 2;
      for (const known of this.#places.keys()) if (known % this.#stride !== 0) this.#places.delete(known);
    }
  }

  export(): ReadonlyMap<number, KnownPlace> {
    return this.#places;
  }
}
