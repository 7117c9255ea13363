/** KIN-FH-04: an object is its records, and nothing between. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { haveAll, objectsOf, putTexts, textOf, withDelivery } from './delivery-stream.ts';

export const kinFh04 = statement({
  id: 'KIN-FH-04',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence:
    'An object holds its records unchanged, one behind the other; something stands between them only where AppendDelimiterToRecord says so.',
  source: 'PutRecord (add a delimiter yourself), AppendDelimiterToRecord',
  fault: 'fh.adds-newline',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 2 },
  exercises: { 'records put': 8, 'objects read': 2 },
  check: async (context) => {
    const BufferingHints = { SizeInMBs: 1, IntervalInSeconds: 1 };
    const Processors = [{ Type: 'AppendDelimiterToRecord' as const }];
    for (const delimiter of ['', '\n']) {
      const ProcessingConfiguration = { Enabled: delimiter !== '', Processors };
      const destination = { BufferingHints, ...(delimiter !== '' && { ProcessingConfiguration }) };
      const finding = await withDelivery(context, destination, async (stream) => {
        const records = ['one', 'two', 'three', 'ü'].map((word) => `<${word} ${context.data()}>`);
        await putTexts(context, stream, records);
        const objects = await objectsOf(context, stream, haveAll(records));
        const said = `${records.length} records ${delimiter === '' ? 'without a delimiter' : 'with AppendDelimiterToRecord'}`;
        if (!haveAll(records)(objects)) return unobserved(`${said} were not all delivered within 40 s`);
        // AWS writes "between records": behind the last one of an object it may stand or not.
        const whole = objects
          .map((object) => textOf([object]))
          .map((text) => (text.endsWith(delimiter) ? text : text + delimiter));
        // In which order, and whether once, is not the question here.
        const rest = records.reduce((left, record) => left.replaceAll(`${record}${delimiter}`, ''), whole.join(''));
        if (rest !== '')
          return broken(
            `${said} were delivered with ${JSON.stringify(rest.slice(0, 200))} besides: ${JSON.stringify(textOf(objects).slice(0, 300))}`,
          );
        return textOf(objects).includes(delimiter)
          ? holds(`${said} were delivered as they were put`)
          : unobserved(`${said} were delivered in ${objects.length} objects of one each, so nothing is between them`);
      });
      if (finding.outcome !== 'holds') return finding;
    }
    return holds('records stand one behind the other, and with a line feed between them where the processor is on');
  },
});
