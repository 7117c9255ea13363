/** KIN-PR-01: the answer of PutRecords is read by position. */
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { acknowledgedBy } from './result-entry.ts';

const RECORDS = 500;

export const kinPr01 = statement({
  id: 'KIN-PR-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'PutRecords answers with as many entries as it was sent records, in the same order.',
  source: 'PutRecords; PutRecordsOutput, Records',
  fault: 'batch.reorder-results',
  needs: [],
  uses: { shared: [3], records: 750 },
  exercises: { 'entries compared with what was read': RECORDS / 2, 'shards hit': 2 },
  check: async (context) => {
    const stream = await context.stream(3);
    const sent = Array.from({ length: RECORDS }, () => ({
      partitionKey: `key-${context.random.uint32()}`,
      data: context.data(),
    }));
    const { Records: results } = await context.send('PutRecords', {
      StreamName: stream.name,
      Records: sent.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
    });
    if (results.length !== RECORDS) {
      return broken(`PutRecords of ${RECORDS} records was answered with ${results.length} entries`);
    }
    const acknowledged = results.flatMap((result, index) => acknowledgedBy(result, sent[index]!) ?? []);
    const shardIds = [...new Set(acknowledged.map((record) => record.shardId))];
    context.count('shards hit', shardIds.length);
    const shown = new Map<string, ReceivedRecord>();
    for (const shardId of shardIds) {
      for (const record of await sweep(context, stream, shardId, acknowledged)) {
        shown.set(`${shardId} ${record.SequenceNumber}`, record);
      }
    }
    for (const [index, { partitionKey, data }] of sent.entries()) {
      const named = acknowledgedBy(results[index]!, { partitionKey, data });
      const record = named && shown.get(`${named.shardId} ${named.sequenceNumber}`);
      if (!record) continue;
      context.count('entries compared with what was read');
      if (record.Data.toString('base64') === data) continue;
      return broken(
        `of ${RECORDS} records, entry ${index} of the answer names ${named.sequenceNumber} of ${named.shardId}; there lies not record ${index} of the request (key ${partitionKey}) but one with key ${record.PartitionKey}`,
      );
    }
    return holds(`each of ${RECORDS} entries names the place of the record at its own position`);
  },
});
