/** What a watcher takes an object to have been written for, and how far it can know that. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { MIB, recordsOf, watching } from './watching.test-data.ts';

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
