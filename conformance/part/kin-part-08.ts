/** KIN-PART-08: a partition key comes back as it was put. */
import { type Acknowledged, absent, firstShard, inOrder, put, read } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

/** Keys that something on the way may be tempted to tidy. */
const keys: readonly string[] = [
  'plain',
  '0012',
  '1e3',
  'null',
  '  blanks around  ',
  'a\tb',
  'line\nbreak\r\n',
  '"quoted" \\ back/slash',
  '<&amp;>%20+',
  'Caf\u00e9',
  'Cafe\u0301',
  'ſtraße İI',
  '\u00a0no-break\u00a0',
  '\ufeffmark',
  '🛒👩‍👩‍👧',
  'k'.repeat(256),
];

export const kinPart08 = statement({
  id: 'KIN-PART-08',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record is read with the partition key that it was put with, character for character.',
  source: 'Record, PartitionKey',
  fault: 'data.key-trimmed',
  needs: [],
  exercises: { 'keys compared': keys.length },
  check: async (context) => {
    const stream = await context.stream(1);
    const acknowledged: Acknowledged[] = [];
    for (const key of keys) acknowledged.push(await put(context, stream, { key }));
    const [first] = inOrder(acknowledged);
    const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: first!.sequenceNumber } as const;
    const records = await read(context, stream, firstShard(stream).ShardId, from, { expect: acknowledged });
    const gone = absent(acknowledged, records);
    if (gone.length > 0) return unobserved(`${gone.length} of ${keys.length} records never became readable`);
    const keyOf = new Map(records.map((record) => [record.SequenceNumber, record.PartitionKey]));
    for (const { partitionKey, sequenceNumber } of acknowledged) {
      const came = keyOf.get(sequenceNumber);
      context.count('keys compared');
      if (came !== partitionKey)
        return broken(
          `a record put with partition key ${JSON.stringify(partitionKey)} was read with ${JSON.stringify(came)}`,
        );
    }
    return holds(`${keys.length} keys came back as they were put`);
  },
});
