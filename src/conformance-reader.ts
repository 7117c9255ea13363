/** What a conformance result has to have to be shown or merged. */
import { z } from 'zod';
import {
  CONFORMANCE_FORMAT,
  CONFORMANCE_VERSION,
  type ConformanceResult,
  levels,
  outcomes,
} from './conformance-result.ts';
import { parseDocument } from './document-reader.ts';
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
  newIn: count.optional(),
  witnesses: z.array(z.looseObject({ by: text, outcome: z.enum(outcomes), message: text })).optional(),
});

/** What every reader relies on. Loose: what a later patch adds is kept, what is missing or of another type is refused. */
const schema: z.ZodType<ConformanceResult> = z.looseObject({
  format: z.literal(CONFORMANCE_FORMAT),
  version: z.literal(CONFORMANCE_VERSION),
  kinebench: text,
  catalogue: count.optional(),
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
  const kind = { format: CONFORMANCE_FORMAT, version: CONFORMANCE_VERSION, name: 'conformance result', schema };
  return parseDocument(json, file, kind) as ConformanceResult;
}
