/**
 * One shard of an index: what was written into it, in the order of its sequence numbers, which are the places in a list. A document
 * that is written over keeps its first writing there until the next refresh, and searches find only what a refresh has shown:
 * nothing happens at a refresh, each writing knows when it will be shown.
 */

/** One writing of a document. */
export interface Written {
  readonly seq: number;
  readonly id: string;
  readonly version: number;
  /** As it came. */
  readonly source: string;
  /** When a search finds it. */
  shownNs: number;
  /** What stands in its place, once that is shown. */
  next: Written | undefined;
}

export class Shard {
  readonly #writings: Written[] = [];
  readonly #newest = new Map<string, Written>();

  /** The newest writing of a document, shown or not. */
  newest(id: string): Written | undefined {
    return this.#newest.get(id);
  }

  write(id: string, source: string, shownNs: number): Written {
    const before = this.#newest.get(id);
    const version = (before?.version ?? 0) + 1;
    const written: Written = { seq: this.#writings.length, id, version, source, shownNs, next: undefined };
    if (before) before.next = written;
    this.#writings.push(written);
    this.#newest.set(id, written);
    return written;
  }

  /** What a search finds behind a sequence number, so many at the most. */
  behind(seq: number, size: number, nowNs: number): Written[] {
    const found: Written[] = [];
    for (let at = seq + 1; at < this.#writings.length && found.length < size; at += 1) {
      const written = this.#writings[at]!;
      const replaced = written.next !== undefined && written.next.shownNs <= nowNs;
      if (written.shownNs <= nowNs && !replaced) found.push(written);
    }
    return found;
  }

  /** Shows all that was written. */
  refresh(nowNs: number): void {
    for (let at = this.#writings.length - 1; at >= 0 && this.#writings[at]!.shownNs > nowNs; at -= 1)
      this.#writings[at]!.shownNs = nowNs;
  }
}
