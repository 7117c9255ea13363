/** The scenarios that come with kinebench: found beside package.json, from the sources as from the build. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';
import { suggestion } from '../nearest.ts';

/** A shipped scenario: its name and the absolute path of its file. */
export interface ShippedScenario {
  readonly name: string;
  readonly file: string;
}

/** The shipped scenarios by name, in alphabetical order. */
export function shippedScenarios(): ShippedScenario[] {
  const folder = join(packageRoot, 'scenarios');
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.yaml'))
    .toSorted()
    .map((entry) => ({ name: entry.slice(0, -'.yaml'.length), file: join(folder, entry) }));
}

/**
 * The file meant by what was typed: a path where one exists, else the shipped scenario of that name. Throws OperatorError
 * `scenario-not-found`.
 */
export function resolveScenarioFile(typed: string): string {
  if (existsSync(typed)) return typed;
  const shipped = shippedScenarios();
  const found = shipped.find(({ name }) => name === typed);
  if (found) return found.file;
  throw new OperatorError(`There is no file and no shipped scenario "${typed}".`, {
    code: 'scenario-not-found',
    hint: `Shipped scenarios: ${suggestion(
      typed,
      shipped.map(({ name }) => name),
    )}`,
  });
}
