/** Finds the program of an npm package that is installed beside kinebench or in the current folder. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';

/** An installed package: its folder, its version, and the file its `bin` names. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
  readonly program: string;
}

/** Finds `name`; throws `target-not-installed` (exit 7) with the line to type. */
export function installedPackage(name: string, wanted: string | undefined): InstalledPackage {
  const manifest = [packageRoot, process.cwd()].map((folder) => resolveFrom(folder, name)).find(Boolean);
  const install = `npm install --save-dev ${name}${wanted ? `@${wanted}` : ''}`;
  if (!manifest) {
    throw new OperatorError(`the npm package ${name} is not installed`, {
      code: 'target-not-installed',
      hint: `type: ${install}`,
      exitCode: ExitCode.unreachable,
    });
  }
  const folder = dirname(manifest);
  const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    version: string;
    bin?: string | Record<string, string>;
  };
  const program = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
  if (program === undefined) {
    throw new OperatorError(`the npm package ${name} ${version} has no program (bin) to start`, {
      code: 'target-invalid',
      hint: 'name a program with `command` in place of `package`',
    });
  }
  return { folder, version, program: join(folder, program) };
}

function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}
