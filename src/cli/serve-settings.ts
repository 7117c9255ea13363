/** What was typed after `kinebench serve` → how the reference is set up. What makes no sense, or would do nothing, is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { readKeys } from '../reference/auth/keys-file.ts';
import { readLoadSql } from '../reference/firehose/load-sql.ts';
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import { readTables } from '../reference/tables-file.ts';
import type { ReferenceOptions } from '../reference/thread.ts';
import { makeCertificate, type Certificate } from '../reference/transport/certificate.ts';
import type { ServeArguments } from './serve-options.ts';

/** The options of the reference. Throws an OperatorError for what cannot be meant. */
export function settings(args: ServeArguments): ReferenceOptions {
  refuseStrangers(args);
  const auth = args.auth ?? (args.keys === undefined ? 'form' : 'verify');
  refuseIdle(args, auth);
  return {
    port: args.port,
    host: args.host,
    limits: limitsNamed(args.limits),
    latency: latencyNamed(latencyOf(args)),
    faults: args.fault,
    clock: args.clock,
    controlPort: args['control-port'] ?? (args.clock === 'virtual' ? 0 : undefined),
    seed: args.seed,
    region: args.region,
    accountId: args.account,
    auth,
    keys: args.keys === undefined ? undefined : readKeys(args.keys),
    clockSkewMs: args['clock-skew-ms'],
    memoryBytesMax: bytesOf(args, 'max-memory'),
    trafficBytesMax: bytesOf(args, 'max-traffic'),
    createStreamMs: args['create-stream-ms'],
    updateStreamMs: args['update-stream-ms'],
    deleteStreamMs: args['delete-stream-ms'],
    createConsumerMs: args['create-consumer-ms'],
    deleteConsumerMs: args['delete-consumer-ms'],
    heartbeatMs: args['heartbeat-ms'],
    lambdas: lambdasOf(args.lambda),
    tables: args.tables === undefined ? undefined : readTables(args.tables),
    redshiftSql: args['redshift-sql'] === undefined ? undefined : sqlIn(args['redshift-sql']),
  };
}

/** The latency model as it is named: on a virtual clock none, since every modelled answer would wait for somebody to move it. */
export function latencyOf({ latency, clock }: Pick<ServeArguments, 'latency' | 'clock'>): string {
  return latency ?? (clock === 'virtual' ? 'none' : 'aws');
}

/** Functions by name, files by their whole path. */
function lambdasOf(texts: readonly string[]): Record<string, string> {
  const lambdas: Record<string, string> = {};
  for (const text of texts) {
    const [, name, where = ''] = /^([\w-]{1,64})=(.+)$/.exec(text) ?? [];
    if (name === undefined || Object.hasOwn(lambdas, name)) {
      const fault = name === undefined ? 'is not NAME=FILE or NAME=URL' : 'names a function for the second time';
      throw new OperatorError(`--lambda ${text} ${fault}`, {
        code: 'usage',
        hint: 'Give each function once, such as --lambda csv=./csv-to-json.mjs or --lambda csv=http://127.0.0.1:9001.',
      });
    }
    lambdas[name] = /^https?:\/\//.test(where) ? where : resolve(where);
  }
  return lambdas;
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

function refuseStrangers(args: ServeArguments): void {
  for (const name of durations) {
    const value = args[name];
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new OperatorError(`--${name} ${value} is not a number of milliseconds`, {
      code: 'usage',
      hint: `Give a number from 0 on, such as --${name} 500.`,
    });
  }
  for (const name of ['port', 'control-port'] as const) {
    const value = args[name];
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= 65_535)) continue;
    throw new OperatorError(`--${name} ${value} is not a port`, {
      code: 'usage',
      hint: `Give a number up to 65535, or --${name} 0 for a free one.`,
    });
  }
  if (args.account !== undefined && !/^\d{12}$/.test(args.account)) {
    throw new OperatorError(`--account ${args.account} is not an account`, {
      code: 'usage',
      hint: 'An account is twelve digits, such as --account 123456789012.',
    });
  }
}

/** Only `verify` looks at keys and at the clock: beside another mode they would do nothing, and nobody would notice. */
function refuseIdle(args: ServeArguments, auth: string): void {
  if (auth === 'verify') return;
  for (const name of ['keys', 'clock-skew-ms'] as const) {
    if (args[name] === undefined) continue;
    throw new OperatorError(`--${name} does nothing with --auth ${auth}`, {
      code: 'usage',
      hint: 'Give --auth verify, or leave it out.',
    });
  }
}

const unitBytes = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function bytesOf(args: ServeArguments, name: 'max-memory' | 'max-traffic'): number | undefined {
  const text = args[name];
  if (text === undefined) return undefined;
  const [, count, unit = 'B'] = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  if (count !== undefined && isUnit(unit) && Number(count) > 0) return Math.floor(Number(count) * unitBytes[unit]);
  throw new OperatorError(`--${name} ${text} is not a size`, {
    code: 'usage',
    hint: `Give a number with B, KiB, MiB or GiB, such as --${name} 512MiB.`,
  });
}

function isUnit(text: string): text is keyof typeof unitBytes {
  return Object.hasOwn(unitBytes, text);
}

/** The certificate that was given; one made here, where a file of it is wanted; else the server makes one when it needs one. */
export async function certificateOf(args: ServeArguments): Promise<Certificate | undefined> {
  const { 'tls-cert': cert, 'tls-key': key, 'ca-out': out } = args;
  if ((cert === undefined) !== (key === undefined)) {
    throw new OperatorError(`${cert === undefined ? '--tls-key' : '--tls-cert'} stands alone`, {
      code: 'usage',
      hint: 'Give both --tls-cert and --tls-key, or neither: then a certificate is made.',
    });
  }
  if (cert !== undefined && out !== undefined) {
    throw new OperatorError('--ca-out is for a certificate that is made, and --tls-cert gives one', {
      code: 'usage',
      hint: 'Leave out --ca-out: clients have to trust what --tls-cert was signed by.',
    });
  }
  if (cert !== undefined && key !== undefined) return { cert: readText(cert), key: readText(key) };
  if (out === undefined) return undefined;
  const made = await makeCertificate(args.host);
  try {
    writeFileSync(out, made.cert);
  } catch (error) {
    throw unusable('write', out, error);
  }
  return made;
}

/** A template of SQL that can be used. */
function sqlIn(file: string): string {
  const text = readText(file);
  readLoadSql(text);
  return text;
}

function readText(file: string): string {
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
