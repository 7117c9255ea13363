import { expect, test } from 'vitest';
import type { ListedObject, ObjectSource } from '../wire/object-source.ts';
import type { DeliveryPlace } from './context.ts';
import { listedAt } from './delivered-listing.ts';
import { holdsErrors } from './delivered-object.ts';

/** A delivery stream that delivers here, for all that the listing looks at. */
function placeOf(prefix: string, errorPrefix: string | null): DeliveryPlace {
  return {
    plan: {
      alias: 'sink',
      source: null,
      destination: 's3',
      bufferBytes: 1_048_576,
      intervalNs: 60e9,
      compression: 'none',
      prefix: '',
    },
    name: 'theirs',
    bucket: 'lake',
    prefix,
    form: { framing: 'tagged', feeds: 'none', original: { kind: 'same' } },
    errorPrefix,
    sinceMs: 1000,
  };
}

/** A bucket with these keys, all of them new. */
function bucketOf(...keys: string[]): ObjectSource {
  const objects: ListedObject[] = keys.map((key) => ({
    key,
    bytes: 1,
    lastModifiedMs: key === 'raw/old' ? 999 : 1000,
  }));
  return {
    list: async (_bucket, prefix) => ({ kind: 'ok', value: objects.filter(({ key }) => key.startsWith(prefix)) }),
    read: async () => ({ kind: 'error', code: 'none', message: '' }),
    remove: async () => ({ kind: 'error', code: 'none', message: '' }),
    close: () => {},
  };
}

/** What is listed, each with whether it holds errors. */
async function listed(prefix: string, errorPrefix: string | null, ...keys: string[]) {
  const place = placeOf(prefix, errorPrefix);
  const outcome = await listedAt(place, bucketOf(...keys));
  if (outcome.kind === 'error') throw new Error(outcome.code);
  return outcome.value.map(({ key }) => [key, holdsErrors(place, key)]);
}

test('errors that stand elsewhere are listed too; what is older than the run, or beside both, is not', async () => {
  expect(await listed('raw/', 'bad/', 'raw/a', 'raw/old', 'bad/processing-failed/b', 'other/c')).toEqual([
    ['raw/a', false],
    ['bad/processing-failed/b', true],
  ]);
});

test('errors whose place begins as the keys of all do are told by their names, and nothing is listed twice', async () => {
  const keys = ['raw/2026/a', 'raw/processing-failed/b', 'processing-failed/c', 'other/d'];
  expect(await listed('raw/', 'raw/', ...keys)).toEqual([
    ['raw/2026/a', false],
    ['raw/processing-failed/b', true],
  ]);
  expect(await listed('raw/', '', ...keys)).toEqual([
    ['raw/2026/a', false],
    ['raw/processing-failed/b', true],
    ['processing-failed/c', true],
  ]);
  expect(await listed('raw/2026/', 'raw/', ...keys)).toEqual([
    ['raw/2026/a', false],
    ['raw/processing-failed/b', true],
  ]);
});
