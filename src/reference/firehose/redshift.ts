/**
 * Redshift as a destination: objects in an S3 bucket between, and a COPY command that loads them. Checked and filled in with AWS's
 * defaults (texts assumed, unless said otherwise); how the loading goes is the loader's.
 */
import type {
  DestinationDescription,
  RedshiftConfiguration,
  RedshiftUpdate,
} from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { KeptDestination } from './kept-destination.ts';
import type { LoadPlan } from './loader.ts';
import { readPrefix, type ObjectPrefix } from './object-prefix.ts';
import { fillProcessors } from './processors.ts';
import { copySettingsOf, describeS3, plainOf, settingsOf, type S3Description } from './s3-settings.ts';
import { databaseIn } from './sql.ts';

/** Source: RedshiftRetryOptions in the service model. */
const RETRY_S_DEFAULT = 3600;

/** Checks and fills in a configuration. */
export function redshiftDestination(
  configuration: RedshiftConfiguration,
  faults: StreamFaults,
): KeptDestination | Refusal {
  const s3 = describeStage(configuration, faults);
  if (s3 instanceof Refusal) return s3;
  const plan = loadPlanOf(configuration);
  if (plan instanceof Refusal) return plan;
  const { RoleARN, ProcessingConfiguration } = configuration;
  const processing = fillProcessors({ ...(ProcessingConfiguration && { ProcessingConfiguration }), RoleARN });
  return {
    described: {
      RedshiftDestinationDescription: descriptionOf(configuration, {
        ...(processing && { ProcessingConfiguration: processing }),
        RetryOptions: { DurationInSeconds: plan.retryMs / 1000 },
        S3DestinationDescription: plainOf(s3),
        ...(s3.S3BackupMode && { S3BackupMode: s3.S3BackupMode }),
        ...(s3.S3BackupDescription && { S3BackupDescription: s3.S3BackupDescription }),
      }),
    },
    settings: settingsOf({ ...s3, ...(processing && { ProcessingConfiguration: processing }) }, {}, faults),
    ...(s3.S3BackupDescription && { copy: copySettingsOf(s3.S3BackupDescription, faults) }),
    load: plan,
    updates: ['RedshiftDestinationUpdate'],
    updated({ RedshiftDestinationUpdate: update = {} }, own) {
      if (configuration.S3BackupMode === 'Enabled' && update.S3BackupMode === 'Disabled')
        return invalid('S3BackupMode cannot be disabled once it is enabled.');
      return redshiftDestination(changed(configuration, update), own);
    },
  };
}

/** The bucket between, with the rules that are Redshift's alone. */
function describeStage(configuration: RedshiftConfiguration, faults: StreamFaults): S3Description | Refusal {
  const { S3Configuration: stage, ProcessingConfiguration, S3BackupMode, S3BackupConfiguration } = configuration;
  if (configuration.SecretsManagerConfiguration?.Enabled === true)
    return invalid('SecretsManagerConfiguration is not built in this reference yet.');
  // Source: RedshiftDestinationConfiguration in the service model: the COPY operation does not read these.
  if (stage.CompressionFormat === 'Snappy' || stage.CompressionFormat === 'ZIP')
    return invalid('The compression formats SNAPPY and ZIP are not supported for a Redshift destination.');
  const prefix = readPrefix(stage.Prefix ?? '', 'prefix');
  // Text observed, its first word too.
  if (stage.ErrorOutputPrefix || typeof prefix === 'string' || prefix.hasExpressions)
    return invalid(
      'Ths supplied prefix(es) do not satisfy the following constraint: Prefix Expressions or ErrorOutputPrefix is currently not supported for this destination',
    );
  return describeS3(
    {
      ...stage,
      ...(ProcessingConfiguration && { ProcessingConfiguration }),
      ...(S3BackupMode && { S3BackupMode }),
      ...(S3BackupConfiguration && { S3BackupConfiguration }),
    },
    faults,
    {},
  );
}

function loadPlanOf(configuration: RedshiftConfiguration): LoadPlan | Refusal {
  const { ClusterJDBCURL: url, CopyCommand: copy, Username: user, Password: password, RetryOptions } = configuration;
  const database = databaseIn(url);
  if (!database) return invalid(`ClusterJDBCURL: the port of ${url} is none.`);
  if (user === undefined || password === undefined)
    return invalid('Username and Password are needed for a Redshift destination.');
  const prefix = configuration.S3Configuration.Prefix ?? '';
  return {
    cluster: { ...database, user, password },
    table: copy.DataTableName,
    columns: copy.DataTableColumns ?? '',
    options: copy.CopyOptions ?? '',
    role: configuration.RoleARN,
    retryMs: (RetryOptions?.DurationInSeconds ?? RETRY_S_DEFAULT) * 1000,
    manifests: folder(`${prefix}manifests/`),
    skipped: folder(`${prefix}errors/manifests/`),
  };
}

/** Hours stand behind it, as behind every prefix without expressions (observed of skipped objects). */
function folder(text: string): ObjectPrefix {
  const prefix = readPrefix(text, 'prefix');
  if (typeof prefix === 'string') throw new Error(prefix);
  return prefix;
}

type Description = NonNullable<DestinationDescription['RedshiftDestinationDescription']>;

/** A configuration as it is described: without its password (source: RedshiftDestinationDescription in the service model). */
function descriptionOf(
  configuration: RedshiftConfiguration,
  filled: Partial<Description> & Pick<Description, 'RetryOptions'>,
): Description {
  const { Password: _secret, S3Configuration: _stage, S3BackupConfiguration: _backup, ...shown } = configuration;
  return { ...shown, CloudWatchLoggingOptions: shown.CloudWatchLoggingOptions ?? { Enabled: false }, ...filled };
}

function changed(present: RedshiftConfiguration, update: RedshiftUpdate): RedshiftConfiguration {
  const { S3Update: stage, S3BackupUpdate: backup, ...changes } = update;
  const { RoleARN, BucketARN, ...rest } = { ...present.S3BackupConfiguration, ...backup };
  return {
    ...present,
    ...changes,
    S3Configuration: { ...present.S3Configuration, ...stage },
    ...(RoleARN !== undefined && BucketARN !== undefined && { S3BackupConfiguration: { ...rest, RoleARN, BucketARN } }),
  };
}
