/**
 * The processors of a destination: their parameters, checked and with AWS's defaults filled in (source: ProcessorParameter in the
 * service model and the developer guide; texts assumed unless said otherwise).
 */
import type { ExtendedS3Configuration, ProcessingConfiguration } from '../../protocol/firehose/operations.ts';
import type { Deaggregation } from './deaggregation.ts';
import type { LambdaSettings } from './lambda-transformation.ts';
import type { ObjectPrefix } from './object-prefix.ts';

/** What records go through. */
export interface ProcessingSettings {
  readonly deaggregation: Deaggregation | undefined;
  readonly lambda: LambdaSettings | undefined;
  /** Where records are put into partitions: how long S3 is tried with an object of one. */
  readonly partitions: { readonly retryMs: number } | undefined;
  /** The expression of jq that partition keys are read off by. */
  readonly query: string | undefined;
}

/** The least size of the buffer of a partition, in MB. */
const PARTITIONED_SIZE_MIB_MIN = 64;
const PARTITION_RETRY_S_DEFAULT = 300;

export type Processor = NonNullable<ProcessingConfiguration['Processors']>[number];
type ProcessorType = Processor['Type'];
type ParameterName = NonNullable<Processor['Parameters']>[number]['ParameterName'];

/** Processors that this reference has. */
const built: readonly ProcessorType[] = [
  'AppendDelimiterToRecord',
  'Lambda',
  'MetadataExtraction',
  'RecordDeAggregation',
];

/** Those of them that only partitions have. */
const partitioning: readonly ProcessorType[] = ['MetadataExtraction', 'RecordDeAggregation'];

/** The part of a configuration that is about processors: every kind of destination has it. */
type Processed = Pick<ExtendedS3Configuration, 'ProcessingConfiguration'>;

/** Defaults of the Lambda processor (observed in descriptions; the role is that of the destination). */
const lambdaDefaults = { NumberOfRetries: '3', BufferSizeInMBs: '1', BufferIntervalInSeconds: '60' } as const;
/** Bounds: retries assumed, the others the developer guide's. */
const lambdaBounds = {
  NumberOfRetries: { min: 0, max: 300, whole: true },
  BufferSizeInMBs: { min: 0.2, max: 3, whole: false },
  BufferIntervalInSeconds: { min: 0, max: 900, whole: true },
} as const;

/** The first processor that is asked for and that nobody has built. */
export function unbuiltProcessor(configuration: Processed): string | undefined {
  const other = processorsOf(configuration).find(({ Type }) => !built.includes(Type));
  return other && `The processor ${other.Type} (ProcessingConfiguration)`;
}

