import { shardIdOf } from '../../protocol/hash.ts';

/** The index in a shard id; `shardId-0` and `x-5` are accepted as AWS accepts them (observed). Undefined for anything else. */
export function shardIndexOf(shardId: string): number | undefined {
  const digits = /^(?:.*-)?(\d{1,12})$/.exec(shardId)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A shard id as messages name it: with twelve digits (observed), or as it is where it has none. */
export function shardIdShown(shardId: string): string {
  const index = shardIndexOf(shardId);
  return index === undefined ? shardId : shardIdOf(index);
}
