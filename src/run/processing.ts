/**
 * What delivery streams process records with, as a target is asked for it: functions and tables by their names there. The reference is
 * given both as it starts; anywhere else a function is an ARN, and a table stands in the data catalog.
 */
import { basename, join, resolve } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';
import type { CreateDeliveryStreamInput } from '../protocol/firehose/operations.ts';
import type { DeliveryPlan, LambdaPlan, ParquetPlan, ProcessingPlan } from '../scenario/plan.ts';
import type { DeliveryEndpoint } from '../target/target.ts';

type Configuration = NonNullable<CreateDeliveryStreamInput['ExtendedS3DestinationConfiguration']>;
type Processors = NonNullable<NonNullable<Configuration['ProcessingConfiguration']>['Processors']>;

/** What the reference is to be given for these delivery streams. @param folder where the scenario names files from */
export function givenFor(deliveries: readonly DeliveryPlan[], folder: string) {
  const lambdas: Record<string, string> = {};
  const tables: Record<string, ParquetPlan['columns']> = {};
  for (const { processing } of deliveries) {
    const { lambda, parquet } = processing ?? {};
    if (lambda && !lambda.function.startsWith('arn:')) lambdas[nameOf(lambda)] = placeOf(lambda, folder);
    if (parquet) tables[parquet.table] = parquet.columns;
  }
  return { lambdas, tables };
}

/** Its name in an ARN. */
function nameOf({ function: written }: LambdaPlan): string {
  return basename(written).replace(/\.m?js$/, '');
}

/** The URL of its endpoint, or the file of its module. */
function placeOf({ function: written }: LambdaPlan, folder: string): string {
  if (/^https?:/.test(written)) return new URL(written).origin;
  return /\.m?js$/.test(written) ? resolve(folder, written) : join(packageRoot, 'examples', 'lambda', `${written}.mjs`);
}

/** The part of a destination that processes records. Throws OperatorError `target-lacks` for a function that the target cannot be given. */
export function processingOf(
  plan: ProcessingPlan,
  region: string,
  endpoint: DeliveryEndpoint,
): Pick<
  Configuration,
  'ProcessingConfiguration' | 'DynamicPartitioningConfiguration' | 'DataFormatConversionConfiguration'
> {
  const { lambda, delimiter, partition, parquet } = plan;
  const Processors: Processors = [
    ...(lambda ? [lambdaProcessor(lambda, arnOf(lambda, region, endpoint))] : []),
    ...(partition ? [extraction(partition)] : []),
    ...(delimiter ? [{ Type: 'AppendDelimiterToRecord' as const, Parameters: [parameter('Delimiter', '\\n')] }] : []),
  ];
  return {
    ...(Processors.length > 0 && { ProcessingConfiguration: { Enabled: true, Processors } }),
    ...(partition && { DynamicPartitioningConfiguration: { Enabled: true } }),
    ...(parquet && { DataFormatConversionConfiguration: conversionOf(parquet, endpoint) }),
  };
}

function arnOf(lambda: LambdaPlan, region: string, { roleArn, takesProcessing }: DeliveryEndpoint): string {
  if (lambda.function.startsWith('arn:')) return lambda.function;
  if (takesProcessing) return `arn:aws:lambda:${region}:${roleArn.split(':')[4]}:function:${nameOf(lambda)}`;
  throw new OperatorError(`the target cannot be given the function ${lambda.function}`, {
    code: 'target-lacks',
    exitCode: ExitCode.unreachable,
    hint: 'put the function there and name its ARN: --set delivery.ALIAS.lambda=arn:aws:lambda:…',
  });
}

function lambdaProcessor({ bufferMiB, intervalNs, retries }: LambdaPlan, arn: string): Processors[number] {
  return {
    Type: 'Lambda',
    Parameters: [
      parameter('LambdaArn', arn),
      parameter('NumberOfRetries', String(retries)),
      parameter('BufferSizeInMBs', String(bufferMiB)),
      parameter('BufferIntervalInSeconds', String(intervalNs / 1e9)),
    ],
  };
}

/** One query for all keys. */
function extraction(partition: Readonly<Record<string, string>>): Processors[number] {
  const query = Object.entries(partition).map(([key, jq]) => `${key}: (${jq})`);
  return {
    Type: 'MetadataExtraction',
    Parameters: [
      parameter('MetadataExtractionQuery', `{${query.join(', ')}}`),
      parameter('JsonParsingEngine', 'JQ-1.6'),
    ],
  };
}

type Parameter = NonNullable<Processors[number]['Parameters']>[number];

function parameter(ParameterName: Parameter['ParameterName'], ParameterValue: string): Parameter {
  return { ParameterName, ParameterValue };
}

const codecs = { snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const;

function conversionOf({ table, compression }: ParquetPlan, { roleArn }: DeliveryEndpoint) {
  const [DatabaseName, TableName] = table.split('.') as [string, string];
  return {
    Enabled: true,
    SchemaConfiguration: { RoleARN: roleArn, DatabaseName, TableName },
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: codecs[compression] } } },
  };
}
