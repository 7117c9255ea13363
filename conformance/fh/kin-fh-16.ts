/** KIN-FH-16: dynamic partitioning puts each record where its key says. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { haveAll, objectsOf, putTexts, withDelivery } from './delivery-stream.ts';

const keys = ['a', 'b', 'c'];

export const kinFh16 = statement({
  id: 'KIN-FH-16',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'With dynamic partitioning each record is delivered under the prefix that its own keys make.',
  source: 'ExtendedS3DestinationConfiguration, DynamicPartitioningConfiguration; MetadataExtractionQuery',
  fault: 'fh.partition-mixed',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 1 },
  exercises: { 'records put': 12, 'objects read': keys.length },
  check: (context) => {
    const destination = {
      Prefix: '!{partitionKeyFromQuery:k}/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
      BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 5 },
      DynamicPartitioningConfiguration: { Enabled: true },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'MetadataExtraction' as const,
            Parameters: [
              { ParameterName: 'MetadataExtractionQuery' as const, ParameterValue: '{k: .k}' },
              { ParameterName: 'JsonParsingEngine' as const, ParameterValue: 'JQ-1.6' },
            ],
          },
        ],
      },
    };
    return withDelivery(context, destination, async (stream) => {
      const records = Array.from({ length: 12 }, (_, index) =>
        JSON.stringify({ k: keys[index % keys.length], text: context.data() }),
      );
      await putTexts(context, stream, records);
      const objects = await objectsOf(context, stream, haveAll(records));
      const misplaced = objects.flatMap(({ key, body }) => {
        const strangers = records.filter(
          (record) => body.includes(record) && !key.startsWith(`${JSON.parse(record).k}/`),
        );
        return strangers.map((record) => `${record} is in ${key}`);
      });
      const said = `12 records with three values of k and the prefix !{partitionKeyFromQuery:k}/`;
      if (misplaced.length > 0) return broken(`${said}: ${misplaced.slice(0, 3).join(', ')}`);
      return haveAll(records)(objects)
        ? holds(`${said}: each stands under its own`)
        : unobserved(`${said} were not all delivered within 40 s`);
    });
  },
});
