/**
 * Which shards a consumer may read next when one has come to its end: a child once all of its parents that this consumer
 * reads are read to their end, so that the records of a key keep their order. A parent it never knew (expired before it
 * began) keeps nobody waiting.
 */

/** A child of a closed shard, with all its parents: one after a split, two after a merge. */
export interface Child {
  readonly shardId: string;
  readonly parents: readonly string[];
}

export class Lineage {
  readonly #known: Set<string>;
  readonly #finished = new Set<string>();

  /** @param shardIds the shards that are read from the start */
  constructor(shardIds: readonly string[]) {
    this.#known = new Set(shardIds);
  }

  /** Notes that a shard is read to its end; gives those of its children that may begin now, each once. */
  finish(shardId: string, children: readonly Child[]): string[] {
    this.#finished.add(shardId);
    const ready = children.filter(
      ({ shardId: child, parents }) =>
        !this.#known.has(child) && parents.every((parent) => this.#finished.has(parent) || !this.#known.has(parent)),
    );
    for (const child of ready) this.#known.add(child.shardId);
    return ready.map((child) => child.shardId);
  }
}
