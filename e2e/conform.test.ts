/** `kinebench conform` as its user meets it: documents, known failures that are written and held, and a matrix of earlier runs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseConformance } from '../src/conformance-reader.ts';
import { commandLine } from './command-line.ts';

const { folder, kinebench, clear } = commandLine();

afterAll(clear);

const textOf = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const resultIn = (out: string) => parseConformance(textOf(out, 'conformance.json'), out);

const few = ['conform', '--target', 'kinesalite', '--only', 'IT-03,SEC-06', '--seed', '5', '--expected', 'own.yaml'];

test('a list of known failures is written, holds, and fails once what it names passes', async () => {
  expect(await kinebench(...few)).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no own.yaml') });

  const written = await kinebench(...few, '--update-expected', '--out', 'written');
  expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining('own.yaml lists 1 known failures, of 0') });

  expect(await kinebench(...few, '--out', 'held')).toMatchObject({ code: 0 });
  const held = resultIn('held');
  expect(held.judgements.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'KIN-IT-03 pass',
    'KIN-SEC-06 known-fail',
  ]);
  expect(held).toMatchObject({
    expected: 'own.yaml',
    run: { seed: 5 },
    target: { name: 'kinesalite', kind: 'sockets' },
  });
  expect(held.judgements[1]!.exchanges.length).toBeGreaterThan(0);
  expect(textOf('held', 'conformance.json')).not.toMatch(/Signature=[0-9a-f]{64}/);

  writeFileSync(join(folder, 'own.yaml'), 'statements:\n  - { id: KIN-IT-03, verdicts: [fail], reason: was so }\n');
  const { code, stdout } = await kinebench(...few, '--out', 'passes');
  expect(code).toBe(5);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('passes, though it is listed as a known failure (was so)');

  const merged = ['--merge', 'held/conformance.json', '--merge', 'passes/conformance.json', '--out', 'merged'];
  expect(await kinebench('conform', ...merged)).toMatchObject({ code: 5, stdout: expect.stringContaining('Matrix: ') });
  expect(textOf('merged', 'conformance.html')).toContain('Conformance: kinesalite, kinesalite (2)');
  expect(textOf('merged', 'conformance.xml').split('<testsuite ')).toHaveLength(3);
  expect(existsSync(join(folder, 'merged/conformance.json'))).toBe(false);
});

test('several targets have a folder each and share a matrix', async () => {
  const targets = ['--target', 'embedded', '--target', 'kinesalite'];
  expect(
    await kinebench(
      'conform',
      ...targets,
      '--only',
      'IT-03,PART-04',
      '--group',
      'it',
      '--level',
      'must',
      '--out',
      'both',
    ),
  ).toMatchObject({
    code: 0,
  });
  expect(parseConformance(textOf('both/embedded/conformance.json'), '').target.kind).toBe('embedded');
  expect(parseConformance(textOf('both/kinesalite/conformance.json'), '').groups).toEqual({
    IT: 'Iterators and reads',
  });
  expect(textOf('both', 'conformance.md')).toMatch(/^## embedded\n[^]*^## kinesalite\n/m);
});

test.each([
  [['--group', 'ORT'], 'no group is called ORT'],
  [['--merge', 'nowhere.json'], 'there is no nowhere.json'],
  [['--endpoint', 'http://127.0.0.1:9', '--update-expected'], 'there is no list of known failures to be written anew'],
  [
    ['--target', 'embedded', '--target', 'kinesalite', '--expected', 'own.yaml'],
    '--expected is the list of one target',
  ],
])('conform %j ends with 2 and says why', async (args, message) => {
  expect(await kinebench('conform', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
