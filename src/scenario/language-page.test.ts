/** Every example of docs/scenario-language.md is parsed: a page that shows what is refused would be worse than none. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import { forms, scenarioSchema } from './schema.ts';
import { parseScenario } from './parse.ts';

const page = readFileSync(new URL('../../docs/scenario-language.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({ kind: match[1]!, text: match[2]! }));
const complete = blocks.find((block) => block.text.includes('question:'))!.text;
const linesOf = (kind: string) =>
  blocks.filter((block) => block.kind === kind).flatMap((block) => block.text.trim().split('\n'));

/** A fragment stands for the same part of the complete example; what rests on the replaced part is left out. */
function completed(fragment: string): string {
  if (fragment === complete) return complete;
  const document = parseDocument(complete);
  const part = parseDocument(fragment);
  if (!isMap(part.contents)) throw new Error(`not a mapping: ${fragment}`);
  for (const pair of part.contents.items) document.set(pair.key, pair.value);
  for (const key of ['expect', 'verify']) document.delete(key);
  document.deleteIn(['phases', 2]);
  return document.toString();
}

describe('docs/scenario-language.md', () => {
  test.each(blocks.filter((block) => block.kind === 'yaml').map(({ text }) => [text]))('%s', (text) => {
    expect(parseScenario(completed(text), { file: 'page.yaml' }).plan.name).toBe('one-shard');
  });

  test.each(linesOf('expect'))('expect: %s', (line) => {
    const longer = complete.replace('steady, for: 30s', 'steady, for: 60s');
    const { plan } = parseScenario(longer, { file: 'page.yaml', set: [`expect=[${JSON.stringify(line)}]`] });
    expect(plan.expect[0]?.text).toBe(line);
  });

  test.each(linesOf('set'))('--set %s', (assignment) => {
    expect(parseScenario(complete, { file: 'page.yaml', set: [assignment] }).plan.name).toBe('one-shard');
  });

  test('has every key of the language', () => {
    const keys = [scenarioSchema, ...Object.values(forms).flat()].flatMap((form) => Object.keys(form.shape));
    expect(keys.filter((key) => !page.includes(key))).toEqual([]);
  });
});
