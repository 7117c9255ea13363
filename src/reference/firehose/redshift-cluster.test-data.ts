/** A cluster of Redshift that takes what it is sent, in process, and delivery streams into it. */
import { NS_PER_S } from '../../clock.ts';
import type { RedshiftConfiguration, RedshiftUpdate } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { D, DestinationId, hints, RoleARN } from './spoken.test-data.ts';
import type { SqlCommand, SqlRunner } from './sql.ts';

/** A cluster that knows what it did. */
export class RedshiftCluster {
  /** Commands that it did. */
  readonly done: SqlCommand[] = [];
  /** Whatever was sent. */
  readonly sent: SqlCommand[] = [];
  /** What it does instead of what it is told. */
  instead: ((signal: AbortSignal) => Promise<void>) | undefined;

  readonly run: SqlRunner = async (command, signal) => {
    this.sent.push(command);
    if (this.instead) return this.instead(signal);
    this.done.push(command);
  };

  /** The texts that it did. */
  get texts(): string[] {
    return this.done.map(({ text }) => text);
  }
}

/** The bucket between, whose buffers last a minute. */
export const stage = { RoleARN, BucketARN: 'arn:aws:s3:::stage', ...hints(1, 60) };

export const ClusterJDBCURL = 'jdbc:redshift://c.x.us-east-1.redshift.amazonaws.com:5439/dev';

/** A configuration with what is said of it. */
export const redshift = (more: Partial<RedshiftConfiguration> = {}) => ({
  RedshiftDestinationConfiguration: {
    RoleARN,
    ClusterJDBCURL,
    CopyCommand: { DataTableName: 'events' },
    Username: 'loader',
    Password: 'secret',
    S3Configuration: stage,
    ...more,
  },
});

/** An endpoint with an active delivery stream into a cluster. */
export async function loadedInto(
  cluster: Pick<RedshiftCluster, 'run'>,
  more: Partial<RedshiftConfiguration> = {},
  options: Parameters<typeof virtualEndpoint>[0] = {},
): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ ...options, sql: cluster.run });
  await endpoint.firehose.must('CreateDeliveryStream', { DeliveryStreamName: D, ...redshift(more) });
  await endpoint.clock.advance(NS_PER_S);
  return endpoint;
}

/** The objects under a prefix of the bucket between. */
export const under = ({ held }: VirtualEndpoint, prefix: string) =>
  held.objects.filter(({ bucket, key }) => bucket === 'stage' && key.startsWith(prefix));

/** The URLs that a manifest names. */
export function namedIn({ body }: DestinationObject): string[] {
  const { entries }: { entries: { url: string }[] } = JSON.parse(Buffer.from(body).toString());
  return entries.map(({ url }) => url);
}

/** What the objects with these URLs hold, one behind the other, each as one record. */
export function contentsOf(endpoint: VirtualEndpoint, urls: readonly string[]): string[] {
  return urls.map((url) => {
    const object = endpoint.held.objects.find(({ bucket, key }) => url === `s3://${bucket}/${key}`);
    return Buffer.from(object?.body ?? '').toString();
  });
}

/** What a cluster has loaded: the objects of the manifests that its commands name. */
export function loaded(endpoint: VirtualEndpoint, { texts }: RedshiftCluster): string[] {
  const manifests = texts.map((text) => /FROM 's3:\/\/stage\/([^']+)'/.exec(text)?.[1]);
  const objects = manifests.flatMap((key) => endpoint.held.objects.filter((object) => object.key === key));
  return contentsOf(endpoint, objects.flatMap(namedIn));
}

/** Updates the delivery stream from a version. */
export const update = ({ firehose }: VirtualEndpoint, version: number, RedshiftDestinationUpdate: RedshiftUpdate) =>
  firehose.call('UpdateDestination', {
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId: String(version),
    DestinationId,
    RedshiftDestinationUpdate,
  });
