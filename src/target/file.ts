/**
 * Reads a target file: YAML with the place of every value, then the grammar of `schema.ts`. All faults of a file are
 * reported at once, each as `file:line:column: what`, the way compilers do, so that an editor can jump to them.
 */
import { LineCounter, type Document, isMap, isNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { OperatorError } from '../operator-error.ts';
import { keysOf, targetSchema } from './schema.ts';
import type { TargetSpec } from './spec.ts';

/** A target file's text → what it says. `file` is only for messages. Throws `target-invalid` with every fault. */
export function parseTarget(text: string, file: string): TargetSpec {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const faults = document.errors.map((error) => ({ offset: error.pos[0], message: error.message }));
  if (faults.length === 0) {
    const parsed = targetSchema.safeParse(document.toJS());
    if (parsed.success) return Object.freeze(parsed.data);
    faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, document)));
  }
  const lines = faults.sort((a, b) => a.offset - b.offset).map(({ offset, message }) => `${place(offset)}: ${message}`);
  throw new OperatorError(lines.join('\n'), {
    code: 'target-invalid',
    hint: 'docs/targets.md lists every key of a target file, with an example of each kind',
  });
}

interface Fault {
  readonly offset: number;
  readonly message: string;
}

function faultsOf(issue: z.core.$ZodIssue, document: Document): Fault[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const where = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const kind = document.get('kind');
    const valid = path.length === 0 && isKind(kind) ? `; a target of kind ${kind} has ${keysOf[kind].join(', ')}` : '';
    return issue.keys.map((key) => ({
      offset: keyOffset(document, [...path, key]),
      message: `unknown key "${[...path, key].join('.')}"${valid}`,
    }));
  }
  const missing = path.length > 0 && !document.hasIn(path);
  const subject = where === '' ? '' : `${where}: `;
  const message = missing && issue.code !== 'custom' ? `${subject}missing, ${issue.message}` : subject + issue.message;
  return [{ offset: valueOffset(document, path), message }];
}

function isKind(value: unknown): value is TargetSpec['kind'] {
  return typeof value === 'string' && value in keysOf;
}

/** Where a value stands; a missing one stands where the nearest map around it does. */
function valueOffset(document: Document, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly (string | number)[]): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined;
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : valueOffset(document, path);
}
