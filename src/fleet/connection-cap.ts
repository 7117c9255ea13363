/** At most so many calls of one agent on the wire at once; those beyond wait in the order in which they came. */
export class ConnectionCap {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(connections: number) {
    this.#free = connections;
  }

  /** Makes a call when there is a connection for it. */
  async with<T>(call: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
