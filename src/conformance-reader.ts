/**
 * Reads a conformance result that somebody hands in: a file that was cut off, changed or written by another version is refused
 * with the place of each fault, before anything is shown or merged.
 */
import { z } from 'zod';
import {
  CONFORMANCE_FORMAT,
  CONFORMANCE_VERSION,
  type ConformanceResult,
  levels,
  outcomes,
} from './conformance-result.ts';
import { OperatorError } from './operator-error.ts';
import type { Verdict } from './verify/verdict.ts';

const text = z.string();
const count = z.number();
const verdict = z.enum([
  'pass',
  'fail',
  'warn',
  'info',
  'skip',
  'indeterminate',
  'known-fail',
] as const satisfies readonly Verdict[]);

const known = z.looseObject({
  verdicts: z.array(verdict),
  reason: text,
  link: text.optional(),
  expires: text.optional(),
});

const judgement = z.looseObject({
  id: text.regex(/^KIN-[A-Z]+-\d+$/, 'no id of a statement'),
  level: z.enum(levels),
  profile: text,
  provisional: z.boolean(),
  sentence: text,
  source: text,
  verdict,
  outcome: z.enum(outcomes),
  message: text,
  exercised: z.record(text, count),
  tookMs: count,
  exchanges: z.array(z.looseObject({ operation: text, sent: text, came: text })),
  known: known.optional(),
});

/** What every reader relies on. Loose: what a later patch adds is kept, what is missing or of another type is refused. */
const schema: z.ZodType<ConformanceResult> = z.looseObject({
  format: z.literal(CONFORMANCE_FORMAT),
  version: z.literal(CONFORMANCE_VERSION),
  kinebench: text,
  run: z.looseObject({
    startedAt: text,
    endedAt: text,
    seed: count,
    interrupted: z.boolean(),
    died: text.nullable(),
  }),
  target: z.looseObject({
    name: text,
    kind: z.enum(['embedded', 'sockets', 'aws']),
    description: text,
    url: text.nullable(),
    transport: text.nullable(),
    capabilities: z.array(text),
  }),
  groups: z.record(text, text),
  judgements: z.array(judgement),
  divergence: z.looseObject({
    broken: count,
    judged: count,
    byLevel: z.looseObject({ MUST: count, SHOULD: count, INFO: count }),
    provisional: count,
    known: count,
  }),
  coverage: z.looseObject({ judged: count, applicable: count, skipped: count, indeterminate: count }),
  awsValidated: count,
  expected: text.nullable(),
  troubles: z.array(text),
});

/** Reads a conformance file. Throws OperatorError `result-invalid` with the file and the path of each fault. */
export function parseConformance(json: string, file: string): ConformanceResult {
  const refuse = (faults: readonly string[], hint: string) =>
    new OperatorError(faults.map((fault) => `${file}: ${fault}`).join('\n'), { code: 'result-invalid', hint });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw refuse([`not JSON: ${error instanceof Error ? error.message : String(error)}`], 'Was the file cut off?');
  }
  const envelope = z.looseObject({ format: z.literal(CONFORMANCE_FORMAT), version: count }).safeParse(value);
  if (!envelope.success)
    throw refuse(['not a conformance result'], `A conformance result says "format": "${CONFORMANCE_FORMAT}".`);
  const { version } = envelope.data;
  if (version !== CONFORMANCE_VERSION)
    throw refuse(
      [`version: ${version}, this kinebench reads ${CONFORMANCE_VERSION}`],
      'Use the kinebench that wrote it.',
    );
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
  throw refuse(faults, 'The file was changed, or a defect wrote it.');
}
