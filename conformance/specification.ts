/**
 * The statements as a page: readable as a specification of what a Kinesis-compatible endpoint must do. Pure, so that a test keeps
 * the committed page fresh.
 */
import { groups } from './registry.ts';
import { type Evidence, type Statement, caption } from './statement.ts';

const evidenceWords: Readonly<Record<Evidence, string>> = {
  model: 'service model',
  guide: 'AWS guide',
  emulator: 'an emulator’s tests, once run against AWS',
  recorded: 'recorded from AWS by a third party',
  inferred: 'inferred',
};

/** The page, in Markdown. */
export function specification(): string {
  const all = Object.values(groups).flatMap(({ statements }) => statements);
  const counted = (['MUST', 'SHOULD', 'INFO'] as const).map(
    (level) => `${level} ${all.filter((one) => one.level === level).length}`,
  );
  const sections = Object.entries(groups)
    .filter(([, { statements }]) => statements.length > 0)
    .map(([name, { title, statements }]) => {
      const rows = statements.map(rowOf).join('\n');
      return `## ${name}: ${title}\n\n| id | level | statement | source | needs | fault that breaks it |\n|---|---|---|---|---|---|\n${rows}\n`;
    });
  return [
    '# The statements',
    '',
    `What a Kinesis-compatible endpoint is held to, ${all.length} statements (${counted.join(', ')}). How they are judged: [conformance.md](conformance.md).`,
    'Made from `conformance/` by `npx vitest run conformance/registry.test.ts --update`. A statement marked *provisional* has no text of',
    'AWS behind it, and warns at the most. None has been confirmed by a recorded run against AWS yet.',
    '',
    sections.join('\n'),
  ].join('\n');
}

function rowOf(of: Statement): string {
  const { id, level, sentence, source, evidence, needs, fault, profile = 'core' } = of;
  const how = evidence.map((one) => evidenceWords[one]).join('; ');
  const weight = caption(of).provisional ? `${level}, *provisional*` : level;
  const asked = [...(profile === 'core' ? [] : [profile]), ...needs];
  return `| ${id} | ${weight} | ${sentence} | ${source} (${how}) | ${asked.join(', ') || '–'} | \`${fault}\` |`;
}
