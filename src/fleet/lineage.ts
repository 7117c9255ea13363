/**
 * Which shards a consumer may read next when one has come to its end: a child once all of its parents that this consumer
 * reads are read to their end, so that the records of a key keep their order. A parent it never knew (expired before it
 * began) keeps nobody waiting.
 */

import type { WireClient } from '../wire/client.ts';

/** Pages of a stream's shards that are looked through for children, a hundred shards each. */
const PAGES_MAX = 200;

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

  /** The same for the shard at `place`, whose children the last answer named, or else the stream's list does. */
  async next(
    client: WireClient,
    place: ShardPlace,
    named: readonly Child[] | undefined,
    onRefused: (code: string, message: string) => void,
  ): Promise<string[]> {
    return this.finish(place.shardId, named ?? (await childrenOf(client, place, onRefused)));
  }
}

/** A shard, and how long a call about it may take. */
interface ShardPlace {
  readonly stream: string;
  readonly shardId: string;
  readonly timeoutNs: number;
}

/** The children of a shard by the stream's list: not every endpoint names them in its last answer. */
async function childrenOf(
  client: WireClient,
  place: ShardPlace,
  onRefused: (code: string, message: string) => void,
): Promise<Child[]> {
  const children: Child[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const input = { StreamName: place.stream, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) };
    const outcome = await client.call('DescribeStream', input, { timeoutNs: place.timeoutNs });
    if (outcome.kind !== 'ok') {
      const code = outcome.kind === 'error' ? outcome.code : outcome.kind;
      onRefused(code, 'message' in outcome ? outcome.message : 'no answer in time');
      return children;
    }
    const { Shards, HasMoreShards } = outcome.output.StreamDescription;
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of Shards) {
      const parents = [ParentShardId, AdjacentParentShardId].filter((id) => typeof id === 'string');
      if (parents.includes(place.shardId)) children.push({ shardId: ShardId, parents });
    }
    after = Shards.at(-1)?.ShardId;
    if (!HasMoreShards || after === undefined) return children;
  }
  return children;
}
