/** What a watcher takes an object to have been written for, and how far it can know that. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { MIB, record, recordsOf, watching } from './watching.test-data.ts';

const KIB = 1024;

test.each([
  ['old, and not full', MIB / 2, 60, 'interval'],
  ['full, and not old', MIB, 30, 'size'],
  ['no room for another record', MIB - KIB / 2, 30, 'size'],
  // Another one would just have fitted.
  ['a record short of full', MIB - KIB, 30, 'unknown'],
  ['both', MIB, 60, 'unknown'],
  ['neither', MIB / 2, 30, 'unknown'],
  ['as old as a clock can tell', MIB / 2, 59.9995, 'interval'],
  ['a little short of old', MIB / 2, 59.99, 'unknown'],
  ['more than full', MIB + KIB, 30, 'size'],
] as const)('%s', (_, bytes, ageS, condition) => {
  const { books } = watching(new VirtualClock());
  const plain = recordsOf(bytes);
  books.took({ key: 'request 1', body: plain, plain, visibleNs: ageS * 1e9 });
  expect(books.export().objects).toMatchObject([{ bytes, condition, ageNs: ageS * 1e9 }]);
});

test('a record that is delivered and stands in the backup is waited for once, whichever is found first and whatever tells it apart', async () => {
  const form = {
    framing: 'text',
    feeds: 'own',
    original: { kind: 'same' },
    field: { name: 'n', column: null },
  } as const;
  const told = [1, 2, 3].map((n) => Buffer.from(`{"n":"${n}"}\n`));
  const tagged = [1, 2, 3].map((counter) => record(counter));
  for (const [put, change] of [
    [tagged, {}],
    [told, { form }],
  ] as const) {
    const { books } = watching(new VirtualClock(), undefined, { errorPrefix: 'errors/', ...change });
    const [first, second, third] = put;
    const delivered = (data: Buffer) =>
      Promise.resolve(books.took({ key: 'request', body: data, plain: data, visibleNs: 1e9 }));
    const failed = (data: Buffer) => {
      const body = Buffer.from(JSON.stringify({ rawData: data.toString('base64'), errorCode: 'Down' }));
      return books.found({ key: 'errors/a', body, visibleNs: 1e9 });
    };
    const accounted: number[] = [];
    for (const step of [
      () => delivered(first!),
      () => failed(first!),
      () => failed(second!),
      () => failed(second!),
      () => delivered(second!),
      () => failed(third!),
    ]) {
      await step();
      accounted.push(books.accounted);
    }
    expect(accounted).toEqual([1, 1, 2, 2, 2, 3]);
  }
});
