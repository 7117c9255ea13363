/** What a configuration of Redshift may say, and how it is described. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { RedshiftConfiguration } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint } from '../virtual-endpoint.ts';
import { ClusterJDBCURL, loadedInto, redshift, RedshiftCluster, stage, update } from './redshift-cluster.test-data.ts';
import { D, DestinationId, hints, put, RoleARN } from './spoken.test-data.ts';

const ready = (more: Partial<RedshiftConfiguration>) => loadedInto(new RedshiftCluster(), more);

test('a description has every default filled in, and no password; an update changes what it names', async () => {
  const endpoint = await ready({ S3Configuration: { RoleARN, BucketARN: stage.BucketARN } });
  const shown = async () =>
    (await endpoint.firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D })).DeliveryStreamDescription
      .Destinations;
  const described = {
    RoleARN,
    ClusterJDBCURL,
    CopyCommand: { DataTableName: 'events' },
    Username: 'loader',
    RetryOptions: { DurationInSeconds: 3600 },
    S3BackupMode: 'Disabled',
    CloudWatchLoggingOptions: { Enabled: false },
    S3DestinationDescription: {
      RoleARN,
      BucketARN: stage.BucketARN,
      ...hints(5, 300),
      CompressionFormat: 'UNCOMPRESSED',
      EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
      CloudWatchLoggingOptions: { Enabled: false },
    },
  };
  expect(await shown()).toEqual([{ DestinationId, RedshiftDestinationDescription: described }]);
  const CloudWatchLoggingOptions = { Enabled: true, LogGroupName: 'g', LogStreamName: 's' };
  const S3Update = { Prefix: 'p/', ...hints(2, 0) };
  await update(endpoint, 1, { CloudWatchLoggingOptions, RetryOptions: { DurationInSeconds: 7 }, S3Update });
  const changed = {
    ...described,
    CloudWatchLoggingOptions,
    RetryOptions: { DurationInSeconds: 7 },
    S3DestinationDescription: { ...described.S3DestinationDescription, ...S3Update },
  };
  expect(await shown()).toEqual([{ DestinationId, RedshiftDestinationDescription: changed }]);
});

test('a serverless workgroup is named by its URL, as a cluster is', async () => {
  const cluster = new RedshiftCluster();
  const host = 'w.000000000000.us-east-1.redshift-serverless.amazonaws.com';
  const endpoint = await loadedInto(cluster, { ClusterJDBCURL: `jdbc:redshift://${host}:5439/dev` });
  await put(endpoint, 'one');
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(cluster.sent).toMatchObject([{ host, port: 5439, database: 'dev' }]);
});

const ofStage = (more: object) => ({ S3Configuration: { ...stage, ...more } });
const SecretARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:s';

test.each<[string, Partial<RedshiftConfiguration>, string]>([
  ['129 MB', ofStage(hints(129, 60)), 'less than or equal to 128'],
  ['901 s', ofStage(hints(5, 901)), 'less than or equal to 900'],
  ['7201 s of retries', { RetryOptions: { DurationInSeconds: 7201 } }, 'less than or equal to 7200'],
  ['a password of five characters', { Password: 'short' }, 'greater than or equal to 6'],
  ['a URL of another database', { ClusterJDBCURL: 'jdbc:mysql://c.redshift.x:1/d' }, 'satisfy regular expression'],
  ['a port that is none', { ClusterJDBCURL: 'jdbc:redshift://c.redshift.x:70000/d' }, 'the port of'],
  ['no table', { CopyCommand: { DataTableName: '' } }, 'greater than or equal to 1'],
  ['ZIP', ofStage({ CompressionFormat: 'ZIP' }), 'SNAPPY and ZIP are not supported'],
  ['Snappy', ofStage({ CompressionFormat: 'Snappy' }), 'SNAPPY and ZIP are not supported'],
  ['an expression in the prefix', ofStage({ Prefix: '!{timestamp:yyyy}/' }), 'Prefix Expressions or ErrorOutputPrefix'],
  ['an error prefix', ofStage({ ErrorOutputPrefix: 'e/' }), 'Prefix Expressions or ErrorOutputPrefix'],
  ['a backup nowhere', { S3BackupMode: 'Enabled' }, 'S3BackupConfiguration is needed'],
  [
    'a secret of Secrets Manager',
    { SecretsManagerConfiguration: { Enabled: true, SecretARN } },
    'SecretsManagerConfiguration is not built',
  ],
  [
    'a processor that nobody built',
    { ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Decompression' }] } },
    'Decompression (ProcessingConfiguration) is not built',
  ],
])('%s is refused', async (_what, more, message) => {
  await expect(ready(more)).rejects.toThrow(message);
});

test('no user, no password and no way to send SQL are refused', async () => {
  const { firehose } = virtualEndpoint({ sql: new RedshiftCluster().run });
  const { Username: _user, ...unnamed } = redshift().RedshiftDestinationConfiguration;
  const input = { DeliveryStreamName: D, RedshiftDestinationConfiguration: unnamed };
  expect(await firehose.call('CreateDeliveryStream', input)).toMatchObject({
    message: 'Username and Password are needed for a Redshift destination.',
  });
  const without = virtualEndpoint();
  expect(await without.firehose.call('CreateDeliveryStream', { DeliveryStreamName: D, ...redshift() })).toMatchObject({
    message: 'This endpoint was made without a way to send SQL (`sql` of createEndpoint).',
  });
});
