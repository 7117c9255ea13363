/** A target that somebody else runs: nothing to start, nothing to stop. */
import { readFileSync } from 'node:fs';
import { OperatorError } from '../operator-error.ts';
import { credentialsOf } from './credentials.ts';
import type { TransportChoice } from '../wire/client.ts';
import type { DeliverySpec, TargetSpec, UrlSpec } from './spec.ts';
import type { DeliveryEndpoint, RunningTarget } from './target.ts';

/** The endpoint at a URL, unproved until it is probed. */
export function openUrl(spec: UrlSpec, environment: NodeJS.ProcessEnv): RunningTarget {
  const credentials = credentialsOf(spec.credentials, environment);
  return {
    name: spec.name,
    description: [spec.description ?? spec.url, spec.version].filter(Boolean).join(' '),
    kinesis: {
      url: spec.url,
      region: spec.region,
      credentials,
      ca: authorityOf(spec.caFile),
      transport: transportOf(spec),
    },
    delivery: deliveryAt(spec.delivery, spec.url),
    modelled: false,
    capabilities: new Set(spec.capabilities),
    died: () => null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What a target file says of Data Firehose and S3, which are at the URL of its Kinesis unless it names others. */
export function deliveryAt(spec: DeliverySpec | undefined, url: string): DeliveryEndpoint | undefined {
  if (!spec) return undefined;
  const { role, bucket, firehose = url, s3 = url } = spec;
  return { firehoseUrl: firehose, s3Url: s3, roleArn: role, bucket, makesBucket: false };
}

/** What a target file says of its transport. */
export function transportOf({ transport = {} }: TargetSpec): Partial<TransportChoice> {
  const { protocol, encoding } = transport;
  return { ...(protocol !== undefined && { protocol }), ...(encoding !== undefined && { encoding }) };
}

/** The PEM text of a target's certificate authority; throws `target-invalid` when the file cannot be read. */
export function authorityOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OperatorError(`the CA file ${file} cannot be read: ${(cause as Error).message}`, {
      code: 'target-invalid',
      hint: 'caFile is a PEM file, its path relative to the current folder',
      cause,
    });
  }
}
