/**
 * The grammar of a target file. Strict: a key that is not listed is a fault, never ignored. The output type is checked by
 * the compiler against the interfaces of `spec.ts`.
 */
import { z } from 'zod';
import { REGION_DEFAULT, type TargetSpec, dummyKeys } from './spec.ts';
import { protocols } from '../wire/client.ts';
import { encodings } from '../wire/codec.ts';
import { capabilities } from '../protocol/capabilities.ts';

/** `30s`, `500ms`, `2min` → ms. */
const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(ms|s|min)$/, 'a duration such as 500ms, 30s or 2min')
  .transform((text) => {
    const unit = /[a-z]+$/.exec(text)![0] as 'ms' | 's' | 'min';
    return Number.parseFloat(text) * { ms: 1, s: 1000, min: 60_000 }[unit];
  });

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, dots and dashes');
const url = z
  .string()
  .regex(/^https?:\/\/[^/\s]+\/?$/, 'a URL of scheme, host and port only, such as http://127.0.0.1:4567');
const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');

const keys = z
  .strictObject({
    accessKeyId: z.string().min(1).optional(),
    secretAccessKey: z.string().min(1).optional(),
    accessKeyIdFrom: environmentName.optional(),
    secretAccessKeyFrom: environmentName.optional(),
    sessionTokenFrom: environmentName.optional(),
  })
  .check((context) => {
    for (const [literal, from] of [
      ['accessKeyId', 'accessKeyIdFrom'],
      ['secretAccessKey', 'secretAccessKeyFrom'],
    ] as const) {
      const given = [context.value[literal], context.value[from]].filter((value) => value !== undefined).length;
      if (given === 1) continue;
      const message = `either ${literal} (a dummy, for a local endpoint) or ${from} (the name of an environment variable)`;
      context.issues.push({ code: 'custom', message, input: context.value, path: [] });
    }
  })
  .default(dummyKeys);

const start = z
  .strictObject({
    package: z
      .string()
      .regex(/^(@[\w.-]+\/)?[\w.-]+$/, 'the name of an npm package')
      .optional(),
    version: z.string().optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).default([]),
    env: z.record(z.string(), z.string()).default({}),
    cwd: z.string().optional(),
  })
  .check((context) => {
    if ((context.value.package === undefined) !== (context.value.command === undefined)) return;
    const message = 'either package (from npm) or command (found on PATH)';
    context.issues.push({ code: 'custom', message, input: context.value, path: [] });
  });

const base = {
  name,
  description: z.string().optional(),
  capabilities: z.array(z.enum(capabilities)).default([]),
  version: z.string().optional(),
  transport: z
    .strictObject({ protocol: z.enum(protocols).optional(), encoding: z.enum(encodings).optional() })
    .optional(),
};

/** Where Data Firehose delivers; a target that claims `firehose` needs it. */
const delivery = z
  .strictObject({
    role: z
      .string()
      .regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'the ARN of a role, such as arn:aws:iam::123456789012:role/firehose'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
    firehose: url.optional(),
    s3: url.optional(),
  })
  .optional();

const region = z.string().min(1).default(REGION_DEFAULT);
const caFile = z.string().optional();

const embedded = z.strictObject({
  ...base,
  kind: z.literal('embedded'),
  region,
  limits: z
    .string()
    .regex(/^(aws|off)$|[/\\]|\.ya?ml$/, 'aws, off, or the path of a limits file')
    .default('aws'),
  latency: z
    .string()
    .regex(/^(aws|none)$|[/\\]|\.ya?ml$/, 'aws, none, or the path of a latency file')
    .default('aws'),
  faults: z.array(z.string()).default([]),
  seed: z.int().min(0).optional(),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits, in quotes')
    .optional(),
  createStreamMs: z.number().min(0).optional(),
  updateStreamMs: z.number().min(0).optional(),
  deleteStreamMs: z.number().min(0).optional(),
  createConsumerMs: z.number().min(0).optional(),
  deleteConsumerMs: z.number().min(0).optional(),
  heartbeatMs: z.number().min(0).optional(),
});

const local = z.strictObject({
  ...base,
  kind: z.literal('process'),
  delivery,
  url: url.default('http://127.0.0.1:{port}'),
  region,
  credentials: keys,
  caFile,
  start,
  ready: z
    .strictObject({ path: z.string().startsWith('/').default('/'), within: duration.default(30_000) })
    .prefault({})
    .transform(({ path, within }) => ({ path, withinMs: within })),
  stop: z
    .strictObject({
      signal: z.enum(['SIGTERM', 'SIGINT', 'SIGKILL']).default('SIGTERM'),
      within: duration.default(5_000),
    })
    .prefault({})
    .transform(({ signal, within }) => ({ signal, withinMs: within })),
});

const remote = z.strictObject({ ...base, kind: z.literal('url'), delivery, url, region, credentials: keys, caFile });

const aws = z.strictObject({
  ...base,
  kind: z.literal('aws'),
  delivery,
  url: url.optional(),
  region: z.string().min(1).optional(),
  profile: z.string().optional(),
});

/** What a target file may say, by its `kind`. */
export const targetSchema: z.ZodType<TargetSpec> = z.discriminatedUnion('kind', [embedded, local, remote, aws]);

/** The keys of each kind at the top of the file, for the hint of an unknown one. */
export const keysOf: Readonly<Record<TargetSpec['kind'], readonly string[]>> = {
  embedded: Object.keys(embedded.shape),
  process: Object.keys(local.shape),
  url: Object.keys(remote.shape),
  aws: Object.keys(aws.shape),
};
