/** What `kinebench serve` prints: where it listens, what it models, the lines a client needs, and how it ends. */
import { resolve } from 'node:path';
import type { ReferenceOptions, ReferenceThread } from '../reference/thread.ts';
import type { ServeArguments } from './serve-options.ts';
import { latencyOf } from './serve-settings.ts';

/** Where a script finds the endpoint, and which process to end. */
export function whereabouts({ url, tlsUrl, controlUrl, region, accountId, version }: ReferenceThread, pid: number) {
  return { url, tlsUrl, controlUrl, pid, region, accountId, version };
}

/** The lines for a person. */
export function welcome(
  reference: ReferenceThread,
  args: ServeArguments,
  { auth, keys }: ReferenceOptions,
  pid: number,
): string[] {
  const { version, url, tlsUrl, controlUrl, region } = reference;
  const latency = latencyOf(args);
  return [
    `kinebench reference ${version} at ${url} (process ${pid})`,
    `limits: ${args.limits}; latency: ${latency}${latency === 'none' ? '' : ' (modelled, not measured)'}`,
    `The same port speaks HTTP/1.1, HTTP/2 and TLS (${tlsUrl}).`,
    ...(args.fault.length > 0 ? [`armed faults: ${args.fault.join(', ')}`] : []),
    ...(controlUrl === undefined ? [] : [`control: ${controlUrl} (clock: ${args.clock})`]),
    ...(args.clock === 'virtual' && controlUrl !== undefined ? standstill(controlUrl, latency) : []),
    `Use it with any client of Kinesis, Data Firehose or S3 and ${auth === 'verify' ? 'the keys it knows' : 'any keys'}:`,
    // boto3 reads the second name of the region only, most others the first.
    `  export ${addresses(url)}`,
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    keyLine(args.keys, auth === 'verify' ? keys : undefined),
    ...tlsLines(tlsUrl, args),
    `Ctrl-C or kill ${pid}${controlUrl === undefined ? '' : ` or curl -X POST ${controlUrl}/shutdown`} ends it; nothing is kept.`,
  ];
}

/** Of each service by itself: `AWS_ENDPOINT_URL` alone would send the calls to all others here as well. */
function addresses(url: string): string {
  return ['KINESIS', 'FIREHOSE', 'S3'].map((service) => `AWS_ENDPOINT_URL_${service}=${url}`).join(' ');
}

function standstill(controlUrl: string, latency: string): string[] {
  return [
    'Time stands still, from 2026-01-01T00:00:00Z on: a new stream stays CREATING until you move it (or with --create-stream-ms 0):',
    `  curl -X POST ${controlUrl}/clock/advance -d '{"ms":1000}'`,
    ...(latency === 'none'
      ? []
      : ['WARNING: with this latency every answer waits until the clock is moved; --latency none answers at once.']),
  ];
}

/** A secret stands in a file so that it is not seen; it is not printed here either. */
function keyLine(file: string | undefined, keys: ReferenceOptions['keys']): string {
  const first = keys?.[0];
  if (!first) return '  export AWS_ACCESS_KEY_ID=kinebench AWS_SECRET_ACCESS_KEY=kinebench';
  const rest = `AWS_SECRET_ACCESS_KEY${first.sessionToken === undefined ? '' : ' and AWS_SESSION_TOKEN'}`;
  return `  export AWS_ACCESS_KEY_ID=${first.accessKeyId}   # the first of ${keys.length} in ${file}, where you find its ${rest}`;
}

function tlsLines(tlsUrl: string, { 'ca-out': made, 'tls-cert': given }: ServeArguments): string[] {
  const file = made ?? given;
  if (file === undefined) return [];
  const trusted = quoted(resolve(file));
  return [
    'By TLS, these as well:',
    `  export ${addresses(tlsUrl)}`,
    `  export NODE_EXTRA_CA_CERTS=${trusted} AWS_CA_BUNDLE=${trusted}`,
  ];
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./+:@,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
