/** A statement that is newer than the version a run is pinned to. */
import { expect, test } from 'vitest';
import { conformanceExitCode, figuresOf } from '../src/conformance-result.ts';
import { missingNothing } from '../src/report/conformance.test-data.ts';
import { conformanceSummary } from '../src/report/conformance-text.ts';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { newest, pinned, versionOf } from './catalogue.ts';
import { renewed, withExpected } from './expected.ts';
import { judge } from './judge.ts';
import { statements } from './registry.ts';
import { Session } from './session.ts';
import { broken, statement } from './statement.ts';
import { virtualWorld } from './world.ts';

const newer = statement({
  id: 'KIN-ORD-02',
  level: 'MUST',
  evidence: ['model'],
  since: 2,
  sentence: 'Streams are green.',
  source: 'CreateStream',
  fault: 'thr.off',
  needs: [],
  exercises: {},
  check: () => Promise.resolve(broken('it was blue')),
});

async function judgedBy(version: number) {
  const session = new Session({ world: virtualWorld(loadTarget('embedded') as EmbeddedSpec), seed: 1 });
  try {
    return await judge(pinned(newer, version), session);
  } finally {
    session.close();
  }
}

test('it is red by its own version, and informs where a run is pinned to an earlier one', async () => {
  const now = await judgedBy(2);
  expect(now).toMatchObject({ verdict: 'fail', level: 'MUST' });
  expect(now).not.toHaveProperty('newIn');
  const then = await judgedBy(1);
  expect(then).toMatchObject({ verdict: 'info', outcome: 'broken', level: 'INFO', newIn: 2 });

  const resultOf = (judgement: typeof now) => ({
    ...missingNothing(),
    judgements: [judgement],
    ...figuresOf([judgement]),
  });
  expect(conformanceExitCode(resultOf(now))).toBe(5);
  expect(conformanceExitCode(resultOf(then))).toBe(0);
  expect(conformanceSummary(resultOf(then)).join(' ').replaceAll(/\s+/g, ' ')).toContain(
    'KIN-ORD-02 info (INFO, new in catalogue 2): it was blue. AWS documents: Streams are green.',
  );
});

test('a list of known failures neither gains nor loses by what only informs', async () => {
  const then = await judgedBy(1);
  const entry = { id: newer.id, verdicts: ['fail'], reason: 'blue' } as const;
  expect(renewed([], [then])).toEqual([]);
  expect(renewed([entry], [then])).toEqual([entry]);
  const result = { ...missingNothing(), judgements: [then], ...figuresOf([then]) };
  const marked = withExpected(result, { file: 'own.yaml', entries: [entry], today: '2026-11-26' });
  expect(marked.judgements).toEqual([then]);
});

test('versions are those of the statements', () => {
  expect(newest()).toBe(1);
  expect(newest([...statements, newer])).toBe(2);
  expect(versionOf(undefined, [...statements, newer])).toBe(2);
  expect(versionOf(1, [...statements, newer])).toBe(1);
  expect(() => versionOf(3, [...statements, newer])).toThrow(
    expect.objectContaining({ code: 'catalogue-unknown', hint: 'there are versions 1 to 2' }),
  );
  expect(() => versionOf(2)).toThrow('there is no version 2 of the catalogue');
});
