/** KIN-IMM-01: a stream is a log, not a map. */
import { absent, firstShard, put, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinImm01 = statement({
  id: 'KIN-IMM-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'The same partition key and data put twice are two records, each with its own sequence number.',
  source: 'PutRecord; Record, SequenceNumber',
  fault: 'imm.upsert-by-key',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'records put': 2, 'records read': 2 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const data = context.data();
    const first = await put(context, stream, { key: 'same-key', data });
    const second = await put(context, stream, { key: 'same-key', data });
    if (first.sequenceNumber === second.sequenceNumber) {
      return broken(`two puts of the same key and data were both acknowledged with ${first.sequenceNumber}`);
    }
    const records = await sweep(context, stream, firstShard(stream).ShardId, [first, second]);
    const gone = absent([first, second], records);
    return gone.length === 0
      ? holds('both records were read')
      : broken(`of two puts of the same key and data, ${gone[0]!.sequenceNumber} is not readable`);
  },
});
