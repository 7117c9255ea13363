/** Endpoints that are built otherwise than the reference, and keep what is promised or break it. */
import { expect, test } from 'vitest';
import type { Shard } from '../../src/protocol/operations.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { BodyBuffer } from '../../src/wire/body-buffer.ts';
import type { TransportAnswer, TransportRequest } from '../../src/wire/transport.ts';
import { judge } from '../judge.ts';
import { Session } from '../session.ts';
import type { Statement } from '../statement.ts';
import { virtualWorld } from '../world.ts';
import { kinApi03 } from './kin-api-03.ts';
import { kinApi12 } from './kin-api-12.ts';
import { kinApi13 } from './kin-api-13.ts';

interface Request {
  readonly operation: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What stands before the reference; `answer` is what the reference says. */
type Front = (request: Request, answer: () => Promise<Answer>) => Answer | Promise<Answer>;

/** The verdict on the reference behind a front. */
async function verdict(statement: Statement, front: Front): Promise<string> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  const transport = () => {
    const inner = world.transport();
    const send = async (request: TransportRequest): Promise<TransportAnswer> => {
      const nowNs = world.clock.monotonicNs();
      const asked = { operation: request.target.split('.')[1]!, body: bodyOf(request) };
      const { status, body } = await front(asked, async () => {
        const answer = await inner.send(request);
        if (answer.kind !== 'response') throw new Error(`the reference answered with ${answer.kind}`);
        return { status: answer.status, body: answer.body.toString() };
      });
      const contentType = 'application/x-amz-json-1.1';
      return { kind: 'response', status, contentType, body: Buffer.from(body), sentNs: nowNs, answeredNs: nowNs };
    };
    return { ...inner, send };
  };
  const judgement = await judge(statement, new Session({ world: { ...world, transport }, seed: 1 }));
  return judgement.verdict;
}

function bodyOf(request: TransportRequest): string {
  const buffer = new BodyBuffer();
  request.write(buffer);
  return buffer.body.toString();
}

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
  expect(await verdict(kinApi03, spoiling(times))).toBe(expected);
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
  expect(await verdict(statement, paging(how !== 'whole'))).toBe(expected);
});
