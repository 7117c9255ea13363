import { expect, test } from 'vitest';
import { conformanceJunit } from './conformance-junit.ts';
import { conformanceMarkdown } from './conformance-markdown.ts';
import { renderMatrix } from './conformance-matrix.ts';
import { conformanceSummary } from './conformance-text.ts';
import { missingMuch, missingNothing } from './conformance.test-data.ts';

test('the page has a row for each statement of any target, and a cell for each target that was asked', () => {
  const page = renderMatrix([missingMuch(), missingNothing()]);
  const ids = [...page.matchAll(/<strong>(KIN-[A-Z]+-\d+)<\/strong> <span/g)].map(([, id]) => id);
  expect(ids).toEqual(
    'PART-01 PART-02 ORD-02 ORD-04 ORD-12 IT-01 IT-02 IT-03 IT-09'.split(' ').map((id) => `KIN-${id}`),
  );
  expect(page.split('<td data-target="leaky">')).toHaveLength(10);
  expect(page.split('not asked')).toHaveLength(9);
});

test('the page carries no script and lets none run', () => {
  const page = renderMatrix([missingMuch()]);
  expect(page).not.toContain('<script');
  expect(page).not.toContain('script-src');
  expect(page).toContain("default-src 'none'");
});

test('second witnesses are counted, and whoever disagrees or saw nothing is told in every document', () => {
  const by = (one: string, outcome: 'holds' | 'broken' | 'unobserved') => ({
    by: one,
    outcome,
    message: `${evil} of ${one}`,
  });
  const evil = '<script>alert(1)</script>';
  const { judgements, ...rest } = missingNothing();
  const [first, second] = judgements as [(typeof judgements)[number], (typeof judgements)[number]];
  const heard = [
    { ...first, witnesses: [by('the SDK over HTTP/1.1', 'holds'), by('CBOR over HTTP/1.1', 'unobserved')] },
    { ...second, witnesses: [by('the SDK over HTTP/1.1', 'broken')] },
  ];
  const result = { ...rest, judgements: heard };
  const told = [conformanceSummary(result).join(' ').replaceAll(/\s+/g, ' '), conformanceMarkdown([result])];
  for (const text of [...told, renderMatrix([result])]) {
    expect(text).toMatch(/econd witnesses: 1 of 3 agree, 1 disagree, 1 saw nothing/);
    expect(text).toContain('KIN-IT-09: holds for our own client, broken by the SDK over HTTP/1.1');
    expect(text).toContain('CBOR over HTTP/1.1, 1 of 1: KIN-PART-01');
  }
  expect(renderMatrix([result])).not.toContain(evil);
  expect(conformanceSummary(missingNothing()).join(' ')).not.toContain('witness');
});

test('two results of one target are told apart', () => {
  expect(renderMatrix([missingNothing(), missingNothing()])).toContain('<th scope="col">sound (2)</th>');
});

test('JUnit counts failures, and skips what is known, skipped or not to be observed', () => {
  const xml = conformanceJunit([missingMuch()]);
  expect(xml).toContain('name="leaky" tests="8" failures="2" errors="0" skipped="3"');
  expect(xml).toContain('<testcase classname="leaky" name="KIN-PART-01: The sentence of KIN-PART-01." time="1.234"/>');
  expect(xml).not.toContain('<img');
  expect(xml).not.toContain('\u001b');
});

test('Markdown has both figures by level and group, each miss, and nothing that comes alive', () => {
  const page = conformanceMarkdown([missingMuch(), missingNothing()]);
  expect(page).toContain('| ORD: Order | 1 of 3, 1 of them known | 3 of 3 |');
  expect(page).toContain('| SHOULD | 0 of 1 | 1 of 1 |');
  expect(page).not.toContain('<img');
  expect(page.match(/^- /gm)).toHaveLength(5);
});

test('the terminal shows each miss with what AWS documents, skips by reason, and both figures', () => {
  const text = conformanceSummary(missingMuch()).join('\n');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'came 200. AWS documents: The sentence of KIN-PART-02. Source: PutRecord.',
  );
  expect(text.replaceAll(/\s+/g, ' ')).toContain('Known, until 2027-05-31: never written. https://example.org/1');
  expect(text).toContain('the target does not claim: clock: KIN-IT-01');
  expect(text).toContain('divergence: 2 of 6 judged (MUST 2, SHOULD 0, INFO 0, provisional 0)');
  expect(text).toContain('coverage: 6 of 8 statements judged (1 skipped, 1 indeterminate)');
  expect(text).toContain('AWS-validated: 0 of 8');
  expect(text).not.toContain('\u001b');
});
