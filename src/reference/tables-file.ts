/** Tables for the conversion of formats, from a YAML file: `database.table`, and below it the types of its columns by name. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';
import { parseYaml } from '../yaml-file.ts';
import type { Tables } from './firehose/conversion.ts';
import { readHiveType } from './firehose/hive-type.ts';

const hint = 'docs/firehose.md shows such a file.';
const type = z
  .string()
  .refine((text) => readHiveType(text) !== undefined, 'a type of Hive that JSON has values for is wanted');
const table = z.record(z.string().min(1), type);
const file = z.record(z.string(), table).superRefine((tables, context) => {
  for (const name of Object.keys(tables).filter((each) => !/^[^\s.]+\.[^\s.]+$/.test(each)))
    context.addIssue({ code: 'custom', path: [name], message: 'a name such as lake.clicks is wanted' });
});

/** Types of columns, in order, by `database.table`. */
export type TableTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The tables of a file. Throws an OperatorError that names every fault with its place. */
export function readTables(path: string): TableTexts {
  let yaml: string;
  try {
    yaml = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`cannot read tables from ${path}: ${reason}`, {
      code: 'file-unusable',
      hint,
      cause: error,
    });
  }
  return parseYaml(yaml, path, file, { code: 'tables-invalid', hint, keysAt: () => undefined });
}

/** Tables with their types read. Throws an OperatorError for a text that is no type. */
export function tablesOf(texts: TableTexts): Tables {
  const tables = Object.entries(texts).map(([name, columns]) => {
    const fields = Object.entries(columns).map(([column, text]) => {
      const read = readHiveType(text);
      if (read) return { name: column, type: read };
      throw new OperatorError(`${name}: the type ${text} of the column ${column} is none that JSON has values for`, {
        code: 'tables-invalid',
        hint,
      });
    });
    return [name, fields] as const;
  });
  return Object.fromEntries(tables);
}
