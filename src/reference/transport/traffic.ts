/**
 * What a server holds of requests that are not complete and of answers that are not read, over all its connections. One
 * connection is bounded by the size of a body; thousands of them are not, so there is a cap on all together. What would exceed
 * it is not kept and answered with 503, which every SDK tries again. The first bytes of each body are free: small requests
 * pass while large ones fill the server.
 */

/** Bytes of each body that are not counted. */
const FREE_BYTES = 64 * 1024;

/** The account of one server. */
export class Traffic {
  /** Bytes held now, the free ones apart. */
  bytes = 0;
  /** The cap. */
  readonly bytesMax: number;

  constructor(bytesMax: number = Number.POSITIVE_INFINITY) {
    this.bytesMax = bytesMax;
  }
}

/** What one body takes of the account. */
export class Share {
  readonly #traffic: Traffic;
  #counted = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  /** Holds so many bytes from now on; false, and nothing changes, where the cap does not allow it. */
  hold(bytes: number): boolean {
    const counted = Math.max(0, bytes - FREE_BYTES);
    const more = counted - this.#counted;
    if (more > 0 && this.#traffic.bytes + more > this.#traffic.bytesMax) return false;
    this.#traffic.bytes += more;
    this.#counted = counted;
    return true;
  }

  /** Gives everything back. */
  release(): void {
    this.hold(0);
  }
}
