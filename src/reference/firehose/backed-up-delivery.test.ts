/** The backup of an S3 destination: copies of all records, as they came. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { D, DestinationId, hints, put, RoleARN, S3Configuration } from './spoken.test-data.ts';

const Processors = [{ Type: 'AppendDelimiterToRecord' as const }];
const main = { ...hints(1, 120), ProcessingConfiguration: { Enabled: true, Processors } };
const copied = { S3BackupMode: 'Enabled' as const, S3BackupConfiguration: { ...S3Configuration, Prefix: 'raw/' } };
const update = { DeliveryStreamName: D, CurrentDeliveryStreamVersionId: '1', DestinationId };

const delivered = ({ held }: VirtualEndpoint) =>
  held.objects.map(({ bucket, key, body }) => [bucket, key.slice(0, 4), Buffer.from(body).toString()]);

test('has every record without what a processor added, by hints of its own', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, { ...main, ...copied });
  await put(endpoint, 'a');
  await put(endpoint, 'b');
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(delivered(endpoint)).toEqual([['backup', 'raw/', 'ab']]);
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(delivered(endpoint)[1]).toEqual(['lake', '2026', 'a\nb\n']);
  expect(endpoint.endpoint.memory.bytes).toBe(0);
  const { DeliveryStreamDescription: shown } = await endpoint.firehose.must('DescribeDeliveryStream', {
    DeliveryStreamName: D,
  });
  const { ExtendedS3DestinationDescription: extended, S3DestinationDescription: plain } = shown.Destinations[0]!;
  expect(extended).toMatchObject({
    S3BackupMode: 'Enabled',
    S3BackupDescription: { ...copied.S3BackupConfiguration, CompressionFormat: 'UNCOMPRESSED' },
  });
  expect(extended).not.toHaveProperty('S3BackupConfiguration');
  expect(plain).not.toHaveProperty('S3BackupDescription');
});

test('can be enabled and changed by an update, and not disabled', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, main);
  await put(endpoint, 'a');
  const { S3BackupMode, S3BackupConfiguration: S3BackupUpdate } = copied;
  await endpoint.firehose.must('UpdateDestination', {
    ...update,
    ExtendedS3DestinationUpdate: { S3BackupMode, S3BackupUpdate },
  });
  await endpoint.firehose.must('UpdateDestination', {
    ...update,
    CurrentDeliveryStreamVersionId: '2',
    ExtendedS3DestinationUpdate: { S3BackupUpdate: { Prefix: 'new/' } },
  });
  await put(endpoint, 'b');
  await endpoint.clock.advance(120 * NS_PER_S);
  expect(delivered(endpoint)).toEqual([
    ['backup', 'new/', 'b'],
    ['lake', '2026', 'a\nb\n'],
  ]);
  const disabled = await endpoint.firehose.call('UpdateDestination', {
    ...update,
    CurrentDeliveryStreamVersionId: '3',
    ExtendedS3DestinationUpdate: { S3BackupMode: 'Disabled' },
  });
  expect(disabled).toMatchObject({ message: 'S3BackupMode cannot be disabled once it is enabled.' });
});

test('is delivered, and ends, with its stream', async () => {
  const endpoint = virtualEndpoint();
  await endpoint.firehose.create(D, { RoleARN, ...main, ...copied });
  await put(endpoint, 'a');
  await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName: D });
  await endpoint.clock.advance(NS_PER_S);
  expect(delivered(endpoint).map(([bucket]) => bucket)).toEqual(['lake', 'backup']);
  expect(endpoint.clock.sleeping).toBe(0);
});
