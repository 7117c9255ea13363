/**
 * A conformance run in the terminal: a line for each statement as it is judged; at the end the two figures by level and by group,
 * and every miss in a paragraph of its own. Texts from the target lose their control characters.
 */
import { type ConformanceResult, disagrees, isMiss, type Judgement, type Witness } from '../conformance-result.ts';
import { type FigureRow, groupRows, levelRows } from './conformance-figures.ts';
import { clean, wrap } from './text.ts';

/** A judgement in a line. */
export function statementLine({ id, verdict, sentence }: Judgement): string {
  return `${id.padEnd(12)}  ${verdict.toUpperCase().padEnd(13)}  ${sentence}`;
}

/** What a reader has to know of a judgement that is no plain pass: what was seen, what AWS documents, and where. */
export function paragraph(judgement: Judgement): string {
  const { id, verdict, outcome, level, provisional, newIn, sentence, source, message, known } = judgement;
  const marks = [...(provisional ? ['evidence provisional'] : []), ...(newIn ? [`new in catalogue ${newIn}`] : [])];
  const weight = [level, ...marks].join(', ');
  const said = [
    `${id} ${verdict}${outcome === 'loose' ? ', loosely' : ''} (${weight}): ${ended(message)}`,
    `AWS documents: ${ended(sentence)} Source: ${source}.`,
  ];
  if (known !== undefined) {
    const until = known.expires === undefined ? '' : `, until ${known.expires}`;
    said.push(`Known${until}: ${ended(known.reason)}${known.link === undefined ? '' : ` ${known.link}`}`);
  }
  return said.join(' ');
}

/** A second witness in a line. */
export function witnessLine(judgement: Judgement, { by, outcome }: Witness): string {
  const said = disagrees(judgement, { by, outcome, message: '' })
    ? 'DISAGREES'
    : outcome === judgement.outcome
      ? 'agrees'
      : outcome;
  return `${judgement.id.padEnd(12)}  ${said.padEnd(13)}  by ${by}`;
}

/** Characters of a message that is one example of many. */
const SHORT = 300;

/** How many second witnesses agree, and each that does not: it is a defect of the endpoint or of ours. Nothing where none was asked. */
export function witnessWords(judgements: readonly Judgement[]): {
  readonly figure: string | null;
  readonly disagreements: readonly string[];
  /** By way: who could not judge what our own client could. */
  readonly unseen: readonly string[];
} {
  const all = judgements.flatMap((judgement) => (judgement.witnesses ?? []).map((witness) => ({ judgement, witness })));
  if (all.length === 0) return { figure: null, disagreements: [], unseen: [] };
  const agreeing = all.filter(({ judgement, witness }) => witness.outcome === judgement.outcome).length;
  const against = all.filter(({ judgement, witness }) => disagrees(judgement, witness));
  const blind = all.filter(
    ({ judgement, witness }) => witness.outcome !== judgement.outcome && !disagrees(judgement, witness),
  );
  const byWay = Map.groupBy(blind, ({ witness }) => witness.by);
  const ways = [...new Set(all.map(({ witness }) => witness.by))].join(', ');
  return {
    figure: `second witnesses: ${agreeing} of ${all.length} agree, ${against.length} disagree, ${blind.length} saw nothing (${ways})`,
    disagreements: against.map(
      ({ judgement: { id, outcome, message }, witness }) =>
        `${id}: ${outcome} for our own client, ${witness.outcome} by ${witness.by}. Ours: ${ended(message)} The other: ${ended(witness.message)}`,
    ),
    unseen: [...byWay].map(([by, ones]) => {
      const [{ judgement, witness }] = ones as [(typeof ones)[number]];
      const told = judgement.outcome === 'unobserved' ? judgement.message : witness.message;
      return `${by}, ${ones.length} of ${all.filter((one) => one.witness.by === by).length}: ${ones.map((one) => one.judgement.id).join(', ')}. The first: ${ended(told.slice(0, SHORT))}`;
    }),
  };
}

/** The end of a run: misses, what was not judged, the figures, and what went wrong beside. */
export function conformanceSummary(result: ConformanceResult): string[] {
  const { judgements, divergence, coverage, awsValidated, troubles, run, expected } = result;
  const { MUST, SHOULD, INFO } = divergence.byLevel;
  const misses = judgements.filter(isMiss);
  const doubts = judgements.filter(({ outcome }) => outcome === 'unobserved');
  const { figure, disagreements, unseen } = witnessWords(judgements);
  return [
    ...section('Second witnesses disagree', disagreements),
    ...section('Second witnesses that saw nothing', unseen),
    ...section('Misses', misses.map(paragraph)),
    ...section('Could not be observed', doubts.map(paragraph)),
    ...section('Skipped', skips(judgements)),
    '',
    ...figureTable([...levelRows(result), ...groupRows(result)]),
    '',
    `divergence: ${divergence.broken} of ${divergence.judged} judged (MUST ${MUST}, SHOULD ${SHOULD}, INFO ${INFO}, provisional ${divergence.provisional})`,
    `coverage: ${coverage.judged} of ${coverage.applicable} statements judged (${coverage.skipped} skipped, ${coverage.indeterminate} indeterminate)`,
    ...(expected === null ? [] : [`known failures: ${divergence.known}, listed in ${expected}`]),
    ...(figure === null ? [] : [figure]),
    `AWS-validated: ${awsValidated} of ${coverage.applicable}`,
    ...troubles.map((trouble) => `trouble: ${clean(trouble)}`),
    ...(run.died === null ? [] : [`the target died: ${clean(run.died)}`]),
  ];
}

function section(title: string, paragraphs: readonly string[]): string[] {
  if (paragraphs.length === 0) return [];
  return ['', `${title}:`, ...paragraphs.flatMap((text) => wrap(clean(text)))];
}

/** Skipped statements by reason: a line for a capability, not one for each statement. */
function skips(judgements: readonly Judgement[]): string[] {
  const skipped = judgements.filter(({ outcome }) => outcome === 'skipped');
  const byReason = Map.groupBy(skipped, ({ message }) => message);
  return [...byReason].map(([reason, ones]) => `${reason}: ${ones.map(({ id }) => id).join(', ')}`);
}

function figureTable(rows: readonly FigureRow[]): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const broken = Math.max('divergence'.length, ...rows.map(({ divergence }) => divergence.length));
  return [
    `${''.padEnd(width)}  ${'divergence'.padEnd(broken)}  coverage`,
    ...rows.map(({ name, divergence, coverage }) => `${name.padEnd(width)}  ${divergence.padEnd(broken)}  ${coverage}`),
  ];
}

/** With a full stop. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
