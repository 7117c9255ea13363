/** KIN-FH-09: what is compressed can be opened. */
import { openBody, type BodyCompression } from '../../src/wire/object-body.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { objectsOf, putTexts, withDelivery } from './delivery-stream.ts';

const formats: readonly (readonly ['GZIP' | 'ZIP' | 'Snappy' | 'HADOOP_SNAPPY', BodyCompression])[] = [
  ['GZIP', 'gzip'],
  ['ZIP', 'zip'],
  ['Snappy', 'snappy'],
  ['HADOOP_SNAPPY', 'hadoop-snappy'],
];

export const kinFh09 = statement({
  id: 'KIN-FH-09',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence:
    'Objects that are compressed with GZIP, ZIP, Snappy or HADOOP_SNAPPY are opened to the bytes of their records.',
  source: 'S3DestinationConfiguration, CompressionFormat',
  fault: 'fh.gzip-truncated',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 4 },
  exercises: { 'objects read': formats.length },
  check: async (context) => {
    for (const [CompressionFormat, compression] of formats) {
      const destination = { CompressionFormat, BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 1 } };
      const finding = await withDelivery(context, destination, async (stream) => {
        const record = context.data().repeat(1000);
        await putTexts(context, stream, [record]);
        const [object] = await objectsOf(context, stream, (all) => all.length > 0);
        if (!object) return unobserved(`nothing was delivered with ${CompressionFormat} within 40 s`);
        const said = `an object of ${object.body.length} bytes with ${CompressionFormat}`;
        try {
          const opened = openBody(object.body, compression).toString();
          return opened.replaceAll(record, '') === ''
            ? holds(said)
            : broken(`${said} holds ${JSON.stringify(opened.slice(0, 100))}… and not the record`);
        } catch (error) {
          return broken(`${said} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
        }
      });
      if (finding.outcome !== 'holds') return finding;
    }
    return holds('objects of all four formats were opened to the bytes of their records');
  },
});
