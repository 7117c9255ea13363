/**
 * What one endpoint holds of its clients' bytes, and the most it may hold: the logs of its streams in blocks and columns, the
 * buffers of its delivery streams, the objects and parts of its S3. One account for all: what one gives back another may take.
 * Beside it stand the JavaScript objects of streams and shards, which no put makes.
 */
export class LogMemory {
  /** Bytes held now. */
  bytes = 0;
  /** The cap; infinite when there is none. */
  readonly bytesMax: number;
  /** Gives back what nobody may ask for any more; called where the cap would be passed. */
  reclaim: () => void = () => {};

  constructor(bytesMax: number | undefined) {
    this.bytesMax = bytesMax ?? Number.POSITIVE_INFINITY;
  }

  /** Whether so many bytes more may be held. */
  allows(bytes: number): boolean {
    if (this.bytes + bytes <= this.bytesMax) return true;
    this.reclaim();
    return this.bytes + bytes <= this.bytesMax;
  }
}
