/** KIN-FH-14: what is converted to Parquet is not compressed by S3's format too. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { creation, isRefused, newName, remove, withWorld, wordsOf } from './delivery-stream.ts';
import { surroundingsOf } from './lambda-processor.ts';

export const kinFh14 = statement({
  id: 'KIN-FH-14',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence: 'A destination that converts the format of records refuses a CompressionFormat other than UNCOMPRESSED.',
  source: 'Data Firehose developer guide, record format conversion',
  fault: 'fh.conv-gzip',
  needs: ['firehose', 'firehose-surroundings'],
  exercises: { 'conversions tried': 4 },
  check: (context) =>
    withWorld(context, async (world) => {
      const DataFormatConversionConfiguration = {
        SchemaConfiguration: { ...surroundingsOf(world).table, RoleARN: world.place.roleArn },
        InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
      };
      const wrong: string[] = [];
      for (const CompressionFormat of ['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy'] as const) {
        const name = newName(context);
        const outcome = await world.firehose.call(
          'CreateDeliveryStream',
          creation(context, world, name, { CompressionFormat, DataFormatConversionConfiguration }),
        );
        if (outcome.kind === 'ok') await remove(context, world, name);
        const said = `CreateDeliveryStream with DataFormatConversionConfiguration and CompressionFormat ${CompressionFormat} was answered with ${wordsOf(outcome)}`;
        const control = CompressionFormat === 'UNCOMPRESSED';
        // Without the control nothing tells what the others are refused for.
        if (control ? outcome.kind !== 'ok' : outcome.kind !== 'ok' && !isRefused(outcome)) return unobserved(said);
        context.count('conversions tried');
        if (!control && outcome.kind === 'ok') wrong.push(said);
      }
      return wrong.length > 0
        ? broken(`${wrong.join(' · ')}; AWS documents that compression is chosen in the serializer alone`)
        : holds('a conversion was taken without a compression, and refused with GZIP, ZIP and Snappy');
    }),
});
