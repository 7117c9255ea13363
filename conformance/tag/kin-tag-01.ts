/** KIN-TAG-01: tags are a map of at most fifty, and what is taken away is gone. */
import type { Context, Stream } from '../context.ts';
import { answerOf } from '../attempt.ts';
import { attemptAtRest, eventually } from '../patience.ts';
import { type Finding, broken, holds, loose, statement } from '../statement.ts';
import { has, tagsOf } from './tags.ts';

const TAGS_MAX = 50;
/** A key as long as it may be. */
const LONGEST = 'k'.repeat(128);
/** Tags of one call: no version of AddTagsToStream takes fewer. */
const CALL_TAGS = 10;

export const kinTag01 = statement({
  id: 'KIN-TAG-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Tags of a stream can be added, given another value, removed and listed; there are 50 at the most, with keys of 1 to 128 and values of 0 to 256 characters.',
  source: 'AddTagsToStream, RemoveTagsFromStream, ListTagsForStream',
  fault: 'tag.append-only',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'changes listed': 5, 'tags refused': 4 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    return (await changes(context, stream)) ?? (await lengths(context, stream)) ?? (await count(context, stream));
  },
});

/** Adds, changes and removes, and looks each time. */
async function changes(context: Context, stream: Stream): Promise<Finding | undefined> {
  const { name: StreamName } = stream;
  const add = (Tags: Record<string, string>) => context.send('AddTagsToStream', { StreamName, Tags });
  const remove = (...TagKeys: string[]) => context.send('RemoveTagsFromStream', { StreamName, TagKeys });
  const steps: [string, () => Promise<void>, string, string | undefined][] = [
    ['AddTagsToStream of colour=red', () => add({ colour: 'red', size: 'xl' }), 'colour', 'red'],
    ['AddTagsToStream of colour=blue over red', () => add({ colour: 'blue' }), 'colour', 'blue'],
    ['the same', () => Promise.resolve(), 'size', 'xl'],
    ['RemoveTagsFromStream of colour', () => remove('colour'), 'colour', undefined],
    ['AddTagsToStream of an empty value', () => add({ colour: '' }), 'colour', ''],
  ];
  for (const [what, change, key, value] of steps) {
    await change();
    const tags = await eventually(
      context,
      () => tagsOf(context, stream),
      (seen) => has(seen, key, value),
    );
    context.count('changes listed');
    if (has(tags, key, value)) continue;
    const due = value === undefined ? `no ${key}` : `${key}=${value} once`;
    return broken(`after ${what}, ListTagsForStream gave ${listed(tags)}, where ${due} is due`);
  }
  await remove('colour', 'size');
  return undefined;
}

/** Tries keys and values at and beyond the longest. */
async function lengths(context: Context, { name: StreamName }: Stream): Promise<Finding | undefined> {
  const add = (Tags: Record<string, string>) => attemptAtRest(context, 'AddTagsToStream', { StreamName, Tags });
  const good = await add({ [LONGEST]: 'v'.repeat(256) });
  if (good.kind !== 'ok')
    return broken(
      `AddTagsToStream with a key of 128 and a value of 256 characters was answered with ${answerOf(good)}`,
    );
  await context.send('RemoveTagsFromStream', { StreamName, TagKeys: [LONGEST] });
  const bad = {
    'a key of 129': { [`${LONGEST}k`]: 'v' },
    'a value of 257': { k: 'v'.repeat(257) },
    'a key of 0': { '': 'v' },
  };
  for (const [what, Tags] of Object.entries(bad)) {
    const outcome = await add(Tags);
    context.count('tags refused');
    if (outcome.kind === 'ok') return broken(`AddTagsToStream with ${what} characters was accepted`);
  }
  return undefined;
}

/** Adds tags up to the fiftieth, and one more. */
async function count(context: Context, stream: Stream): Promise<Finding> {
  const { name: StreamName } = stream;
  const add = (Tags: Record<string, string>) => attemptAtRest(context, 'AddTagsToStream', { StreamName, Tags });
  const own = new Set(['colour', 'size', LONGEST]);
  // What was removed above may be listed for a while.
  const present = await eventually(
    context,
    async () => (await tagsOf(context, stream)).map(([key]) => key),
    (seen) => !seen.some((key) => own.has(key)),
  );
  const keys = Array.from({ length: TAGS_MAX - present.length }, (_, index) => `tag-${index}`);
  for (let from = 0; from < keys.length; from += CALL_TAGS) {
    const outcome = await add(Object.fromEntries(keys.slice(from, from + CALL_TAGS).map((key) => [key, 'v'])));
    if (outcome.kind === 'ok') continue;
    const so = present.length + Math.min(from + CALL_TAGS, keys.length);
    return broken(`AddTagsToStream that would make ${so} tags was answered with ${answerOf(outcome)}; AWS allows 50`);
  }
  const tags = await eventually(
    context,
    () => tagsOf(context, stream),
    (seen) => seen.length === TAGS_MAX,
  );
  if (tags.length !== TAGS_MAX) return broken(`of ${TAGS_MAX} tags that were added, ${tags.length} are listed`);
  const beyond = await add({ 'one-more': 'v' });
  context.count('tags refused');
  if (beyond.kind === 'ok') return broken('AddTagsToStream of a 51st tag was accepted');
  return ['InvalidArgumentException', 'LimitExceededException', 'ValidationException'].includes(beyond.code)
    ? holds('tags were added, changed, removed and listed, and the 51st was refused')
    : loose(`AddTagsToStream of a 51st tag was refused with ${answerOf(beyond)}, which does not say why`);
}

function listed(tags: readonly [string, string][]): string {
  return tags.map(([key, value]) => `${key}=${value}`).join(', ') || 'nothing';
}
