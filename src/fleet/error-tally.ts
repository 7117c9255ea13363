/** Errors by fleet, operation and code (broken connections also by their cause): counted all, the first text of each kept. Bounded by the number of kinds. */
export interface ErrorKind {
  readonly fleet: string;
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  count: number;
}

export class ErrorTally {
  #kinds = new Map<string, ErrorKind>();

  add(fleet: string, operation: string, code: string, message: string, count = 1): void {
    // Refused by the peer and out of sockets here are both broken connections, and not the same news.
    const cause = code.startsWith('connection') ? /\bE[A-Z]{3,}\b/.exec(message)?.[0] : undefined;
    const key = `${fleet}|${operation}|${code}|${cause}`;
    const kind = this.#kinds.get(key);
    if (kind) kind.count += count;
    else this.#kinds.set(key, { fleet, operation, code, message, count });
  }

  merge(kinds: readonly ErrorKind[]): void {
    for (const { fleet, operation, code, message, count } of kinds) this.add(fleet, operation, code, message, count);
  }

  get kinds(): readonly ErrorKind[] {
    return [...this.#kinds.values()];
  }
}
