/**
 * A delivery stream that somebody else made: what it does with records and where it puts them is read off its description. Nothing
 * of it is ever altered, and nothing that it wrote is removed.
 */
import type { DeliveryPlace } from '../fleet/context.ts';
import { OperatorError } from '../operator-error.ts';
import type { CompressionFormat, ExtendedS3DestinationDescription } from '../protocol/firehose/operations.ts';
import { formOf } from '../scenario/delivered-form.ts';
import { heldNs } from '../scenario/delivery-destination.ts';
import type { DeliveryCompression, DeliveryPlan, ParquetPlan, Plan, ProcessingPlan } from '../scenario/plan.ts';
import { formatDuration } from '../scenario/units.ts';
import { must } from '../target/answer.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import { formats } from './delivery-destination.ts';
import { BEFORE_RUN_MS } from './sweep.ts';

const compressions = Object.fromEntries(Object.entries(formats).map(([word, format]) => [format, word])) as Readonly<
  Record<CompressionFormat, DeliveryCompression>
>;

/** Where it delivers, and how. Rejects with an OperatorError for one that cannot be followed. */
export async function existingPlace(
  plan: DeliveryPlan & { readonly use: string },
  { fleets, phases }: Pick<Plan, 'fleets' | 'phases'>,
  firehose: FirehoseClient,
  nowMs: number,
): Promise<DeliveryPlace> {
  const name = plan.use;
  const outcome = await firehose.call('DescribeDeliveryStream', { DeliveryStreamName: name });
  const { DeliveryStreamDescription: described } = must('DescribeDeliveryStream', name, outcome);
  const [destination] = described.Destinations;
  const s3 = destination?.ExtendedS3DestinationDescription;
  if (described.DeliveryStreamType !== 'DirectPut')
    throw refused(name, 'takes its records from a stream', 'name one that is put to directly');
  if (!s3) throw refused(name, 'does not deliver to S3', 'name one whose objects can be read');
  const found = { ...plan, ...foundIn(s3) };
  const drain = phases.find((phase) => phase.kind === 'drain');
  const everyNs = fleets.flatMap((fleet) =>
    'delivery' in fleet && fleet.delivery === plan.alias ? [fleet.everyNs] : [],
  );
  const needNs = heldNs(found) + Math.max(0, ...everyNs);
  if (drain && drain.withinNs <= needNs)
    throw refused(
      name,
      `may hold a record for ${formatDuration(needNs)} until it is listed, and the drain is over before`,
      `within: ${formatDuration(2 * needNs)}`,
    );
  const form = formOf(found, fleets);
  return {
    plan: found,
    name,
    bucket: s3.BucketARN.replace(/^.*:/, ''),
    prefix: literalOf(s3.Prefix),
    form,
    errorPrefix: s3.ErrorOutputPrefix === undefined ? null : literalOf(s3.ErrorOutputPrefix),
    sinceMs: nowMs - BEFORE_RUN_MS,
  };
}

function refused(name: string, what: string, hint: string): OperatorError {
  return new OperatorError(`the delivery stream ${name} ${what}`, { code: 'delivery-refused', hint });
}

/** What keys begin with, whatever expressions come to. */
function literalOf(prefix = ''): string {
  return prefix.split('!{')[0]!;
}

function foundIn(s3: ExtendedS3DestinationDescription) {
  const { BufferingHints: hints, CompressionFormat, Prefix = '' } = s3;
  const processing = processingIn(s3);
  return {
    bufferBytes: (hints.SizeInMBs ?? 5) * 2 ** 20,
    intervalNs: (hints.IntervalInSeconds ?? 300) * 1e9,
    compression: compressions[CompressionFormat],
    prefix: Prefix,
    ...(processing && { processing }),
  };
}

function processingIn(s3: ExtendedS3DestinationDescription): ProcessingPlan | undefined {
  const { ProcessingConfiguration: given, DataFormatConversionConfiguration: conversion } = s3;
  const processors = given?.Enabled === true ? (given.Processors ?? []) : [];
  const lambda = processors.find(({ Type }) => Type === 'Lambda');
  const valueOf = (name: string) =>
    lambda?.Parameters?.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
  // Which columns a table has is not asked: without them nothing that was converted can be compared.
  const parquet: ParquetPlan | undefined =
    conversion && conversion.Enabled !== false ? { table: '', columns: {}, compression: 'snappy' } : undefined;
  const delimited = processors.some(({ Type }) => Type === 'AppendDelimiterToRecord');
  if (!lambda && !parquet && !delimited) return undefined;
  return {
    ...(lambda && {
      lambda: {
        function: valueOf('LambdaArn') ?? '',
        bufferMiB: Number(valueOf('BufferSizeInMBs') ?? 1),
        intervalNs: Number(valueOf('BufferIntervalInSeconds') ?? 60) * 1e9,
        retries: Number(valueOf('NumberOfRetries') ?? 3),
      },
    }),
    ...(delimited && { delimiter: true as const }),
    ...(parquet && { parquet }),
  };
}
