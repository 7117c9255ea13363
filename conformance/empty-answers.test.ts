/** Answers without records, which never end: an endpoint that gives them is asked for a while, and not as fast as it answers. */
import { expect, test } from 'vitest';
import type { GetRecordsInput, GetShardIteratorInput } from '../src/protocol/operations.ts';
import { type Front, judgedBehind } from './front.test-data.ts';
import { kinIt14 } from './it/kin-it-14.ts';
import { kinRs05 } from './rs/kin-rs-05.ts';
import { kinRs06 } from './rs/kin-rs-06.ts';

/** So many a check may ask for: 90 s with a pause between two. */
const ANSWERS_MAX = 2500;

const RECORD = { SequenceNumber: '1', PartitionKey: 'k', Data: '', ApproximateArrivalTimestamp: 1 };

/**
 * Whoever begins at the oldest record is told that there is more, and given nothing but one record with the so-manieth answer. No limit
 * is spent by that.
 */
function nearlyNothing(recordAt: number): Front {
  let answers = 0;
  return ({ operation, body }, answer) => {
    const { ShardIteratorType, ShardIterator } = JSON.parse(body) as Partial<GetShardIteratorInput & GetRecordsInput>;
    if (ShardIteratorType === 'TRIM_HORIZON') return { status: 200, body: '{"ShardIterator":"empty"}' };
    if (operation !== 'GetRecords' || ShardIterator !== 'empty') return answer();
    answers += 1;
    if (answers > ANSWERS_MAX) throw new Error(`asked more than ${ANSWERS_MAX} times`);
    const Records = answers === recordAt ? [RECORD] : [];
    return { status: 200, body: JSON.stringify({ Records, NextShardIterator: 'empty', MillisBehindLatest: 1000 }) };
  };
}

test.each([
  [kinIt14.id, 'never gives a record', kinIt14, 0, 'indeterminate'],
  [kinRs05.id, 'never gives a record', kinRs05, 0, 'fail'],
  [kinRs06.id, 'never gives a record', kinRs06, 0, 'fail'],
  // The next one might have come.
  [kinRs06.id, 'gave a record 40 s ago', kinRs06, 1000, 'indeterminate'],
])('%s of a shard that %s', async (_id, _what, statement, recordAt, expected) => {
  const { verdict, message } = await judgedBehind(statement, nearlyNothing(recordAt));
  expect(verdict, message).toBe(expected);
});
