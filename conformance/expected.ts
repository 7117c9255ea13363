/**
 * Known failures of a target: which statements it is known to miss, why, and until when that is accepted. A list is data for
 * review: what it names is reported as known and fails nothing; what it names and now passes fails, so that the list
 * shrinks with the target's defects and never hides a new one. Read strictly, every fault with its line.
 */
import { z } from 'zod';
import { stringify } from 'yaml';
import { type ConformanceResult, type Judgement, type KnownFailure, figuresOf } from '../src/conformance-result.ts';
import { suggestion } from '../src/nearest.ts';
import { parseYaml } from '../src/yaml-file.ts';
import { statements } from './registry.ts';

/** A statement that a target is known to miss. */
export interface ExpectedEntry extends KnownFailure {
  readonly id: string;
}

/** The verdicts that may be expected. `pass` beside another is for what is sometimes seen and sometimes not. */
const verdicts = ['fail', 'warn', 'indeterminate', 'pass'] as const;
const keys = { entry: ['id', 'verdicts', 'reason', 'link', 'expires'], file: ['statements'] };

const entrySchema = z
  .strictObject({
    id: z.string(),
    verdicts: z.array(z.enum(verdicts)).min(1),
    reason: z.string().min(1),
    link: z.url('a URL is wanted').optional(),
    expires: z.iso.date('a day such as 2027-05-31 is wanted').optional(),
  })
  .refine((entry) => entry.verdicts.some((verdict) => verdict !== 'pass'), {
    message: 'a pass alone needs no entry',
    path: ['verdicts'],
  });

const fileSchema = z.strictObject({ statements: z.array(entrySchema) }).superRefine((file, context) => {
  const known = statements.map(({ id }) => id);
  file.statements.forEach(({ id }, index) => {
    const path = ['statements', index, 'id'];
    if (!known.includes(id)) {
      context.addIssue({ code: 'custom', path, message: `there is no statement ${id}; ${suggestion(id, known)}` });
    }
    if (file.statements.findIndex((other) => other.id === id) < index) {
      context.addIssue({ code: 'custom', path, message: `${id} stands twice` });
    }
  });
});

/** Reads a list. `file` is only for messages. Throws OperatorError `expected-invalid` with every fault. */
export function parseExpected(text: string, file: string): ExpectedEntry[] {
  return parseYaml(text, file, fileSchema, {
    code: 'expected-invalid',
    hint: 'docs/conformance.md, "Known failures", shows a list; --update-expected writes one',
    keysAt: (path) => ({ lead: 'there are', keys: path.length === 0 ? keys.file : keys.entry }),
  }).statements;
}

/** The result with its known failures marked. `today` is a day such as 2026-11-26; an entry holds until its day is over. */
export function withExpected(
  result: ConformanceResult,
  { file, entries, today }: { file: string; entries: readonly ExpectedEntry[]; today: string },
): ConformanceResult {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const judgements = result.judgements.map((judgement) => marked(judgement, byId.get(judgement.id), today));
  return { ...result, judgements, ...figuresOf(judgements), expected: file };
}

function marked(judgement: Judgement, entry: ExpectedEntry | undefined, today: string): Judgement {
  if (entry === undefined) return judgement;
  const known: KnownFailure = {
    verdicts: entry.verdicts,
    reason: entry.reason,
    link: entry.link,
    expires: entry.expires,
  };
  const { verdict, message } = judgement;
  if (known.expires !== undefined && known.expires < today) {
    return verdict === 'pass' ? judgement : { ...judgement, message: `${message} (known until ${known.expires})` };
  }
  if (verdict === 'pass' && !known.verdicts.includes('pass')) {
    const passes = `passes, though it is listed as a known failure (${known.reason}): take its entry out`;
    return { ...judgement, verdict: 'fail', message: `${passes}. Seen: ${message}`, known };
  }
  return verdict !== 'pass' && known.verdicts.includes(verdict)
    ? { ...judgement, verdict: 'known-fail', known }
    : judgement;
}

/**
 * The list renewed by a run without one: what fails or warns is in it, with what was seen as its reason; an entry that still
 * holds keeps its reason, link and day; one that was not judged stays as it is.
 */
export function renewed(entries: readonly ExpectedEntry[], judgements: readonly Judgement[]): ExpectedEntry[] {
  const byId = new Map(judgements.map((judgement) => [judgement.id, judgement]));
  const before = new Map(entries.map((entry) => [entry.id, entry]));
  return statements.flatMap(({ id }) => {
    const entry = before.get(id);
    const judgement = byId.get(id);
    if (judgement === undefined) return entry ? [entry] : [];
    const { verdict, message, outcome, newIn } = judgement;
    if (outcome === 'skipped' || outcome === 'unobserved' || newIn !== undefined) return entry ? [entry] : [];
    if (entry?.verdicts.includes(verdict)) return [entry];
    return verdict === 'fail' || verdict === 'warn' ? [{ id, verdicts: [verdict], reason: reasonOf(message) }] : [];
  });
}

/** A reason's characters, unless a person writes it. */
const REASON_MAX = 300;

/** What was seen, without the numbers of one run, and no longer than a reader of a list wants it. */
function reasonOf(message: string): string {
  const text = message.replaceAll(/\d{20,}/g, '…').replaceAll(/\s+/g, ' ');
  return text.length <= REASON_MAX ? text : `${text.slice(0, REASON_MAX)}…`;
}

/** A list as text. `about` says of what it is and how to renew it; a line each. */
export function expectedText(entries: readonly ExpectedEntry[], about: readonly string[]): string {
  const head = about.map((line) => `# ${line}\n`).join('');
  const body = entries.map(({ id, verdicts: listed, ...rest }) => {
    const lines = `id: ${id}\nverdicts: [${listed.join(', ')}]\n${stringify(rest, { lineWidth: 120, singleQuote: true })}`;
    return `  - ${lines.trimEnd().replaceAll('\n', '\n    ')}\n`;
  });
  return entries.length === 0 ? `${head}statements: []\n` : `${head}statements:\n${body.join('\n')}`;
}
