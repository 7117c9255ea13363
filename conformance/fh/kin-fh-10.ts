/** KIN-FH-10: what becomes of a record that went through a function. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { type Delivered, failedIn, objectsOf, putTexts, textOf, withDelivery } from './delivery-stream.ts';
import { textIn, through } from './lambda-processor.ts';

const results = { ok: 'Ok', drop: 'Dropped', fail: 'ProcessingFailed' } as const;

export const kinFh10 = statement({
  id: 'KIN-FH-10',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence:
    'Of what a Lambda function answers, Ok is delivered as it returned it, Dropped is not delivered, and ProcessingFailed goes under the error prefix.',
  source: 'Data Firehose developer guide, data transformation',
  fault: 'fh.dropped-delivered',
  needs: ['firehose', 'firehose-surroundings'],
  uses: { shared: [] },
  exercises: { 'records through the function': 3, 'objects read': 2 },
  check: (context) => {
    const destination = through('fh-10', ({ records }) => ({
      records: records.map((record) => {
        const text = textIn(record);
        const result = text === 'ok' || text === 'drop' ? results[text] : results.fail;
        context.count('records through the function');
        return { recordId: record.recordId, result, data: Buffer.from(`made of ${text};`).toString('base64') };
      }),
    }));
    return withDelivery(context, destination, async (stream) => {
      await putTexts(context, stream, Object.keys(results));
      const under = (objects: readonly Delivered[], prefix: string) =>
        objects.filter(({ key }) => key.startsWith(prefix));
      const both = (all: readonly Delivered[]) =>
        under(all, 'data/').length > 0 && under(all, 'errors/processing-failed/').length > 0;
      await objectsOf(context, stream, both);
      // What was dropped would come with the others, or right behind them.
      await sleepFor(context.clock, 5 * NS_PER_S);
      const objects = await objectsOf(context, stream, () => true);
      const data = textOf(under(objects, 'data/'));
      const failed = failedIn(under(objects, 'errors/processing-failed/'));
      const said = `a function answered Ok, Dropped and ProcessingFailed of three records; delivered was ${JSON.stringify(data)}, and under errors/processing-failed/ ${JSON.stringify(failed)}`;
      // Delivery is at least once.
      const asReturned = data !== '' && data.replaceAll('made of ok;', '') === '';
      if (asReturned && [...new Set(failed)].join() === 'fail') return holds(said);
      if (objects.length === 0) return unobserved(`${said}: nothing was delivered`);
      return broken(`${said}; AWS documents "made of ok;" and "fail"`);
    });
  },
});
