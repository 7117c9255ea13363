import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConformances } from './results.ts';

const examples = join('reports', 'examples', 'conformance');
const targets = (path: string) => readConformances(path).map(({ target }) => target.name);

test('what was judged is read from its file, its folder, or a folder of those', () => {
  expect(targets(join(examples, 'kinesalite', 'conformance.json'))).toEqual(['kinesalite']);
  expect(targets(join(examples, 'kinesalite'))).toEqual(['kinesalite']);
  expect(targets(examples)).toEqual(['embedded', 'kinesalite', 'kinesis-local']);
});

test.each([
  ['docs', 'docs holds no conformance.json'],
  ['nowhere', 'there is no nowhere'],
])('%s has nothing to merge', (path, message) => {
  expect(() => readConformances(path)).toThrow(message);
});
