/**
 * Which shards came of which, by splits and merges: what tells whether two shards are in order. Records of a parent come before
 * those of its children; of two shards that are not in line, nothing is said.
 */
export interface ShardLine {
  readonly shardId: string;
  /** None, one, or the two of a merge. */
  readonly parents: readonly string[];
}

export class Lineage {
  readonly #parents: ReadonlyMap<string, readonly string[]>;

  constructor(shards: readonly ShardLine[]) {
    this.#parents = new Map(shards.map(({ shardId, parents }) => [shardId, parents]));
  }

  /** Whether one shard came of another, over any number of splits and merges. */
  descends(shardId: string, from: string): boolean {
    const known = new Set([shardId]);
    for (const each of known) {
      for (const parent of this.#parents.get(each) ?? []) {
        if (parent === from) return true;
        known.add(parent);
      }
    }
    return false;
  }
}
