/** KIN-FH-01: a buffer is flushed by its size. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { objectsOf, putTexts, withDelivery } from './delivery-stream.ts';

const MIB = 1_048_576;
const RECORDS = 8;
const RECORD_BYTES = 150 * 1024;

export const kinFh01 = statement({
  id: 'KIN-FH-01',
  level: 'SHOULD',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'What is buffered is delivered when it reaches SizeInMBs, however long IntervalInSeconds is.',
  source: 'CreateDeliveryStream, BufferingHints',
  fault: 'fh.size-ignored',
  needs: ['firehose'],
  uses: { shared: [], payloadUnits: 84, deliveryStreams: 1 },
  exercises: { 'records put': RECORDS, 'objects read': 1 },
  check: (context) =>
    withDelivery(context, { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } }, async (stream) => {
      const records = Array.from({ length: RECORDS }, (_, index) => String(index).repeat(RECORD_BYTES));
      await putTexts(context, stream, records);
      const whole = ({ body }: { readonly body: Buffer }) => body.length >= MIB;
      const objects = await objectsOf(context, stream, (all) => all.some(whole));
      const said = `${RECORDS} records of 150 KiB, 1.2 times SizeInMBs 1, with IntervalInSeconds 900`;
      if (objects.length === 0)
        return broken(
          `${said}: no object after 40 s; AWS documents a flush by size or interval, whichever comes first`,
        );
      const sizes = objects.map(({ body }) => body.length).join(', ');
      // AWS may buffer in parallel when it scales: smaller objects say nothing.
      return objects.some(whole)
        ? holds(`${said}: objects of ${sizes} bytes`)
        : unobserved(`${said}: objects of ${sizes} bytes, split, or flushed by something else`);
    }),
});
