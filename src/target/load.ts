/**
 * Finds a target by what was typed after `--target`: the name of a preset (a file of the package's folder `targets/`) or
 * the path of a file. `--endpoint URL` makes a target without a file.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';
import { parseTarget } from './file.ts';
import { type KeysSpec, REGION_DEFAULT, type TargetSpec, dummyKeys } from './spec.ts';

/** The names of the presets, sorted. */
export function presetNames(): string[] {
  return readdirSync(join(packageRoot, 'targets'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * The target that `nameOrFile` means; with `endpoint`, a target of kind `url` at that address, keys from `AWS_*` where they
 * are set. Throws `target-unknown` or `target-invalid`.
 */
export function loadTarget(
  nameOrFile = 'embedded',
  options: { endpoint?: string | undefined; environment?: NodeJS.ProcessEnv | undefined } = {},
): TargetSpec {
  const environment = options.environment ?? process.env;
  if (options.endpoint !== undefined) return endpointTarget(options.endpoint, environment);
  const isFile = /[/\\]|\.ya?ml$/.test(nameOrFile);
  const file = isFile ? nameOrFile : join(packageRoot, 'targets', `${nameOrFile}.yaml`);
  if (existsSync(file) && statSync(file).isFile())
    return parseTarget(readFileSync(file, 'utf8'), isFile ? nameOrFile : file);
  throw new OperatorError(isFile ? `no target file ${nameOrFile}` : `no target is called "${nameOrFile}"`, {
    code: 'target-unknown',
    hint: `presets: ${presetNames().join(', ')}; or the path of a target file (docs/targets.md), or --endpoint URL`,
  });
}

function endpointTarget(endpoint: string, environment: NodeJS.ProcessEnv): TargetSpec {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new OperatorError(`--endpoint ${endpoint} is not an http or https URL`, {
      code: 'target-invalid',
      hint: 'for example --endpoint http://127.0.0.1:4567',
    });
  }
  const fromEnvironment: KeysSpec = {
    accessKeyIdFrom: 'AWS_ACCESS_KEY_ID',
    secretAccessKeyFrom: 'AWS_SECRET_ACCESS_KEY',
    ...(environment['AWS_SESSION_TOKEN'] ? { sessionTokenFrom: 'AWS_SESSION_TOKEN' } : {}),
  };
  const both = environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY'];
  return {
    kind: 'url',
    name: url.host,
    url: url.origin,
    region: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? REGION_DEFAULT,
    credentials: both ? fromEnvironment : dummyKeys,
    capabilities: [],
  };
}
