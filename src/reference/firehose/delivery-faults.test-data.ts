/** A scenario for each fault of Data Firehose, in which it shows. */
import { NS_PER_S } from '../../clock.ts';
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import type { Scenario } from '../fault-scenario.test-data.ts';
import type { VirtualEndpoint } from '../virtual-endpoint.ts';
import { redshift } from './redshift-cluster.test-data.ts';

const D = 'd';
const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({ BufferingHints: { SizeInMBs, IntervalInSeconds } });
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Every object as it stands, two minutes later. */
async function delivered({ clock, held }: VirtualEndpoint, seconds = 120) {
  await clock.advance(seconds * NS_PER_S);
  return held.objects.map(({ key, body }) => [key.slice(0, 14), Buffer.from(body).toString('latin1')]);
}

/** What three records come to. */
const three =
  (destination: Partial<ExtendedS3Configuration>): Scenario =>
  async (endpoint) => {
    await endpoint.firehose.create(D, destination);
    const Records = ['a', 'b', 'c'].map((text) => ({ Data: base64(text) }));
    await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName: D, Records });
    return delivered(endpoint);
  };

export const deliveryFaults = {
  'fh.adds-newline': three(hints(1, 60)),
  'fh.batch-501': async ({ firehose }) => {
    await firehose.create(D);
    const Records = Array.from({ length: 501 }, () => ({ Data: '' }));
    return (await firehose.call('PutRecordBatch', { DeliveryStreamName: D, Records })).ok;
  },
  'fh.copy-skipped': async (endpoint) => {
    await endpoint.firehose.must('CreateDeliveryStream', { DeliveryStreamName: D, ...redshift() });
    await endpoint.clock.advance(NS_PER_S);
    await endpoint.firehose.must('PutRecord', { DeliveryStreamName: D, Record: { Data: base64('a') } });
    return delivered(endpoint);
  },
  'fh.count-wrong': async ({ firehose }) => {
    await firehose.create(D);
    const Records = Array.from({ length: 4 }, () => ({ Data: Buffer.alloc(1_000_000).toString('base64') }));
    const input = { DeliveryStreamName: D, Records };
    return [await firehose.must('PutRecordBatch', input), await firehose.must('PutRecordBatch', input)];
  },
  'fh.drop-on-503': async (endpoint) => {
    await endpoint.firehose.create(D, hints(1, 60));
    await endpoint.firehose.must('PutRecord', { DeliveryStreamName: D, Record: { Data: base64('a') } });
    const write = endpoint.held.write.bind(endpoint.held);
    let down = true;
    endpoint.held.write = (object) => (down ? Promise.reject(new Error('503')) : write(object));
    await endpoint.clock.advance(70 * NS_PER_S);
    down = false;
    return delivered(endpoint);
  },
  'fh.gzip-truncated': three({ ...hints(1, 60), CompressionFormat: 'GZIP' }),
  'fh.hint-single-ok': async ({ firehose }) => {
    const ExtendedS3DestinationConfiguration = {
      RoleARN: 'arn:aws:iam::000000000000:role/firehose',
      BucketARN: 'arn:aws:s3:::lake',
      BufferingHints: { SizeInMBs: 1 },
    };
    const input = { DeliveryStreamName: D, ExtendedS3DestinationConfiguration };
    return (await firehose.call('CreateDeliveryStream', input)).ok;
  },
  'fh.interval-ignored': three(hints(1, 60)),
  'fh.local-time': three(hints(1, 60)),
  'fh.lose-on-rotate': three(hints(1, 60)),
  'fh.size-ignored': async (endpoint) => {
    await endpoint.firehose.create(D, hints(1, 900));
    const Records = [
      { Data: Buffer.alloc(1_000_000).toString('base64') },
      { Data: Buffer.alloc(60_000).toString('base64') },
    ];
    await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName: D, Records });
    return delivered(endpoint, 1);
  },
  'fh.version-unchecked': async ({ firehose }) => {
    await firehose.create(D);
    const update = {
      DeliveryStreamName: D,
      CurrentDeliveryStreamVersionId: '7',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: { Prefix: 'p/' },
    };
    return (await firehose.call('UpdateDestination', update)).ok;
  },
} satisfies Record<string, Scenario>;
