/** KIN-FH-12: a function that fails is invoked again. */
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { failedIn, objectsOf, putTexts, withDelivery } from './delivery-stream.ts';
import { through } from './lambda-processor.ts';

/** The first, and three more. */
const INVOCATIONS = 4;

export const kinFh12 = statement({
  id: 'KIN-FH-12',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence:
    'An invocation of a Lambda function that fails is retried three times by default; then its records go under processing-failed.',
  source: 'Data Firehose developer guide, data transformation failure handling',
  fault: 'fh.no-retry',
  needs: ['firehose', 'firehose-surroundings'],
  uses: { shared: [] },
  exercises: { 'invocations failed': 1, 'objects read': 1 },
  check: (context) => {
    let invocations = 0;
    const destination = through('fh-12', () => {
      invocations += 1;
      context.count('invocations failed');
      throw new Error('down');
    });
    return withDelivery(context, destination, async (stream) => {
      const records = [context.data(), context.data()];
      await putTexts(context, stream, records);
      const objects = await objectsOf(context, stream, (all) => all.length > 0);
      const failed = failedIn(objects.filter(({ key }) => key.startsWith('errors/processing-failed/')));
      const said = `a function that always fails was invoked ${invocations} times; under errors/processing-failed/ are ${failed.length} of 2 records`;
      if (objects.length === 0) return unobserved(`${said}: nothing came within 40 s`);
      if (invocations < INVOCATIONS) return broken(`${said}; AWS documents three retries by default`);
      if ([...new Set(failed)].sort().join() !== records.sort().join())
        return broken(`${said}; AWS documents all of its batch`);
      return invocations === INVOCATIONS ? holds(said) : loose(said);
    });
  },
});
