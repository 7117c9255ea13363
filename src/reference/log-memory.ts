/**
 * What the logs of one endpoint hold in blocks and columns, and the most they may hold together. One account for all
 * shards: what one trims another may take. Beside it stand the JavaScript objects of streams and shards, which no put makes.
 */
export class LogMemory {
  /** Bytes held now. */
  bytes = 0;
  /** The cap; infinite when there is none. */
  readonly bytesMax: number;

  constructor(bytesMax: number | undefined) {
    this.bytesMax = bytesMax ?? Number.POSITIVE_INFINITY;
  }

  /** Whether so many bytes more may be held. */
  allows(bytes: number): boolean {
    return this.bytes + bytes <= this.bytesMax;
  }
}
