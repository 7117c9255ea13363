/** Answers without records, which never end: an endpoint that gives them is asked for a while, and not as fast as it answers. */
import { expect, test } from 'vitest';
import type { GetRecordsInput, GetShardIteratorInput } from '../src/protocol/operations.ts';
import { type Front, judgedBehind } from './front.test-data.ts';
import { kinIt14 } from './it/kin-it-14.ts';

/** So many a check may ask for: 90 s with a pause between two. */
const ANSWERS_MAX = 2500;

/** Whoever begins at the oldest record is told that there is more, and given nothing. No limit is spent by that. */
function emptyForEver(): Front {
  const empty = { Records: [], NextShardIterator: 'empty', MillisBehindLatest: 1000 };
  let answers = 0;
  return ({ operation, body }, answer) => {
    const { ShardIteratorType, ShardIterator } = JSON.parse(body) as Partial<GetShardIteratorInput & GetRecordsInput>;
    if (ShardIteratorType === 'TRIM_HORIZON') return { status: 200, body: '{"ShardIterator":"empty"}' };
    if (operation !== 'GetRecords' || ShardIterator !== 'empty') return answer();
    answers += 1;
    if (answers > ANSWERS_MAX) throw new Error(`asked more than ${ANSWERS_MAX} times`);
    return { status: 200, body: JSON.stringify(empty) };
  };
}

test.each([[kinIt14.id, kinIt14, 'indeterminate']])(
  '%s behind a shard that is never read',
  async (_id, statement, expected) => {
    const { verdict, message } = await judgedBehind(statement, emptyForEver());
    expect(verdict, message).toBe(expected);
  },
);
