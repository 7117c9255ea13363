/**
 * Reads a document that somebody hands in: what was cut off, changed or written by another version is refused with the place of
 * each fault, before anything is shown or compared. What is read is told by its format and version alone, never by its name.
 */
import type { z } from 'zod';
import { OperatorError } from './operator-error.ts';

/** What a kind of document says of itself, and what its readers rely on. */
export interface DocumentKind {
  readonly format: string;
  readonly version: number;
  /** `conformance result` */
  readonly name: string;
  readonly schema: z.ZodType;
}

/** A document of the kind; `file` is only for messages. Throws OperatorError `result-invalid` with the file and the path of each fault. */
export function parseDocument(json: string, file: string, { format, version, name, schema }: DocumentKind): unknown {
  const refuse = (faults: readonly string[], hint: string) =>
    new OperatorError(faults.map((fault) => `${file}: ${fault}`).join('\n'), { code: 'result-invalid', hint });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw refuse([`not JSON: ${error instanceof Error ? error.message : String(error)}`], 'Was the file cut off?');
  }
  const envelope = Object(value) as { format?: unknown; version?: unknown };
  if (envelope.format !== format || typeof envelope.version !== 'number')
    throw refuse([`not a ${name}`], `A ${name} says "format": "${format}".`);
  if (envelope.version !== version) {
    const faults = [`version: ${envelope.version}, this kinebench reads ${version}`];
    throw refuse(faults, 'Use the kinebench that wrote it.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  const faults = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
  throw refuse(faults, 'The file was changed, or a defect wrote it.');
}
