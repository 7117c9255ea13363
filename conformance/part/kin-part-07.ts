/** KIN-PART-07: a key has its shard, whoever puts it and however often. */
import { sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { WireClient } from '../../src/wire/client.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { answerOf } from '../attempt.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { openShards } from '../streams.ts';

const KEYS = 50;
const WRITERS = 4;
const ROUNDS = 10;

export const kinPart07 = statement({
  id: 'KIN-PART-07',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'While the shards of a stream stay as they are, all records of one partition key go to the same shard.',
  source: 'PutRecord, PartitionKey',
  fault: 'hash.salted-per-conn',
  needs: [],
  uses: { shared: [3], records: 3000 },
  exercises: { 'records put': (KEYS * WRITERS * ROUNDS) / 2, 'keys put by several writers': KEYS },
  check: async (context) => {
    const stream = await context.stream(3);
    const keys = Array.from({ length: KEYS }, (_, index) => `same-${index}-${context.random.uint32()}`);
    // Connections of their own: an endpoint that salts its hash for each would show by nothing else.
    const writers = Array.from({ length: WRITERS }, () => context.speaking({}));
    const stored = (await Promise.all(writers.map((writer) => putRounds(context, stream, writer, keys)))).flat();
    const shards = new Map<string, string>();
    for (const { key, shardId } of stored) {
      const known = shards.get(key) ?? shardId;
      shards.set(key, known);
      if (known === shardId) continue;
      const now = await openShards((operation, input) => context.send(operation, input), stream.name);
      if (now.map(({ ShardId }) => ShardId).join() !== stream.shards.map(({ ShardId }) => ShardId).join())
        return unobserved('the shards of the stream changed meanwhile');
      return broken(`PutRecords of key ${key} was stored in ${known}, and again in ${shardId} of the same shards`);
    }
    const often = keys.filter((key) => stored.filter((one) => one.key === key).length > ROUNDS);
    context.count('keys put by several writers', often.length);
    return holds(`${stored.length} records of ${KEYS} keys, put by ${WRITERS} writers, went to one shard a key`);
  },
});

/** Puts every key once a round, and gives where each was stored; what was throttled is left out. */
async function putRounds(
  context: Context,
  { name: StreamName }: Stream,
  client: WireClient,
  keys: readonly string[],
): Promise<{ key: string; shardId: string }[]> {
  const stored: { key: string; shardId: string }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const Records = keys.map((PartitionKey) => ({ PartitionKey, Data: context.data() }));
    const outcome = await client.call('PutRecords', { StreamName, Records });
    if (outcome.kind === 'ok') {
      for (const [index, key] of keys.entries()) {
        const shardId = outcome.output.Records[index]?.ShardId;
        if (typeof shardId === 'string') stored.push({ key, shardId });
      }
    } else if (outcome.kind !== 'error' || !isThrottle(outcome.code)) {
      throw new Unobservable(`PutRecords of ${keys.length} records was answered with ${answerOf(outcome)}`);
    }
    // On one virtual moment all rounds would fall into one burst.
    await sleepFor(context.clock, 50_000_000);
  }
  context.count('records put', stored.length);
  return stored;
}
