/** What AWS is free to do, and the reference does not: no statement is broken by it. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../src/clock.ts';
import type {
  GetRecordsInput,
  GetRecordsOutput,
  ListShardsInput,
  ListShardsOutput,
} from '../src/protocol/operations.ts';
import { kinApi03 } from './api/kin-api-03.ts';
import { kinApi07 } from './api/kin-api-07.ts';
import { kinApi09 } from './api/kin-api-09.ts';
import { kinApi10 } from './api/kin-api-10.ts';
import { kinApi12 } from './api/kin-api-12.ts';
import { kinApi15 } from './api/kin-api-15.ts';
import { type Answer, type Front, judgedBehind, refusal } from './front.test-data.ts';
import { kinIt14 } from './it/kin-it-14.ts';
import { kinIt15 } from './it/kin-it-15.ts';
import { kinIt16 } from './it/kin-it-16.ts';
import { kinOd01 } from './od/kin-od-01.ts';
import { kinPart04 } from './part/kin-part-04.ts';
import { kinPart10 } from './part/kin-part-10.ts';
import { kinRs01 } from './rs/kin-rs-01.ts';
import { kinRs05 } from './rs/kin-rs-05.ts';
import { kinRs06 } from './rs/kin-rs-06.ts';
import { kinRs09 } from './rs/kin-rs-09.ts';
import { kinRs11 } from './rs/kin-rs-11.ts';
import { kinRs13 } from './rs/kin-rs-13.ts';

/** What the service model says of members beside their bounds, refused as AWS may refuse it: with a ValidationException that names the member. */
const choosy: Front = ({ operation, body }, answer) => {
  const asked = JSON.parse(body) as Record<string, unknown>;
  const refused = (member: string, why: string) => refusal('ValidationException', `${member}: ${why}`);
  if ('StreamId' in asked) return refused('StreamId', 'Not Implemented. Reserved for future use.');
  if ('WarmThroughputMiBps' in asked) return refused('WarmThroughputMiBps', 'the account has no commitment');
  if (Number(asked['RetentionPeriodHours']) < 24) return refused('RetentionPeriodHours', '24 hours at the least');
  const { Type, ShardId } = Object(asked['ShardFilter']) as Record<string, unknown>;
  if (ShardId !== undefined && Type !== 'AFTER_SHARD_ID') return refused('ShardId', 'only beside AFTER_SHARD_ID');
  const position = Object(asked['StartingPosition'] ?? asked) as Record<string, unknown>;
  const { SequenceNumber, StartingSequenceNumber } = position;
  if (SequenceNumber ?? StartingSequenceNumber) {
    if (!String(position['Type'] ?? position['ShardIteratorType']).includes('SEQUENCE')) {
      return refused('StartingSequenceNumber', 'only beside a type that begins at one');
    }
  }
  // No stream, consumer or channel has a name of more than 128 characters, so an ARN of 2048 is of none.
  const long = Object.entries(asked).find(([member, value]) => member.endsWith('ARN') && String(value).length > 500);
  if (long) return refused(long[0], `is no ARN (${operation})`);
  return answer();
};

test('KIN-API-03: a value within its bounds may still be refused for what else the model says of its member', async () => {
  const { verdict, message } = await judgedBehind(kinApi03, choosy);
  expect(verdict, message).toBe('pass');
});

/** Half of an odd number of shards may be rounded down: the text has no rule for it. `least` is the least target that is taken from six shards. */
function halving(least: number): Front {
  let open = 3;
  return async ({ operation, body }, answer) => {
    if (operation !== 'UpdateShardCount') return answer();
    const { StreamName, TargetShardCount: target } = JSON.parse(body) as Record<string, number>;
    const taken = { StreamName, CurrentShardCount: open, TargetShardCount: target };
    if (target === 1 || (open === 6 && target! < 3 && target! >= least)) {
      return { status: 200, body: JSON.stringify(taken) };
    }
    const answered = await answer();
    if (answered.status === 200) open = target!;
    return answered;
  };
}

test.each([
  ['is rounded down', 3, 'pass'],
  ['is no bound', 2, 'fail'],
])('KIN-RS-11: half of the shards %s', async (_what, least, expected) => {
  const { verdict, message } = await judgedBehind(kinRs11, halving(least));
  expect(verdict, message).toBe(expected);
});

/** How long a list of shards may be old, in ns; AWS was seen to leave out children of a split whose stream was ACTIVE again (amazon-kinesis-scaling-utils#72). */
const OLD_NS = 3 * NS_PER_S;

/**
 * Lists of shards that show what is new some seconds late, the higher of two shards last.
 * @param isOld which requests are answered so
 */
