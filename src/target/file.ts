/** Reads a target file against the grammar of `schema.ts`. */
import { parseYaml } from '../yaml-file.ts';
import { keysOf, targetSchema } from './schema.ts';
import type { TargetSpec } from './spec.ts';

/** A target file's text → what it says. `file` is only for messages. Throws `target-invalid` with every fault. */
export function parseTarget(text: string, file: string): TargetSpec {
  const spec = parseYaml(text, file, targetSchema, {
    code: 'target-invalid',
    hint: 'docs/targets.md lists every key of a target file, with an example of each kind',
    keysAt: (path, target) => {
      const kind = typeof target === 'object' && target !== null && 'kind' in target ? target.kind : undefined;
      if (path.length > 0 || !isKind(kind)) return undefined;
      return { lead: `a target of kind ${kind} has`, keys: keysOf[kind] };
    },
  });
  return Object.freeze(spec);
}

function isKind(value: unknown): value is TargetSpec['kind'] {
  return typeof value === 'string' && value in keysOf;
}
