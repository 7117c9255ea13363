/** KIN-FH-15: what a destination does not take is kept and tried again. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { broken, holds, statement } from '../statement.ts';
import { haveAll, objectsOf, putTexts, textOf, withDelivery } from './delivery-stream.ts';
import { surroundingsOf } from './lambda-processor.ts';

const RECORDS = 12;
const PAUSE_NS = 300 * NS_PER_S;
/** Pauses between tries grow to minutes. */
const PATIENCE_NS = 3600 * NS_PER_S;

export const kinFh15 = statement({
  id: 'KIN-FH-15',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence:
    'While S3 cannot be written, delivery is retried for up to 24 hours, and nothing that was acknowledged is lost.',
  source: 'Data Firehose developer guide, data delivery failure handling (S3); RetryOptions',
  fault: 'fh.drop-on-503',
  needs: ['firehose', 'firehose-surroundings', 'clock'],
  lane: 'slow',
  uses: { shared: [] },
  exercises: { 'records put': RECORDS, 'objects read': 1 },
  check: (context) =>
    withDelivery(context, { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } }, async (stream) => {
      const { setStore } = surroundingsOf(stream.world);
      const records = Array.from({ length: RECORDS }, () => `<${context.data()}>`);
      setStore('down');
      try {
        for (const record of records) {
          // The deadline of a check is for one that waits for answers; this one waits for nobody.
          await putTexts({ ...context, deadlineNs: Number.POSITIVE_INFINITY }, stream, [record]);
          await sleepFor(context.clock, PAUSE_NS);
        }
      } finally {
        setStore('up');
      }
      const objects = await objectsOf(context, stream, haveAll(records), PATIENCE_NS);
      const missing = records.filter((record) => !textOf(objects).includes(record)).length;
      const said = `${RECORDS} records were acknowledged in an hour in which S3 answered 503`;
      return missing === 0
        ? holds(`${said}; all were delivered when it took objects again`)
        : broken(
            `${said}; ${missing} of them were not delivered within an hour after it; AWS documents retries for 24 hours`,
          );
    }),
});
