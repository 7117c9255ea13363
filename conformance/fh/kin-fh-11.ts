/** KIN-FH-11: a record that a function does not give back under its id has failed. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { type Delivered, failedIn, objectsOf, putTexts, textOf, withDelivery } from './delivery-stream.ts';
import { textIn, through } from './lambda-processor.ts';

export const kinFh11 = statement({
  id: 'KIN-FH-11',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence: 'A record whose recordId is wrong or missing in what a Lambda function answers is treated as failed.',
  source: 'Data Firehose developer guide, data transformation (recordId)',
  fault: 'fh.recordid-unchecked',
  needs: ['firehose', 'firehose-surroundings'],
  uses: { shared: [] },
  exercises: { 'records through the function': 3, 'objects read': 2 },
  check: (context) => {
    const destination = through('fh-11', ({ records }) => ({
      records: records.flatMap((record) => {
        context.count('records through the function');
        const text = textIn(record);
        if (text === 'missing') return [];
        const recordId = text === 'wrong' ? `${record.recordId}x` : record.recordId;
        return [{ recordId, result: 'Ok' as const, data: record.data }];
      }),
    }));
    return withDelivery(context, destination, async (stream) => {
      await putTexts(context, stream, ['right', 'wrong', 'missing']);
      const under = (objects: readonly Delivered[], prefix: string) =>
        objects.filter(({ key }) => key.startsWith(prefix));
      const failures = (all: readonly Delivered[]) =>
        [...new Set(failedIn(under(all, 'errors/processing-failed/')))].sort().join(', ');
      const objects = await objectsOf(
        context,
        stream,
        (all) => textOf(under(all, 'data/')) !== '' && failures(all) !== '',
      );
      const data = textOf(under(objects, 'data/'));
      const said = `a function gave one of three records back under its id, one under another, one not at all; delivered was "${data}", and under errors/processing-failed/ "${failures(objects)}"`;
      if (objects.length === 0) return unobserved(`${said}: nothing came`);
      return data.replaceAll('right', '') === '' && data !== '' && failures(objects) === 'missing, wrong'
        ? holds(said)
        : broken(`${said}; AWS documents "right" and "missing, wrong"`);
    });
  },
});
