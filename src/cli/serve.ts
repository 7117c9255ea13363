/** `kinebench serve`: the embedded reference alone, for any client, until Ctrl-C. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { readKeys } from '../reference/auth/keys-file.ts';
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import { startReferenceThread, type ReferenceOptions, type ReferenceThread } from '../reference/thread.ts';
import { makeCertificate, type Certificate } from '../reference/transport/certificate.ts';
import type { ServeArguments } from './serve-options.ts';

export async function serve(args: ServeArguments): Promise<ExitCode> {
  const reference = await startReferenceThread({ ...settings(args), certificate: await certificateOf(args) });
  for (const line of args.json ? [JSON.stringify(whereabouts(reference))] : welcome(reference, args)) console.log(line);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await reference.stop();
  return ExitCode.pass;
}

function settings(args: ServeArguments): ReferenceOptions {
  for (const name of durations) {
    const value = args[name];
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new OperatorError(`--${name} ${value} is not a number of milliseconds`, {
      code: 'usage',
      hint: `Give a number from 0 on, such as --${name} 500.`,
    });
  }
  if (args.account !== undefined && !/^\d{12}$/.test(args.account)) {
    throw new OperatorError(`--account ${args.account} is not an account`, {
      code: 'usage',
      hint: 'An account is twelve digits, such as --account 123456789012.',
    });
  }
  return {
    port: args.port,
    host: args.host,
    limits: limitsNamed(args.limits),
    latency: latencyNamed(args.latency),
    faults: args.fault,
    clock: args.clock,
    controlPort: args['control-port'],
    seed: args.seed,
    region: args.region,
    accountId: args.account,
    auth: args.auth,
    keys: args.keys === undefined ? undefined : readKeys(args.keys),
    clockSkewMs: args['clock-skew-ms'],
    memoryBytesMax: args['max-memory'] === undefined ? undefined : bytesOf(args['max-memory']),
    createStreamMs: args['create-stream-ms'],
    updateStreamMs: args['update-stream-ms'],
    deleteStreamMs: args['delete-stream-ms'],
    createConsumerMs: args['create-consumer-ms'],
    deleteConsumerMs: args['delete-consumer-ms'],
    heartbeatMs: args['heartbeat-ms'],
  };
}

const durations = [
  'clock-skew-ms',
  'create-stream-ms',
  'update-stream-ms',
  'delete-stream-ms',
  'create-consumer-ms',
  'delete-consumer-ms',
  'heartbeat-ms',
] as const;

const unitBytes = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function bytesOf(text: string): number {
  const [, count, unit = 'B'] = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  if (count !== undefined && isUnit(unit) && Number(count) > 0) return Math.floor(Number(count) * unitBytes[unit]);
  throw new OperatorError(`--max-memory ${text} is not a size`, {
    code: 'usage',
    hint: 'Give a number with B, KiB, MiB or GiB, such as --max-memory 512MiB.',
  });
}

function isUnit(text: string): text is keyof typeof unitBytes {
  return Object.hasOwn(unitBytes, text);
}

/** The certificate that was given; one made here, where a file of it is wanted; else the server makes one when it needs one. */
async function certificateOf(args: ServeArguments): Promise<Certificate | undefined> {
  const { 'tls-cert': cert, 'tls-key': key, 'ca-out': out } = args;
  if ((cert === undefined) !== (key === undefined)) {
    throw new OperatorError(`${cert === undefined ? '--tls-key' : '--tls-cert'} stands alone`, {
      code: 'usage',
      hint: 'Give both --tls-cert and --tls-key, or neither: then a certificate is made.',
    });
  }
  if (cert !== undefined && key !== undefined) return { cert: readPem(cert), key: readPem(key) };
  if (out === undefined) return undefined;
  const made = await makeCertificate(args.host);
  try {
    writeFileSync(out, made.cert);
  } catch (error) {
    throw unusable('write', out, error);
  }
  return made;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable('read', file, error);
  }
}

function unusable(verb: 'read' | 'write', file: string, cause: unknown): OperatorError {
  return new OperatorError(`cannot ${verb} ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'file-unusable',
    hint: 'Check the path and the rights of the file.',
    cause,
  });
}

/** Where a script finds the endpoint. */
function whereabouts({ url, tlsUrl, controlUrl, region, accountId, version }: ReferenceThread) {
  return { url, tlsUrl, controlUrl, region, accountId, version };
}

function welcome(reference: ReferenceThread, args: ServeArguments): string[] {
  const { limits, latency, fault, auth, keys } = args;
  const lines = [
    `kinebench reference ${reference.version} at ${reference.url} (limits: ${limits}, latency: ${latency}, modelled)`,
    `The same port speaks HTTP/1.1, HTTP/2 and TLS (${reference.tlsUrl}).`,
  ];
  if (fault.length > 0) lines.push(`armed faults: ${fault.join(', ')}`);
  if (reference.controlUrl !== undefined) lines.push(`control: ${reference.controlUrl} (clock: ${args.clock})`);
  const verified = auth === 'verify';
  lines.push(`Use it with any Kinesis client and ${verified ? 'the keys it knows' : 'any keys'}:`);
  lines.push(`  export AWS_ENDPOINT_URL_KINESIS=${reference.url} AWS_REGION=${reference.region}`);
  if (!verified || keys === undefined)
    lines.push('  export AWS_ACCESS_KEY_ID=kinebench AWS_SECRET_ACCESS_KEY=kinebench');
  if (args['ca-out'] !== undefined)
    lines.push(`  export NODE_EXTRA_CA_CERTS=${args['ca-out']} AWS_CA_BUNDLE=${args['ca-out']}   # for TLS`);
  lines.push('Ctrl-C ends it; nothing is kept.');
  return lines;
}
