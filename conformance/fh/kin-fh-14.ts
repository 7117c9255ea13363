/** KIN-FH-14: what is converted to Parquet goes to S3, and is not compressed by S3's format too. */
import type { CreateDeliveryStreamInput } from '../../src/protocol/firehose/operations.ts';
import type { Context } from '../context.ts';
import type { DeliveryWorld } from '../delivery-world.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { creation, isRefused, newName, remove, withWorld, wordsOf } from './delivery-stream.ts';
import { surroundingsOf } from './lambda-processor.ts';

export const kinFh14 = statement({
  id: 'KIN-FH-14',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence:
    'A destination that converts the format of records refuses a CompressionFormat other than UNCOMPRESSED; one that is not S3 does not convert.',
  source: 'Data Firehose developer guide, record format conversion',
  fault: 'fh.conv-gzip',
  needs: ['firehose', 'firehose-surroundings'],
  uses: { shared: [] },
  exercises: { 'conversions tried': 4, 'other destinations tried': 1 },
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
        if (!control && outcome.kind === 'ok')
          wrong.push(`${said}; AWS documents that compression is chosen in the serializer alone`);
      }
      const elsewhere = await convertedElsewhere(context, world, DataFormatConversionConfiguration);
      if (elsewhere !== undefined) wrong.push(elsewhere);
      return wrong.length > 0
        ? broken(wrong.join(' · '))
        : holds('a conversion was taken without a compression, and refused with GZIP, ZIP and Snappy, and elsewhere');
    }),
});

/**
 * How an HTTP endpoint was made a destination that converts; undefined where it was not. The service model has no member for
 * it, and who leaves out what it does not know may well answer with success: then what it describes has to be without it.
 */
async function convertedElsewhere(
  context: Context,
  world: DeliveryWorld,
  conversion: object,
): Promise<string | undefined> {
  for (const more of [{}, { DataFormatConversionConfiguration: conversion }]) {
    const name = newName(context);
    const { ExtendedS3DestinationConfiguration: bucket, ...named } = creation(context, world, name, {});
    const HttpEndpointDestinationConfiguration = {
      EndpointConfiguration: { Url: 'https://127.0.0.1/never-called' },
      RoleARN: world.place.roleArn,
      S3Configuration: bucket,
      ...more,
    };
    const input: CreateDeliveryStreamInput = { ...named, HttpEndpointDestinationConfiguration };
    const outcome = await world.firehose.call('CreateDeliveryStream', input);
    const shown =
      outcome.kind === 'ok' && (await world.firehose.call('DescribeDeliveryStream', { DeliveryStreamName: name }));
    if (outcome.kind === 'ok') await remove(context, world, name);
    // An endpoint that knows no such destination refuses it with a conversion and without.
    if (!Object.hasOwn(more, 'DataFormatConversionConfiguration')) {
      if (outcome.kind !== 'ok' && !isRefused(outcome)) return undefined;
      context.count('other destinations tried');
      continue;
    }
    if (shown && JSON.stringify(shown.kind === 'ok' && shown.output).includes('"OutputFormatConfiguration"'))
      return 'CreateDeliveryStream of an HTTP endpoint with DataFormatConversionConfiguration succeeded, and DescribeDeliveryStream shows the conversion; AWS documents that only S3 can be the destination then';
  }
  return undefined;
}