function late(isOld: (body: string) => boolean): Front {
  const firstNs = new Map<string, number>();
  return async ({ operation, body, nowNs }, answer) => {
    const answered = await answer();
    if (operation !== 'ListShards' || answered.status !== 200 || !isOld(body)) return answered;
    const listed = JSON.parse(answered.body) as ListShardsOutput;
    const { StreamName = '' } = JSON.parse(body) as ListShardsInput;
    const shown = listed.Shards.filter(({ ShardId }) => {
      const key = `${StreamName} ${ShardId}`;
      firstNs.set(key, firstNs.get(key) ?? nowNs);
      const isHigher = ShardId === listed.Shards.at(-1)?.ShardId;
      return nowNs - firstNs.get(key)! >= (isHigher ? OLD_NS : 0);
    });
    return { status: 200, body: JSON.stringify({ ...listed, Shards: shown }) };
  };
}

test.each([
  [kinPart04.id, 'shards of a new stream', kinPart04, () => true],
  [kinRs01.id, 'a child of a split', kinRs01, () => true],
  [kinRs13.id, 'a child of a split', kinRs13, () => true],
  [kinApi12.id, 'a shard by a filter', kinApi12, (body: string) => body.includes('ShardFilter')],
])('%s: %s may be listed seconds late', async (_id, _what, statement, isOld) => {
  const { verdict, message } = await judgedBehind(statement, late(isOld));
  expect(verdict, message).toBe('pass');
});

/** A summary that shows a change of mode seconds late; until then the stream is ACTIVE as before, and whatever needs the change is refused. */
function lateMode(): Front {
  let changedNs = -Infinity;
  let before: Answer | undefined;
  return async ({ operation, nowNs }, answer) => {
    const isOld = nowNs - changedNs < OLD_NS;
    if (operation === 'DescribeStreamSummary') return isOld ? before! : (before = await answer());
    if (operation === 'UpdateStreamRecordDistributionStrategy' && isOld)
      return refusal('InvalidArgumentException', 'AUTO is for on-demand streams');
    const answered = await answer();
    if (operation === 'UpdateStreamMode' && answered.status === 200) changedNs = nowNs;
    return answered;
  };
}

test('KIN-PART-10: a new mode may be shown seconds late', async () => {
  const { verdict, message } = await judgedBehind(kinPart10, lateMode());
  expect(verdict, message).toBe('pass');
});

/**
 * MillisBehindLatest in whole seconds, as the examples of AWS have it, and as the time between the last record of the answer and
 * the newest one, which is one way to read "from the tip".
 */
function inSeconds(): Front {
  let newestS = 0;
  return async ({ operation }, answer) => {
    const answered = await answer();
    if (operation !== 'GetRecords' || answered.status !== 200) return answered;
    const page = JSON.parse(answered.body) as GetRecordsOutput;
    const arrivalS = page.Records.at(-1)?.ApproximateArrivalTimestamp;
    if (arrivalS === undefined) return answered;
    newestS = Math.max(newestS, arrivalS);
    const MillisBehindLatest = Math.floor(newestS - arrivalS) * 1000;
    return { status: 200, body: JSON.stringify({ ...page, MillisBehindLatest }) };
  };
}

test('KIN-IT-15: MillisBehindLatest may be in whole seconds, from the newest record', async () => {
  const { verdict, message } = await judgedBehind(kinIt15, inSeconds());
  expect(verdict, message).toBe('pass');
});

/** MillisBehindLatest that is made of what the reference says. */
function behind(made: (behindMs: number, answers: number) => number): Front {
  let answers = 0;
  return async ({ operation }, answer) => {
    const answered = await answer();
    if (operation !== 'GetRecords' || answered.status !== 200) return answered;
    const page = JSON.parse(answered.body) as GetRecordsOutput;
    if (page.MillisBehindLatest === 0) return answered;
    answers += 1;
    const MillisBehindLatest = made(page.MillisBehindLatest!, answers);
    return { status: 200, body: JSON.stringify({ ...page, MillisBehindLatest }) };
  };
}

test.each([
  ['leaps by seconds', (behindMs: number, answers: number) => behindMs + (answers % 2) * 7000],
  ['only says that there is more', () => 1],
])('KIN-IT-15: how exact MillisBehindLatest is, nobody promises: what %s is told', async (_what, made) => {
  const { verdict, message } = await judgedBehind(kinIt15, behind(made));
  expect(verdict, message).toBe('warn');
});

/** A new stream is CREATING for half a minute and a bit, and one whose shards are changed UPDATING for as long: about what AWS takes at the most. */
function slow(): Front {
  const busy = new Map<string, { readonly status: string; readonly untilNs: number }>();
  return async ({ operation, body, nowNs }, answer) => {
    const answered = await answer();
    const { StreamName = '' } = JSON.parse(body) as { StreamName?: string };
    const status = { CreateStream: 'CREATING', SplitShard: 'UPDATING', MergeShards: 'UPDATING' }[operation];
    if (status && answered.status === 200) busy.set(StreamName, { status, untilNs: nowNs + 33 * NS_PER_S });
    const now = busy.get(StreamName);
    if (!operation.startsWith('DescribeStream') || !now || nowNs >= now.untilNs) return answered;
    return { ...answered, body: answered.body.replace('"ACTIVE"', `"${now.status}"`) };
  };
}

