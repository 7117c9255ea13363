/**
 * The statements as a page: readable as a specification of what a Kinesis-compatible endpoint must do. Pure, so that a test keeps
 * the committed page fresh.
 */
import { newest } from './catalogue.ts';
import { groups } from './registry.ts';
import { type Evidence, type Statement, caption, lanes } from './statement.ts';

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
  const inLanes = lanes.map((lane) => `${lane} ${all.filter((one) => (one.lane ?? 'gating') === lane).length}`);
  const sections = Object.entries(groups)
    .filter(([, { statements }]) => statements.length > 0)
    .map(([name, { title, statements }]) => {
      const rows = statements.map(rowOf).join('\n');
      return `## ${name}: ${title}\n\n| id | level | statement | source | needs | lane | fault that breaks it |\n|---|---|---|---|---|---|---|\n${rows}\n`;
    });
  return [
    '# The statements',
    '',
    `What a Kinesis-compatible endpoint is held to, ${all.length} statements (${counted.join(', ')}). How they are judged: [conformance.md](conformance.md).`,
    'Made from `conformance/` by `npx vitest run conformance/registry.test.ts --update`. A statement marked *provisional* has no text of',
    'AWS behind it, and warns at the most. None has been confirmed by a recorded run against AWS yet.',
    `This is version ${newest(all)} of the catalogue. Lanes ([conformance.md](conformance.md) says what they mean): ${inLanes.join(', ')}.`,
    '',
    sections.join('\n'),
  ].join('\n');
}

function rowOf(of: Statement): string {
  const { id, level, sentence, source, evidence, needs, fault, profile = 'core', lane = 'gating', since = 1 } = of;
  const how = evidence.map((one) => evidenceWords[one]).join('; ');
  const weight = caption(of).provisional ? `${level}, *provisional*` : level;
  const named = since === 1 ? id : `${id} (catalogue ${since})`;
  const asked = [...(profile === 'core' ? [] : [profile]), ...needs];
  return `| ${named} | ${weight} | ${sentence} | ${source} (${how}) | ${asked.join(', ') || '–'} | ${lane} | \`${fault}\` |`;
}
