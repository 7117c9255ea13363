/**
 * KIN-MC-01: readers know nothing of each other. Five of them read one shard at the same time, each from a place of its own and in
 * pages of its own size, while a writer goes on; what each was given is held against a sweep made afterwards.
 */
import { disagreement } from '../agreement.ts';
import { type Acknowledged, absent, firstShard, inOrder, put, putAll, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const RECORDS = 80;
const WRITTEN_MEANWHILE = 10;
/** Where each reader begins, as an index into the records, and how many it takes at once: five pages a second are there for all of them. */
const readers = [
  { start: 0, limit: 1000 },
  { start: 0, limit: 30 },
  { start: 10, limit: 17 },
  { start: 25, limit: 23 },
  { start: 40, limit: 11 },
] as const;

export const kinMc01 = statement({
  id: 'KIN-MC-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Several readers of a shard each get every record from their own starting position on, whatever the others read.',
  source: 'GetRecords; GetShardIterator (an iterator is a position of its own)',
  fault: 'mc.shared-cursor',
  needs: [],
  uses: { streams: [1], shared: [], records: 140 },
  exercises: { 'readers at once': readers.length, 'pages read': 15 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const keys = Array.from({ length: RECORDS }, (_, index) => `key-${index}`);
    const acknowledged = inOrder(await putAll(context, stream, keys));
    const unread = absent(acknowledged, await sweep(context, stream, shardId, acknowledged));
    if (unread.length > 0) return unobserved(`${unread.length} of ${RECORDS} records did not become readable`);
    const meanwhile: Acknowledged[] = [];
    const write = async () => {
      for (let index = 0; index < WRITTEN_MEANWHILE; index += 1) {
        meanwhile.push(await put(context, stream, { key: 'meanwhile' }));
      }
    };
    const reading = readers.map(({ start, limit }) => {
      const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: acknowledged[start]!.sequenceNumber } as const;
      return read(context, stream, shardId, from, { limit, expect: acknowledged.slice(start) });
    });
    const [given] = await Promise.all([Promise.all(reading), write()]);
    context.count('readers at once', given.length);
    const log = await sweep(context, stream, shardId, [...acknowledged, ...meanwhile]);
    for (const [index, { start, limit }] of readers.entries()) {
      const records = given[index]!;
      const who = `reader ${index + 1} of ${readers.length}, with Limit ${limit} from record ${start} on`;
      const why = disagreement(records, log, acknowledged[start]!.sequenceNumber);
      if (why) return broken(`${who}: ${why}`);
      const missing = absent(acknowledged.slice(start), records);
      if (missing.length > 0) return broken(`${who}: the last ${missing.length} of ${RECORDS} records never came`);
    }
    return holds(`${readers.length} readers at once each got every record from their own place on`);
  },
});
