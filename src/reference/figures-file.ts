/** Reads the figures of a model (limits, latency) from a YAML file, one of ours or the user's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';
import { parseYaml } from '../yaml-file.ts';

/** What is told of a kind of model. */
export interface FiguresKind {
  /** The folder whose `aws.yaml` has every key; also the word of messages. */
  readonly name: 'limits' | 'latency';
  /** The names that may stand instead of a file. */
  readonly names: readonly string[];
  /** The keys that may stand at a path. */
  keysAt(path: readonly (string | number)[]): readonly string[];
}

/** The file that ships with kinebench. */
export function shipped({ name }: FiguresKind): string {
  return join(packageRoot, name, 'aws.yaml');
}

/** What a file says. Throws an OperatorError that names every fault with its place. */
export function readFigures<T>(file: string, schema: z.ZodType<T>, kind: FiguresKind): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(
      `cannot read ${kind.name} from ${file}: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: `${kind.name}-unreadable`,
        hint: `Name ${kind.names.join(', ')}, or a file such as ${kind.name}/aws.yaml.`,
        cause: error,
      },
    );
  }
  return parseYaml(text, file, schema, {
    code: `${kind.name}-invalid`,
    hint: `${kind.name}/aws.yaml has every key, with its unit and source; a file of your own names what differs.`,
    keysAt: (path) => ({ lead: 'there are', keys: kind.keysAt(path) }),
  });
}
