/** KIN-PART-01: the shard of a record follows from the MD5 of its key. */
import { hashKeyOf, rangeIndexOf } from '../../src/protocol/hash.ts';
import { putAll } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

const alphabets = ['order-', 'Straße-', 'заказ-', '注文-', '🛒-', 'a b/c\\"-'];

export const kinPart01 = statement({
  id: 'KIN-PART-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A record goes to the shard whose hash range holds the MD5 of its partition key (UTF-8) as a 128-bit integer.',
  source: 'PutRecord, PartitionKey',
  fault: 'hash.little-endian',
  needs: [],
  uses: { shared: [3], records: 450 },
  exercises: { 'records put': 300, 'keys beyond ASCII': 100, 'shards hit': 3 },
  check: async (context) => {
    const stream = await context.stream(3);
    const keys = Array.from(
      { length: 300 },
      (_, index) => `${alphabets[index % alphabets.length]}${context.random.uint32()}`,
    );
    const acknowledged = await putAll(context, stream, keys);
    context.count('keys beyond ASCII', keys.filter((key) => /[^ -~]/.test(key)).length);
    context.count('shards hit', new Set(acknowledged.map((record) => record.shardId)).size);
    const expected = (key: string) => stream.shards[rangeIndexOf(stream.ranges, hashKeyOf(key))]?.ShardId;
    const wrong = acknowledged.filter((record) => record.shardId !== expected(record.partitionKey));
    if (wrong.length === 0) return holds(`${keys.length} keys went where their MD5 points`);
    const [first] = wrong;
    return broken(
      `${wrong.length} of ${keys.length} keys went elsewhere: PutRecords of key ${JSON.stringify(first!.partitionKey)} was stored in ${first!.shardId}; its MD5 ${hashKeyOf(first!.partitionKey)} lies in ${expected(first!.partitionKey) ?? 'no shard'}`,
    );
  },
});
