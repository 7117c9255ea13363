/**
 * The processors of a destination: their parameters, checked and with AWS's defaults filled in (source: ProcessorParameter in the
 * service model and the developer guide; texts assumed unless said otherwise).
 */
import type { ExtendedS3Configuration, ProcessingConfiguration } from '../../protocol/firehose/operations.ts';
import type { LambdaSettings } from './lambda-transformation.ts';

/** What records go through. */
export interface ProcessingSettings {
  readonly lambda: LambdaSettings | undefined;
}

export type Processor = NonNullable<ProcessingConfiguration['Processors']>[number];
type ProcessorType = Processor['Type'];
type ParameterName = NonNullable<Processor['Parameters']>[number]['ParameterName'];

/** Processors that this reference has. */
const built: readonly ProcessorType[] = ['AppendDelimiterToRecord', 'Lambda'];

/** Defaults of the Lambda processor (observed in descriptions; the role is that of the destination). */
const lambdaDefaults = { NumberOfRetries: '3', BufferSizeInMBs: '1', BufferIntervalInSeconds: '60' } as const;
/** Bounds: retries assumed, the others the developer guide's. */
const lambdaBounds = {
  NumberOfRetries: { min: 0, max: 300, whole: true },
  BufferSizeInMBs: { min: 0.2, max: 3, whole: false },
  BufferIntervalInSeconds: { min: 0, max: 900, whole: true },
} as const;

/** The first processor that is asked for and that nobody has built. */
export function unbuiltProcessor(configuration: ExtendedS3Configuration): string | undefined {
  const other = processorsOf(configuration).find(({ Type }) => !built.includes(Type));
  return other && `The processor ${other.Type} (ProcessingConfiguration)`;
}

/** What is wrong with the processors of a configuration. */
export function wrongProcessor(configuration: ExtendedS3Configuration): string | undefined {
  const processors = configuration.ProcessingConfiguration?.Processors ?? [];
  if (processors.filter(({ Type }) => Type === 'Lambda').length > 1)
    return 'Only one Lambda processor can be in a ProcessingConfiguration.';
  const lambda = processors.find(({ Type }) => Type === 'Lambda');
  return lambda && wrongLambda(lambda);
}

/** A configuration with the parameters of its processors filled in. */
export function fillProcessors({
  ProcessingConfiguration: given,
  RoleARN,
}: ExtendedS3Configuration): ProcessingConfiguration | undefined {
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
export function processingOf(configuration: ExtendedS3Configuration): ProcessingSettings {
  const lambda = processorsOf(configuration).find(({ Type }) => Type === 'Lambda');
  return { lambda: lambda && lambdaOf(lambda) };
}

/** The processors that are switched on. */
export function processorsOf({ ProcessingConfiguration: given }: ExtendedS3Configuration): readonly Processor[] {
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
