/**
 * What the destinations have in common that are spoken to: a buffer with hints of its own, and a bucket for what they do not take,
 * or for everything. Checked and filled in with AWS's defaults (texts assumed).
 */
import type {
  BufferingHints,
  HttpEndpointUpdate,
  OpenSearchUpdate,
  ProcessingConfiguration,
  S3Configuration,
  S3DestinationDescription,
  ServerlessUpdate,
  SplunkUpdate,
} from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Application } from './application.ts';
import type { KeptDestination } from './kept-destination.ts';
import { withErrorType } from './object-prefix.ts';
import { fillProcessors, processingOf, strayProcessor, unbuiltProcessor, wrongProcessor } from './processors.ts';
import { delimiterOf, describeS3, hintsOf, plainOf, settingsOf } from './s3-settings.ts';

/** What every such configuration may say. */
interface SpokenConfiguration {
  /** Splunk has none of its own. */
  readonly RoleARN?: string;
  readonly S3Configuration: S3Configuration;
  readonly BufferingHints?: BufferingHints;
  readonly ProcessingConfiguration?: ProcessingConfiguration;
  readonly SecretsManagerConfiguration?: { readonly Enabled: boolean };
}

/** What every update of one may say. */
type SpokenUpdate = HttpEndpointUpdate | SplunkUpdate | OpenSearchUpdate | ServerlessUpdate;

/** The common half of a destination. */
export interface Backup {
  readonly hints: Required<BufferingHints>;
  /** As it is described. */
  readonly bucket: S3DestinationDescription;
  /** As they are described; undefined where none are given. */
  readonly processing: ProcessingConfiguration | undefined;
  /** How a destination is delivered to: everything to the backup too, as it came, or failed records alone. */
  delivery(application: Application, all: boolean): Pick<KeptDestination, 'settings' | 'spoken' | 'copy'>;
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
  if (configuration.SecretsManagerConfiguration?.Enabled === true)
    return invalid('SecretsManagerConfiguration is not built in this reference yet.');
  const unbuilt = unbuiltProcessor(configuration);
  if (unbuilt !== undefined) return invalid(`${unbuilt} is not built in this reference yet.`);
  const wrong = wrongProcessor(configuration) ?? strayProcessor(configuration);
  if (wrong !== undefined) return invalid(wrong);
  const hints = hintsOf(configuration.BufferingHints, defaults, faults);
  if (hints instanceof Refusal) return hints;
  const s3 = describeS3(configuration.S3Configuration, faults, {});
  if (s3 instanceof Refusal) return s3;
  const objects = settingsOf(s3, {}, faults);
  const { RoleARN = s3.RoleARN } = configuration;
  const processing = fillProcessors({ ...configuration, RoleARN });
  return {
    hints,
    bucket: plainOf(s3),
    processing,
    delivery: (application, all) => ({
      settings: {
        ...objects,
        bufferBytes: hints.SizeInMBs * 1_048_576,
        bufferMs: hints.IntervalInSeconds * 1000,
        delimiter: delimiterOf(processing),
        processing: processingOf(processing ? { ProcessingConfiguration: processing } : {}),
      },
      spoken: {
        application,
        failed: { ...objects, prefix: withErrorType(objects.errorPrefix, application.errorType) },
      },
      ...(all && { copy: objects }),
    }),
  };
}

/** A configuration with what an update names changed, and within the bucket's likewise (source: UpdateDestination in the service model). */
export function changed<C extends SpokenConfiguration>(present: C, update: SpokenUpdate): C {
  const { S3Update: bucket, ...changes } = update;
  return { ...present, ...changes, S3Configuration: { ...present.S3Configuration, ...bucket } };
}