/** What is wrong with the processors of a configuration. */
export function wrongProcessor(configuration: Processed): string | undefined {
  const processors = configuration.ProcessingConfiguration?.Processors ?? [];
  if (processors.filter(({ Type }) => Type === 'Lambda').length > 1)
    return 'Only one Lambda processor can be in a ProcessingConfiguration.';
  for (const processor of processors) {
    const wrong = wrongIn[processor.Type]?.(processor);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** A configuration with the parameters of its processors filled in. */
export function fillProcessors({
  ProcessingConfiguration: given,
  RoleARN,
}: Processed & Pick<ExtendedS3Configuration, 'RoleARN'>): ProcessingConfiguration | undefined {
  if (!given?.Processors) return given;
  const Processors = given.Processors.map((processor) => {
    if (processor.Type !== 'Lambda') return processor;
    const names = ['LambdaArn', 'NumberOfRetries', 'RoleArn', 'BufferSizeInMBs', 'BufferIntervalInSeconds'] as const;
    const values = { ...lambdaDefaults, RoleArn: RoleARN, LambdaArn: '' };
    const Parameters = names.map((ParameterName) => ({
      ParameterName,
      ParameterValue: parameter(processor, ParameterName) ?? values[ParameterName],
    }));
    return { ...processor, Parameters };
  });
  return { ...given, Processors };
}

/** What the processors of a checked and filled configuration come to. */
export function processingOf(
  configuration: Processed & Pick<ExtendedS3Configuration, 'DynamicPartitioningConfiguration'>,
): ProcessingSettings {
  const processors = processorsOf(configuration);
  const of = (type: ProcessorType) => processors.find(({ Type }) => Type === type);
  const lambda = of('Lambda');
  const deaggregation = of('RecordDeAggregation');
  const extraction = of('MetadataExtraction');
  return {
    deaggregation: deaggregation && deaggregationOf(deaggregation),
    lambda: lambda && lambdaOf(lambda),
    partitions: partitionsOf(configuration),
    query: extraction && parameter(extraction, 'MetadataExtractionQuery'),
  };
}

/** The default is that of the templates and constructs of AWS; the service model names none. */
function partitionsOf({
  DynamicPartitioningConfiguration: given,
}: Pick<ExtendedS3Configuration, 'DynamicPartitioningConfiguration'>): ProcessingSettings['partitions'] {
  const { DurationInSeconds = PARTITION_RETRY_S_DEFAULT } = given?.RetryOptions ?? {};
  return given?.Enabled === true ? { retryMs: DurationInSeconds * 1000 } : undefined;
}

/** The processors that are switched on. */
export function processorsOf({ ProcessingConfiguration: given }: Processed): readonly Processor[] {
  return given?.Enabled === true ? (given.Processors ?? []) : [];
}

/** The value of a parameter. */
export function parameter({ Parameters = [] }: Processor, name: ParameterName): string | undefined {
  return Parameters.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
}

function lambdaOf(processor: Processor): LambdaSettings {
  const value = (name: keyof typeof lambdaDefaults) => Number(parameter(processor, name) ?? lambdaDefaults[name]);
  return {
    functionArn: parameter(processor, 'LambdaArn')!,
    retries: value('NumberOfRetries'),
    bufferBytes: value('BufferSizeInMBs') * 1_048_576,
    bufferMs: value('BufferIntervalInSeconds') * 1000,
  };
}

function deaggregationOf(processor: Processor): Deaggregation {
  if (parameter(processor, 'SubRecordType') === 'JSON') return { type: 'JSON' };
  return { type: 'DELIMITED', delimiter: Buffer.from(parameter(processor, 'Delimiter')!, 'base64') };
}

const wrongIn: Partial<Record<ProcessorType, (processor: Processor) => string | undefined>> = {
  Lambda: wrongLambda,
  MetadataExtraction(processor) {
    if (parameter(processor, 'MetadataExtractionQuery') === undefined)
      return 'MetadataExtractionQuery is required for the processor MetadataExtraction.';
    const engine = parameter(processor, 'JsonParsingEngine');
    return engine === 'JQ-1.6' ? undefined : 'JsonParsingEngine must be JQ-1.6 for the processor MetadataExtraction.';
  },
  RecordDeAggregation(processor) {
    const type = parameter(processor, 'SubRecordType');
    if (type !== 'JSON' && type !== 'DELIMITED')
      return 'SubRecordType must be JSON or DELIMITED for the processor RecordDeAggregation.';
    const delimiter = parameter(processor, 'Delimiter');
    if (type === 'JSON') return undefined;
    const bytes =
      delimiter !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(delimiter) && Buffer.from(delimiter, 'base64');
    return bytes && bytes.length > 0
      ? undefined
      : 'Delimiter must be given in base64 where SubRecordType is DELIMITED.';
  },
};

/** What is said of processors that are for partitions alone, where there are none (text observed). */
export function strayProcessor(configuration: Processed): string | undefined {
  const stray = processorsOf(configuration).find(({ Type }) => partitioning.includes(Type));
  const model = 'com.amazonaws.services.firehose.internal.model';
  return stray && `class ${model}.${stray.Type}Processor can only be present when Dynamic Partitioning is enabled.`;
}

/** What is wrong with how a configuration puts records into partitions (texts observed, but for that of the interval). */
export function wrongPartitioning(configuration: ExtendedS3Configuration, prefix: ObjectPrefix): string | undefined {
  const { BufferingHints: hints, DynamicPartitioningConfiguration: given } = configuration;
  const has = (type: ProcessorType) => processorsOf(configuration).some(({ Type }) => Type === type);
  if (given?.Enabled !== true) {
    if (prefix.keys.length > 0)
      return 'Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.';
    return strayProcessor(configuration);
  }
  const from = (place: 'query' | 'lambda') => prefix.keys.some((key) => key.from === place);
  if (!has('Lambda') && !has('MetadataExtraction'))
    return 'Processing Configuration is not enabled when DataPartitioning is enabled';
  if (prefix.keys.length === 0)
    return 'S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled';
  if (from('query') && !has('MetadataExtraction'))
    return 'MetadataExtraction processor should be present when S3 Prefix has partitionKeyFromQuery namespace';
  if (from('lambda') && !has('Lambda'))
    return 'Lambda should be present when S3 Prefix contains keys from partitionKeyFromLambda namespace';
  if ((hints?.SizeInMBs ?? PARTITIONED_SIZE_MIB_MIN) < PARTITIONED_SIZE_MIB_MIN)
    return 'BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.';
  if (hints?.IntervalInSeconds === 0)
    return 'BufferingHints.IntervalInSeconds must not be 0 when Dynamic Partitioning is enabled.';
  return undefined;
}

function wrongLambda(processor: Processor): string | undefined {
  const arn = parameter(processor, 'LambdaArn');
  if (arn === undefined) return 'LambdaArn is required for the processor Lambda.';
  if (!/^arn:[^:]*:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(arn))
    return `LambdaArn ${arn} is not the ARN of a function.`;
  for (const [name, { min, max, whole }] of entries(lambdaBounds)) {
    const text = parameter(processor, name);
    if (text === undefined) continue;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value)))
      return `${name} ${text} is not a${whole ? ' whole' : ''} number from ${min} to ${max}.`;
  }
  return undefined;
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][];
function entries(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record);
}