test.each([
  [kinApi10.id, 'four streams', kinApi10],
  [kinRs13.id, 'a merge and a split', kinRs13],
])('%s: %s may take half a minute each', async (_id, _what, statement) => {
  const { verdict, message } = await judgedBehind(statement, slow());
  expect(verdict, message).toBe('pass');
});

/** LATEST of a closed shard begins at its last record: AWS has it that "GetShardIterator returns a valid iterator for the last sequence number of the shard". */
function atTheLast(): Front {
  let last: object | undefined;
  return async ({ operation, body }, answer) => {
    const { ShardIteratorType, ShardIterator } = JSON.parse(body) as Record<string, string>;
    if (ShardIteratorType === 'LATEST') return { status: 200, body: '{"ShardIterator":"the last"}' };
    if (ShardIterator === 'the last') {
      return { status: 200, body: JSON.stringify({ Records: [last], MillisBehindLatest: 0, ChildShards: [] }) };
    }
    const answered = await answer();
    if (operation === 'GetRecords') last = (JSON.parse(answered.body) as GetRecordsOutput).Records.at(-1) ?? last;
    return answered;
  };
}

test('KIN-RS-09: LATEST of a closed shard may begin at its last record, which is told', async () => {
  const { verdict, message } = await judgedBehind(kinRs09, atTheLast());
  expect(verdict, message).toBe('warn');
});

/** Empty answers before each that has records, or is the last: "It might take multiple calls to get to a portion of the shard that contains records." */
function sparse(empty: number): Front {
  let left = empty;
  return async ({ operation, body }, answer) => {
    const answered = await answer();
    if (operation !== 'GetRecords' || answered.status !== 200) return answered;
    const { Records, NextShardIterator } = JSON.parse(answered.body) as GetRecordsOutput;
    if (Records.length === 0 && NextShardIterator) return answered;
    left = left > 0 ? left - 1 : empty;
    if (left === empty) return answered;
    const { ShardIterator } = JSON.parse(body) as GetRecordsInput;
    const page = { Records: [], NextShardIterator: ShardIterator, MillisBehindLatest: 1000 };
    return { status: 200, body: JSON.stringify(page) };
  };
}

test.each([
  [kinIt14.id, 1, kinIt14],
  [kinRs05.id, 400, kinRs05],
  [kinRs06.id, 400, kinRs06],
])('%s: %i answers may be empty on the way to the next record', async (_id, empty, statement) => {
  const { verdict, message } = await judgedBehind(statement, sparse(empty));
  expect(verdict, message).toBe('pass');
});

/** A new stream is not found at first: AWS's own sample code for its creation expects that. */
function lateToBeFound(): Front {
  const thereNs = new Map<string, number>();
  return async ({ operation, body, nowNs }, answer) => {
    const { StreamName = '' } = JSON.parse(body) as { StreamName?: string };
    if (operation.startsWith('Describe') && nowNs < (thereNs.get(StreamName) ?? 0)) {
      return refusal('ResourceNotFoundException', `Stream ${StreamName} under account 000000000000 not found.`);
    }
    const answered = await answer();
    if (operation === 'CreateStream' && answered.status === 200) thereNs.set(StreamName, nowNs + OLD_NS);
    return answered;
  };
}

test.each([
  // It is ACTIVE by then, and whether it was CREATING cannot be known.
  [kinApi07.id, kinApi07, 'indeterminate'],
  [kinApi15.id, kinApi15, 'pass'],
  [kinIt16.id, kinIt16, 'pass'],
  [kinOd01.id, kinOd01, 'pass'],
  [kinPart04.id, kinPart04, 'pass'],
])('%s: a new stream may not be found for seconds', async (_id, statement, expected) => {
  const { verdict, message } = await judgedBehind(statement, lateToBeFound());
  expect(verdict, message).toBe(expected);
});

/** The list of a new stream has no shards at first. */
function lateToBeListed(): Front {
  const madeNs = new Map<string, number>();
  return async ({ operation, body, nowNs }, answer) => {
    const answered = await answer();
    const { StreamName = '' } = JSON.parse(body) as { StreamName?: string };
    if (operation === 'CreateStream' && answered.status === 200) madeNs.set(StreamName, nowNs);
    if (operation !== 'ListShards' || nowNs > (madeNs.get(StreamName) ?? -Infinity) + OLD_NS) return answered;
    return { ...answered, body: JSON.stringify({ Shards: [] }) };
  };
}

test.each([
  [kinApi09.id, kinApi09],
  [kinOd01.id, kinOd01],
  [kinPart04.id, kinPart04],
])('%s: a new stream may be listed without shards for seconds', async (_id, statement) => {
  const { verdict, message } = await judgedBehind(statement, lateToBeListed());
  expect(verdict, message).toBe('pass');
});
