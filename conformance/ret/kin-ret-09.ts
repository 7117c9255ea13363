/** KIN-RET-09: a closed shard is forgotten with its data. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import type { Context } from '../context.ts';
import { NS_PER_HOUR, after } from '../passing-time.ts';
import { activeAgain } from '../patience.ts';
import { firstShard, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { listedShards } from '../streams.ts';
import { dayStream } from './retention.ts';

export const kinRet09 = statement({
  id: 'KIN-RET-09',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A closed shard is listed until its records have expired, and then no more.',
  source: 'ListShards; resharding (OPEN, CLOSED, EXPIRED)',
  fault: 'ret.zombie-shard',
  needs: ['clock', 'resharding'],
  lane: 'sentinel',
  uses: { streams: [2], shared: [] },
  exercises: { 'closed shards listed before': 1, 'lists after': 1 },
  check: async (context) => {
    const stream = await dayStream(context, 1);
    const { ShardId: parent } = firstShard(stream);
    const record = await put(context, stream, { key: 'parent' });
    await context.send('SplitShard', {
      StreamName: stream.name,
      ShardToSplit: parent,
      NewStartingHashKey: String(HASH_KEY_COUNT / 2n),
    });
    await activeAgain(context, stream);
    const young = await after(context, 23 * NS_PER_HOUR);
    const before = await listed(young, stream.name);
    if (!before.includes(parent)) {
      return broken(`${parent} was closed by a split and has a record of 23 h; ListShards names ${before.join(', ')}`);
    }
    const records = await sweep(young, stream, parent, [record]);
    if (records.length === 0)
      return unobserved('the record of the closed shard is gone after 23 h: that is KIN-RET-02');
    context.count('closed shards listed before');
    const old = await after(young, 2 * NS_PER_HOUR);
    const names = await listed(old, stream.name);
    context.count('lists after');
    return names.includes(parent)
      ? broken(`${parent} was closed 25 h ago, retention is 24 h; ListShards names ${names.join(', ')}`)
      : holds(`${parent} was listed 23 h after it was closed and not after 25 h`);
  },
});

/** The ids of all shards that ListShards names. */
async function listed(context: Context, name: string): Promise<string[]> {
  const shards = await listedShards((operation, input) => context.send(operation, input), name);
  return shards.map((shard) => shard.ShardId);
}
