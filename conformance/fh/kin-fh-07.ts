/** KIN-FH-07: the bounds of a batch and of a record. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { ask, isRefused, withDelivery, wordsOf } from './delivery-stream.ts';

const RECORD_BYTES_MAX = 1_024_000;
const cases = [
  { what: '500 records', records: 500, bytes: 1, taken: true },
  { what: 'a record of 1,000 KiB', records: 1, bytes: RECORD_BYTES_MAX, taken: true },
  { what: '501 records', records: 501, bytes: 1, taken: false },
  { what: 'a record of 1,000 KiB and a byte', records: 1, bytes: RECORD_BYTES_MAX + 1, taken: false },
  { what: '4 MiB and five bytes', records: 5, bytes: 838_862, taken: false },
];

export const kinFh07 = statement({
  id: 'KIN-FH-07',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'PutRecordBatch takes up to 500 records and 4 MiB, each record up to 1,000 KiB, and refuses more.',
  source: 'PutRecordBatch',
  fault: 'fh.batch-501',
  needs: ['firehose'],
  uses: { shared: [], records: 760, deliveryStreams: 1 },
  exercises: { 'batches tried': cases.length },
  check: (context) =>
    withDelivery(context, {}, async (stream) => {
      const { world, name } = stream;
      const wrong: string[] = [];
      for (const { what, records, bytes, taken } of cases) {
        const Records = Array.from({ length: records }, () => ({ Data: Buffer.alloc(bytes, 'x') }));
        const input = { DeliveryStreamName: name, Records };
        const outcome = await world.firehose.call('PutRecordBatch', input);
        const said = `PutRecordBatch with ${what} was answered with ${wordsOf(outcome)}`;
        if (outcome.kind !== 'ok' && !isRefused(outcome)) {
          // Throttled: what is to be taken is put again, and what is to be refused would have been refused at once.
          if (!taken) return unobserved(said);
          await ask(context, world, 'PutRecordBatch', input);
        }
        context.count('batches tried');
        if (isRefused(outcome) === taken)
          wrong.push(`${said}; AWS documents that it is ${taken ? 'taken' : 'refused'}`);
      }
      return wrong.length > 0
        ? broken(wrong.join(' · '))
        : holds(`${cases.length} batches were taken and refused as documented`);
    }),
});
