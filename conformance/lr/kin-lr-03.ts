/** KIN-LR-03: a record of ten mebibytes is kept whole. */
import { RECORD_BYTES_SETTABLE_MAX, RECORD_KIB_SETTABLE_MAX } from '../../src/protocol/limits.ts';
import { digestOf } from '../../src/wire/sign.ts';
import { absent, firstShard, put, read, horizon } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { allow, noise } from './record-size.ts';

export const kinLr03 = statement({
  id: 'KIN-LR-03',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence: 'On a stream that takes records of 10 MiB, one of that size is stored and read byte for byte.',
  source: 'UpdateMaxRecordSize; PutRecord, Data',
  fault: 'lr.truncate-1mib',
  needs: [],
  exercises: { 'records put': 2, 'large records read': 2 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    await allow(context, stream, RECORD_KIB_SETTABLE_MAX);
    // The smaller one first, which the shard's budget takes beside the other one soonest.
    for (const bytes of [1_500_000, RECORD_BYTES_SETTABLE_MAX - 1]) {
      const data = noise(context.random, bytes);
      const large = await put(context, stream, { key: 'k', data: data.toString('base64') });
      const records = await read(context, stream, firstShard(stream).ShardId, horizon, { expect: [large], limit: 1 });
      if (absent([large], records).length > 0)
        return unobserved(`a record of ${bytes} bytes was acknowledged and never became readable`);
      const came = records.find(({ SequenceNumber }) => SequenceNumber === large.sequenceNumber)!.Data;
      context.count('large records read');
      if (digestOf(came) === digestOf(data)) continue;
      return broken(
        `a record put with ${bytes} bytes of data, SHA-256 ${digestOf(data)}, was read with ${came.length}, SHA-256 ${digestOf(came)}`,
      );
    }
    return holds('records of 1.5 MB and of 10 MiB were read as they were put');
  },
});
