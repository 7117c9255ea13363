/**
 * The S3 destination of a delivery stream: what a configuration says, with AWS's defaults filled in and its rules checked, as
 * it is described and as delivery goes by it. Both forms of the configuration (S3, extended S3) lead to the same.
 *
 * What the reference cannot do yet is refused by name: a delivery stream that is made does what it says.
 */
import type {
  BufferingHints,
  ExtendedS3Configuration,
  ExtendedS3DestinationDescription,
  ExtendedS3Update,
  ProcessingConfiguration,
  S3DestinationDescription,
} from '../../protocol/firehose/operations.ts';
import { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import { invalid, Refusal } from '../refusal.ts';
import { compressions, type Compression } from './compression.ts';
import {
  conversionOf,
  isConverted,
  mergeConversion,
  wrongConversion,
  type Conversion,
  type Tables,
} from './conversion.ts';
import { readPrefix, tooLong, type ObjectPrefix } from './object-prefix.ts';
import {
  fillProcessors,
  processingOf,
  unbuiltProcessor,
  wrongPartitioning,
  wrongProcessor,
  type ProcessingSettings,
} from './processors.ts';
import { isZone } from './time-pattern.ts';

/** A destination as it is described, and the only form in which it is kept. */
export type S3Description = ExtendedS3DestinationDescription;

/** What delivery goes by. */
export interface S3Settings {
  readonly bucket: string;
  readonly prefix: ObjectPrefix;
  readonly zone: string;
  /** Bytes before compression. */
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly compression: Compression;
  readonly extension: string;
  /** What follows every record; empty unless a processor says so. */
  readonly delimiter: Buffer;
  /** Of what could not be processed. */
  readonly errorPrefix: ObjectPrefix;
  readonly processing: ProcessingSettings;
  /** JSON to Parquet, where records are converted: then the compression is that of the file. */
  readonly conversion: Conversion | undefined;
}

/** Hints where none are given (source: BufferingHints in the service model). */
const SIZE_MIB_DEFAULT = 5;
const INTERVAL_S_DEFAULT = 300;
const LINE_FEED = Buffer.from('\n');
/** The size where records are converted (source: the developer guide), and where they are put into partitions (assumed). */
const LARGE_SIZE_MIB_DEFAULT = 128;

/** Fills in and checks a configuration (texts assumed, unless said otherwise). */
export function describeS3(
  configuration: ExtendedS3Configuration,
  faults: StreamFaults,
  tables: Tables,
): S3Description | Refusal {
  const { CustomTimeZone: zone = '' } = configuration;
  const unbuilt = unbuiltProcessor(configuration);
  if (unbuilt !== undefined) return invalid(`${unbuilt} is not built in this reference yet.`);
  const large = configuration.DynamicPartitioningConfiguration?.Enabled === true || isConverted(configuration);
  const defaults = { sizeMib: large ? LARGE_SIZE_MIB_DEFAULT : SIZE_MIB_DEFAULT, intervalS: INTERVAL_S_DEFAULT };
  const hints = hintsOf(configuration.BufferingHints, defaults, faults);
  if (hints instanceof Refusal) return hints;
  if (zone !== '' && !isZone(zone)) return invalid(`CustomTimeZone ${zone} is not a time zone.`);
  const { S3BackupConfiguration: backup, S3BackupMode: mode = 'Disabled', ...rest } = configuration;
  if (mode === 'Enabled' && !backup) return invalid('S3BackupConfiguration is needed where S3BackupMode is Enabled.');
  const copy = mode === 'Enabled' && backup ? describeS3(backup, faults, {}) : undefined;
  if (copy instanceof Refusal) return copy;
  // A library that this machine cannot load is a defect now, and not when the first buffer is closed.
  compressions[rest.CompressionFormat ?? 'UNCOMPRESSED'].compress(Buffer.alloc(0), 'nothing');
  const wrong =
    wrongPrefix(configuration, zone || 'UTC') ??
    wrongProcessor(configuration) ??
    wrongConversion(configuration, tables, faults);
  if (wrong !== undefined) return invalid(wrong);
  const processing = fillProcessors(configuration);
  return {
    ...rest,
    ...(processing && { ProcessingConfiguration: processing }),
    BufferingHints: hints,
    CompressionFormat: rest.CompressionFormat ?? 'UNCOMPRESSED',
    EncryptionConfiguration: rest.EncryptionConfiguration ?? { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions: rest.CloudWatchLoggingOptions ?? { Enabled: false },
    S3BackupMode: mode,
    ...(copy && { S3BackupDescription: plainOf(copy) }),
  };
}

/** Hints, filled in; both are given, or neither (source: BufferingHints in the service model; text assumed). */
export function hintsOf(
  { SizeInMBs, IntervalInSeconds }: BufferingHints = {},
  { sizeMib, intervalS }: { readonly sizeMib: number; readonly intervalS: number },
  faults: StreamFaults,
): Required<BufferingHints> | Refusal {
  const single = (SizeInMBs === undefined) !== (IntervalInSeconds === undefined);
  if (single && !faults.fires('fh.hint-single-ok'))
    return invalid('Both SizeInMBs and IntervalInSeconds must be given in BufferingHints, or neither.');
  return { SizeInMBs: SizeInMBs ?? sizeMib, IntervalInSeconds: IntervalInSeconds ?? intervalS };
}

/** The plain form of a description, without what only the extended one has. */
export function plainOf(described: S3Description): S3DestinationDescription {
  const {
    ProcessingConfiguration: _processing,
    S3BackupMode: _mode,
    S3BackupDescription: _backup,
    DataFormatConversionConfiguration: _conversion,
    DynamicPartitioningConfiguration: _partitioning,
    FileExtension: _extension,
    CustomTimeZone: _zone,
    ...plain
  } = described;
  return plain;
}

/** A destination with what an update names changed, and everything else as it was (source: UpdateDestination in the service model). */
export function updateS3(
  present: S3Description,
  update: ExtendedS3Update,
  faults: StreamFaults,
  tables: Tables,
): S3Description | Refusal {
  const { S3BackupUpdate: backup, ...changes } = update;
  const { S3BackupDescription: copy, ...rest } = present;
  if (present.S3BackupMode === 'Enabled' && changes.S3BackupMode === 'Disabled')
    return invalid('S3BackupMode cannot be disabled once it is enabled.');
  const { DynamicPartitioningConfiguration: partitioning, DataFormatConversionConfiguration: conversion } = changes;
  const partitioned = (given: typeof partitioning) => given?.Enabled === true;
  if (partitioning && partitioned(partitioning) !== partitioned(present.DynamicPartitioningConfiguration))
    return invalid('Dynamic Partitioning can neither be enabled nor disabled for a delivery stream that exists.');
  const converted = conversion && mergeConversion(present.DataFormatConversionConfiguration, conversion);
  const { RoleARN, BucketARN } = { ...copy, ...backup };
  const copied = RoleARN !== undefined && BucketARN !== undefined && { ...copy, ...backup, RoleARN, BucketARN };
  const whole = {
    ...rest,
    ...changes,
    ...(converted && { DataFormatConversionConfiguration: converted }),
    ...(copied && { S3BackupConfiguration: copied }),
  };
  return describeS3(whole, faults, tables);
}

/** The settings of a destination that has been checked. */
export function settingsOf(described: S3Description, tables: Tables, faults: StreamFaults): S3Settings {
  const { BufferingHints: hints, CompressionFormat, FileExtension: extension = '' } = described;
  const prefix = readPrefix(described.Prefix ?? '', 'prefix');
  if (typeof prefix === 'string') throw new Error(prefix);
  // Without one of its own, errors stand under the prefix (assumed).
  const errorPrefix = readPrefix(described.ErrorOutputPrefix || described.Prefix || '', 'error-prefix');
  if (typeof errorPrefix === 'string') throw new Error(errorPrefix);
  const conversion = conversionOf(described, tables, faults);
  const compression = conversion?.format ?? compressions[CompressionFormat];
  return {
    bucket: described.BucketARN.replace(/^.*:/, ''),
    prefix,
    zone: described.CustomTimeZone || 'UTC',
    bufferBytes: hints.SizeInMBs! * 1_048_576,
    bufferMs: hints.IntervalInSeconds! * 1000,
    compression,
    extension: extension || compression.extension,
    delimiter: conversion ? LINE_FEED : delimiterOf(described.ProcessingConfiguration),
    errorPrefix,
    processing: processingOf(described),
    conversion,
  };
}

/** The settings of a backup that has been checked: records as they came, with nothing between. */
export function copySettingsOf(described: S3DestinationDescription, faults: StreamFaults): S3Settings {
  return settingsOf({ ...described, S3BackupMode: 'Disabled' }, {}, faults);
}

/** What is wrong with the prefixes of a configuration (rules: the developer guide, custom prefixes). */
function wrongPrefix(configuration: ExtendedS3Configuration, zone: string): string | undefined {
  const prefix = readPrefix(configuration.Prefix ?? '', 'prefix');
  if (typeof prefix === 'string') return `Prefix: ${prefix}.`;
  const error = readPrefix(configuration.ErrorOutputPrefix ?? '', 'error-prefix');
  if (typeof error === 'string') return `ErrorOutputPrefix: ${error}.`;
  const misplaced = wrongPartitioning(configuration, prefix);
  if (misplaced !== undefined) return misplaced;
  if (prefix.hasExpressions && !configuration.ErrorOutputPrefix)
    return 'ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.';
  if (error.hasExpressions && !error.hasErrorType)
    return 'ErrorOutputPrefix must contain at least one instance of !{firehose:error-output-type}.';
  const moment = { atMs: 0, zone, random: new Random(1), errorType: 'processing-failed' };
  if (tooLong(prefix, moment)) return 'Prefix: it has more than 512 bytes once it is written.';
  return tooLong(error, moment) ? 'ErrorOutputPrefix: it has more than 512 bytes once it is written.' : undefined;
}

/** What a processor puts behind every record: a line feed, or what its parameter says; `\n` may be written there (assumed). */
export function delimiterOf(processing: ProcessingConfiguration | undefined): Buffer {
  const processor =
    processing?.Enabled === true && processing.Processors?.find(({ Type }) => Type === 'AppendDelimiterToRecord');
  if (!processor) return Buffer.alloc(0);
  const given = processor.Parameters?.find(({ ParameterName }) => ParameterName === 'Delimiter')?.ParameterValue;
  return Buffer.from((given ?? '\\n').replaceAll('\\n', '\n'));
}
