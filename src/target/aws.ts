/**
 * Amazon Kinesis itself. Keys come from the SDK's own chain (environment, SSO, profile, process, container, instance), which
 * is loaded only here and only when this target is used. It costs money, so it is refused until that was said aloud.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { AwsSpec } from './spec.ts';
import type { DeliveryEndpoint, RunningTarget } from './target.ts';
import { deliveryAt, transportOf } from './url.ts';

/** The endpoint of a region. Throws `target-costs-money`, `region-missing` or `credentials-missing`. */
export async function openAws(
  spec: AwsSpec,
  options: { allowCosts: boolean; environment: NodeJS.ProcessEnv },
): Promise<RunningTarget> {
  if (!options.allowCosts) {
    throw new OperatorError(`${spec.name} is Amazon Kinesis, and using it costs money`, {
      code: 'target-costs-money',
      hint: 'add --yes-this-costs-money if that is what you want; the embedded target costs nothing',
    });
  }
  const profile = spec.profile ?? options.environment['AWS_PROFILE'] ?? 'default';
  const region = spec.region ?? regionOf(profile, options.environment);
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const provider = defaultProvider(spec.profile === undefined ? {} : { profile: spec.profile });
  try {
    await provider();
  } catch (cause) {
    throw new OperatorError(`no AWS credentials: ${(cause as Error).message}`, {
      code: 'credentials-missing',
      hint: 'log in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      exitCode: ExitCode.usage,
      cause,
    });
  }
  return {
    name: spec.name,
    description: `${spec.description ?? 'Amazon Kinesis Data Streams'} in ${region}`,
    kinesis: { url: spec.url ?? regionalUrl(region), region, credentials: provider, transport: transportOf(spec) },
    delivery: deliveryOf(spec, region),
    modelled: false,
    capabilities: new Set(spec.capabilities),
    died: () => null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Data Firehose of the region, and S3 as its SDK finds it. */
function deliveryOf({ delivery }: AwsSpec, region: string): DeliveryEndpoint | undefined {
  if (!delivery) return undefined;
  const firehoseUrl = delivery.firehose ?? regionalUrl(region).replace('//kinesis.', '//firehose.');
  return { ...deliveryAt(delivery, firehoseUrl)!, s3Url: delivery.s3 };
}

/** The public endpoint of a region (source: endpoint rules of the service model; China has a domain of its own). */
export function regionalUrl(region: string): string {
  return `https://kinesis.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** AWS_REGION, AWS_DEFAULT_REGION, then the profile's `region` in the shared config file; throws `region-missing`. */
export function regionOf(profile: string, environment: NodeJS.ProcessEnv): string {
  const file = environment['AWS_CONFIG_FILE'] ?? join(homedir(), '.aws', 'config');
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? profileRegion(file, profile);
  if (named) return named;
  throw new OperatorError('no AWS region is given', {
    code: 'region-missing',
    hint: `set AWS_REGION, or region under [${profile === 'default' ? 'default' : `profile ${profile}`}] in ${file}, or in a target file`,
  });
}

function profileRegion(file: string, profile: string): string | undefined {
  let section = '';
  for (const line of configLines(file)) {
    const [, header] = /^\s*\[\s*(.+?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) section = header.replace(/^profile\s+/, '');
    const [, region] = /^region\s*=\s*(\S+)/.exec(line) ?? [];
    if (region !== undefined && section === profile) return region;
  }
  return undefined;
}

function configLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
