/** KIN-FH-08: FailedPutCount and the entries of an answer agree. */
import { broken, holds, statement } from '../statement.ts';
import { withDelivery } from './delivery-stream.ts';

const BATCH = 4;
const BATCHES = 8;

export const kinFh08 = statement({
  id: 'KIN-FH-08',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence:
    'PutRecordBatch answers with an entry for each record, a RecordId or an ErrorCode, and FailedPutCount is the number of the latter.',
  source: 'PutRecordBatch (FailedPutCount, RequestResponses)',
  fault: 'fh.count-wrong',
  needs: ['firehose', 'throttle'],
  uses: { shared: [], payloadUnits: 2000, deliveryStreams: 1 },
  exercises: { 'entries failed': 1, 'entries taken': 1 },
  check: (context) =>
    withDelivery(context, {}, async ({ world, name }) => {
      const put = (bytes: number) => {
        const Records = Array.from({ length: BATCH }, () => ({ Data: Buffer.alloc(bytes, 'x') }));
        return world.firehose.call('PutRecordBatch', { DeliveryStreamName: name, Records });
      };
      // A small one that is taken, however slowly the others come through; then thirty megabytes at once, more than any region takes in a second.
      const small = await put(10);
      const large = await Promise.all(Array.from({ length: BATCHES }, () => put(1_000_000)));
      for (const outcome of [small, ...large]) {
        if (outcome.kind !== 'ok') continue;
        const { FailedPutCount: count, RequestResponses: entries } = outcome.output;
        const failed = entries.filter(({ ErrorCode }) => ErrorCode).length;
        const taken = entries.filter(({ RecordId }) => RecordId).length;
        context.count('entries failed', failed);
        context.count('entries taken', taken);
        const said = `PutRecordBatch of ${BATCH} records was answered with FailedPutCount ${count} and ${entries.length} entries, ${taken} with a RecordId and ${failed} with an ErrorCode`;
        if (count !== failed || entries.length !== BATCH || taken + failed !== BATCH)
          return broken(`${said}; AWS documents one entry for each record and the count of those that failed`);
      }
      return holds('FailedPutCount and entries agree in every answer');
    }),
});
