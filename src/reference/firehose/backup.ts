/**
 * What the destinations have in common that are spoken to: a buffer with hints of its own, and a bucket for what they do not take,
 * or for everything. Checked and filled in with AWS's defaults (texts assumed).
 */
import type {
  BufferingHints,
  ProcessingConfiguration,
  S3Configuration,
  S3DestinationDescription,
} from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { ApplicationPlan } from './application-delivery.ts';
import type { Application } from './application.ts';
import { readPrefix, type ObjectPrefix } from './object-prefix.ts';
import {
  delimiterOf,
  describeS3,
  hintsOf,
  plainOf,
  settingsOf,
  type S3Description,
  type S3Settings,
} from './s3-settings.ts';

/** What every such configuration may say. */
interface SpokenConfiguration {
  readonly S3Configuration: S3Configuration;
  readonly BufferingHints?: BufferingHints;
  readonly ProcessingConfiguration?: ProcessingConfiguration;
  readonly SecretsManagerConfiguration?: { readonly Enabled: boolean };
}

/** The common half of a destination. */
export interface Backup {
  readonly hints: Required<BufferingHints>;
  /** As it is described. */
  readonly bucket: S3DestinationDescription;
  /** Of the buffer. */
  readonly settings: S3Settings;
  /** The plan of an application: everything to the backup, or failed records alone. */
  plan(application: Application, all: boolean): ApplicationPlan;
}

/** Hints where none are given. */
export interface HintDefaults {
  readonly sizeMib: number;
  readonly intervalS: number;
}

/** Checks and fills in the common half of a configuration. */
export function backupOf(
  configuration: SpokenConfiguration,
  defaults: HintDefaults,
  faults: StreamFaults,
): Backup | Refusal {
  const { ProcessingConfiguration: processing, SecretsManagerConfiguration: secrets } = configuration;
  if (secrets?.Enabled === true) return unbuilt('SecretsManagerConfiguration');
  const processors = (processing?.Enabled === true && processing.Processors) || [];
  const other = processors.find(({ Type }) => Type !== 'AppendDelimiterToRecord');
  if (other) return unbuilt(`The processor ${other.Type} before this destination (ProcessingConfiguration)`);
  const hints = hintsOf(configuration.BufferingHints, defaults, faults);
  if (hints instanceof Refusal) return hints;
  const s3 = describeS3(configuration.S3Configuration, faults);
  if (s3 instanceof Refusal) return s3;
  const objects = settingsOf(s3);
  return {
    hints,
    bucket: plainOf(s3),
    settings: {
      ...objects,
      bufferBytes: hints.SizeInMBs * 1_048_576,
      bufferMs: hints.IntervalInSeconds * 1000,
      delimiter: delimiterOf(processing),
    },
    plan: (application, all) => ({
      application,
      failed: { ...objects, prefix: failedPrefix(s3, application.errorType) },
      all: all ? objects : undefined,
    }),
  };
}

/**
 * Where failed records go: the error prefix, or the prefix and the name of what went wrong (source: the developer guide; that the
 * prefix stands before it is assumed).
 */
function failedPrefix(s3: S3Description, errorType: string): ObjectPrefix {
  const prefix = readPrefix(s3.ErrorOutputPrefix || `${s3.Prefix ?? ''}${errorType}/`, 'error-prefix');
  if (typeof prefix === 'string') throw new Error(prefix);
  return { ...prefix, write: (moment) => prefix.write({ ...moment, errorType }) };
}

function unbuilt(what: string): Refusal {
  return new Refusal('InvalidArgumentException', `${what} is not built in this reference yet.`);
}
