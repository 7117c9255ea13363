import { expect, test } from 'vitest';
import type { ReceivedRecord } from '../src/wire/received.ts';
import { disagreement } from './agreement.ts';

/** A record by its number and, after a colon, its data. */
function record(said: string): ReceivedRecord {
  const [SequenceNumber = '', data = `of ${SequenceNumber}`] = said.split(':');
  return { SequenceNumber, PartitionKey: 'k', Data: Buffer.from(data), ApproximateArrivalTimestamp: 0 };
}

const records = (...said: readonly string[]) => said.map(record);
const log = records('8', '9', '10', '11');

test.each([
  ['all of it', records('8', '9', '10', '11')],
  ['a run of it', records('9', '10')],
  ['nothing', []],
  ['more than was swept', records('10', '11', '12', '14')],
])('agrees: %s', (_what, given) => {
  expect(disagreement(given, log)).toBeUndefined();
});

test.each([
  ['a gap', records('8', '10'), '1 of 4 records were left out after 8, first 9'],
  ['a repetition', records('8', '8'), '8 came twice in a row'],
  ['a step back', records('10', '9'), '9 came after 10'],
  ['a record that was not swept', records('7', '8'), '7 came, which a sweep from TRIM_HORIZON does not have'],
  ['other data', records('8', '9:changed'), '9 came with other data than a sweep from TRIM_HORIZON gave'],
])('disagrees: %s', (_what, given, why) => {
  expect(disagreement(given, log)).toBe(why);
});

test('disagrees: other partition key', () => {
  const given = [{ ...record('8'), PartitionKey: 'other' }];
  expect(disagreement(given, log)).toBe('8 came with other partition key than a sweep from TRIM_HORIZON gave');
});

test('has to begin where it should', () => {
  expect(disagreement(records('9', '10'), log, '9')).toBeUndefined();
  expect(disagreement(records('10', '11'), log, '9')).toBe('1 of 4 records were left out at its beginning, first 9');
});
