import { expect, test } from 'vitest';
import type { ProduceFleet } from '../scenario/plan.ts';
import { isLarge, writtenAhead } from './due-calls.ts';
import type { PutRecord } from './put-record.ts';

const MIB = 1 << 20;
const fleet = {
  data: { kind: 'random' },
  recordBytes: { kind: 'fixed', bytes: 8 * MIB },
  batchRecords: 1,
  gather: null,
  chain: false,
} as ProduceFleet;

/** What happens in order: `write 1` when the call of second 1 is written, `take 1` when it is handed out, with the time waited for. */
async function storyOf(dueS: readonly number[], bytes: number): Promise<string[]> {
  const story: string[] = [];
  let counter = 0;
  const write = (dueNs: number) => {
    story.push(`write ${dueNs / 1e9}`);
    return [{ counter: counter++, dueNs, dataBytes: bytes } as PutRecord];
  };
  const until = async (atNs: number) => void story.push(`until ${atNs / 1e9}`);
  const times = dueS.map((second) => second * 1e9);
  for await (const { dueNs, records } of writtenAhead(times, write, until))
    story.push(`take ${dueNs / 1e9} #${records![0]!.counter}`);
  return story;
}

test('large calls are written before they are due, and none before what was due earlier has left', async () => {
  expect(await storyOf([1, 2], 8 * MIB)).toEqual([
    'until 0.5',
    'write 1',
    'take 1 #0',
    'until 1.5',
    'write 2',
    'take 2 #1',
  ]);
});

test('a burst is written as a whole, so that none of its calls waits for the writing of another', async () => {
  const story = await storyOf([1, 1, 1], 4 * MIB);
  expect(story.filter((step) => !step.startsWith('until'))).toEqual([
    'write 1',
    'write 1',
    'write 1',
    'take 1 #0',
    'take 1 #1',
    'take 1 #2',
  ]);
});

test('of a burst no more is written ahead than 32 MiB', async () => {
  const story = await storyOf([1, 1, 1, 1, 1, 1], 8 * MIB);
  const writes = story.findIndex((step) => step.startsWith('take'));
  expect(story.slice(0, writes).filter((step) => step.startsWith('write'))).toHaveLength(4);
  expect(story.filter((step) => step.startsWith('take'))).toHaveLength(6);
});

test.each<[string, Partial<ProduceFleet>, boolean]>([
  ['8 MiB', {}, true],
  ['sizes up to 1 MiB', { recordBytes: { kind: 'uniform', minBytes: 1, maxBytes: MIB } }, true],
  ['1 KiB', { recordBytes: { kind: 'fixed', bytes: 1024 } }, false],
  ['500 of 10 KiB', { recordBytes: { kind: 'fixed', bytes: 10_240 }, batchRecords: 500 }, true],
  ['rows of a file', { data: { kind: 'file' } as ProduceFleet['data'] }, false],
  ['a chain', { chain: true }, false],
])('%s: written ahead or not', (_, change, large) => expect(isLarge({ ...fleet, ...change })).toBe(large));
