/** KIN-FH-06: what was acknowledged is delivered. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { haveAll, objectsOf, putTexts, textOf, withDelivery } from './delivery-stream.ts';

const BATCHES = 3;
const BATCH = 10;
/** How long records are waited for that others have overtaken: a put of an object that S3 refused is tried again. */
const PATIENCE_NS = 120 * NS_PER_S;

export const kinFh06 = statement({
  id: 'KIN-FH-06',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'Every record that was acknowledged is delivered, at least once.',
  source: 'PutRecordBatch; Data Firehose developer guide, data delivery',
  fault: 'fh.lose-on-rotate',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 1 },
  exercises: { 'records put': BATCHES * BATCH, 'objects read': 2 },
  check: (context) =>
    withDelivery(context, { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 1 } }, async (stream) => {
      const records: string[] = [];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const texts = Array.from({ length: BATCH }, () => `<${context.data()}>`);
        await putTexts(context, stream, texts);
        records.push(...texts);
        // Longer than a buffer lasts: the next batch is in another one.
        await sleepFor(context.clock, 2 * NS_PER_S);
      }
      const objects = await objectsOf(context, stream, haveAll(records), PATIENCE_NS);
      const delivered = textOf(objects);
      const missing = records.flatMap((record, index) => (delivered.includes(record) ? [] : [index]));
      const said = `${records.length} records were acknowledged, ${missing.length} of them are in none of ${objects.length} objects two minutes later`;
      if (missing.length === 0) return holds(`${records.length} records were acknowledged and delivered`);
      // What was put later has overtaken them: they do not wait in the same buffer any more.
      const overtaken = missing.filter((index) => records.slice(index + 1).some((later) => delivered.includes(later)));
      return overtaken.length > 0
        ? broken(`${said}, among them number ${overtaken[0]! + 1}, although records put after it were delivered`)
        : unobserved(`${said}; they may still come`);
    }),
});
