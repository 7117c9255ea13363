import { expect, test } from 'vitest';
import { readSigningTime } from './signing-time.ts';

test.each([
  ['20261123T092507Z', '20261123T092507Z'],
  ['Mon, 23 Nov 2026 09:25:07 GMT', '20261123T092507Z'],
  ['Mon, 23 Nov 2026 09:25:07 +0000', '20261123T092507Z'],
  ['20240229T000000Z', '20240229T000000Z'],
  ['20230229T000000Z', undefined],
  ['20261123T092507', undefined],
  ['20261123T096007Z', undefined],
  ['2026-11-23T09:25:07Z', undefined],
  ['23 Nov 2026', undefined],
  ['Mon, 99 Nov 2026 09:25:07 GMT', undefined],
  ['', undefined],
])('the time %s is signed as %s', (text, stamp) => {
  expect(readSigningTime(text)?.stamp).toBe(stamp);
});
