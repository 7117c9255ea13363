/** Endpoints that are built otherwise than the reference, and keep what is promised or break it. */
import { expect, test } from 'vitest';
import type { Shard } from '../../src/protocol/operations.ts';
import { type Front, judgedBehind } from '../front.test-data.ts';
import { kinApi03 } from './kin-api-03.ts';
import { kinApi12 } from './kin-api-12.ts';
import { kinApi13 } from './kin-api-13.ts';

/** Answers with a server error in place of a refusal, so many times for each request. */
function spoiling(times: number): Front {
  const seen = new Map<string, number>();
  return async ({ operation, body }, answer) => {
    const right = await answer();
    const key = `${operation} ${body}`;
    const before = seen.get(key) ?? 0;
    if (right.status < 400 || before === times) return right;
    seen.set(key, before + 1);
    return { status: 500, body: '{"__type":"InternalFailure"}' };
  };
}

test.each([
  ['that come by chance are no answer', 2, 'pass'],
  ['that come every time are one', Infinity, 'fail'],
])('KIN-API-03: server errors %s', async (_what, times, expected) => {
  expect((await judgedBehind(kinApi03, spoiling(times))).verdict).toBe(expected);
});

/**
 * Pages of one shard, as any endpoint may cut them.
 * @param loses whether the second page of several is lost once a filter or a summary was asked for
 */
function paging(loses: boolean): Front {
  const pages = new Map<string, readonly Shard[]>();
  let isLosing = false;
  return async ({ operation, body }, answer) => {
    isLosing ||= loses && (operation === 'DescribeStreamSummary' || body.includes('ShardFilter'));
    if (operation !== 'ListShards') return answer();
    const { NextToken } = JSON.parse(body) as { NextToken?: string };
    const known = NextToken === undefined ? undefined : pages.get(NextToken);
    const whole = known ? undefined : await answer();
    if (whole && whole.status !== 200) return whole;
    const listed = known ?? (JSON.parse(whole!.body) as { Shards: readonly Shard[] }).Shards;
    const [first, ...others] = listed;
    const rest = isLosing && !known ? others.slice(1) : others;
    const token = `page ${pages.size}`;
    if (rest.length > 0) pages.set(token, rest);
    const page = { Shards: first ? [first] : [], ...(rest.length > 0 && { NextToken: token }) };
    return { status: 200, body: JSON.stringify(page) };
  };
}

test.each([
  ['KIN-API-12', 'whole', kinApi12, 'pass'],
  ['KIN-API-12', 'without the second', kinApi12, 'fail'],
  ['KIN-API-13', 'whole', kinApi13, 'pass'],
  ['KIN-API-13', 'without the second', kinApi13, 'warn'],
])('%s: pages of one shard, %s', async (_id, how, statement, expected) => {
  expect((await judgedBehind(statement, paging(how !== 'whole'))).verdict).toBe(expected);
});
