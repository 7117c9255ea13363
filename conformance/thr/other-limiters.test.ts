/** Endpoints that limit otherwise than the reference, and keep what AWS documents or leave nothing to judge by. */
import { expect, test } from 'vitest';
import { type Clock, NS_PER_S } from '../../src/clock.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import type { TransportAnswer } from '../../src/wire/transport.ts';
import { quickWorld, wired } from '../front.test-data.ts';
import { kinMc02 } from '../mc/kin-mc-02.ts';
import { Session } from '../session.ts';
import type { Statement } from '../statement.ts';
import { kinThr04 } from './kin-thr-04.ts';
import { kinThr05 } from './kin-thr-05.ts';
import { kinThr06 } from './kin-thr-06.ts';

/** What becomes of a call. */
type Front = (clock: Clock, answer: () => Promise<TransportAnswer>) => Promise<TransportAnswer>;

/** What a check finds behind a front of an operation. */
async function found(
  statement: Statement,
  front: Front,
  spec: Partial<EmbeddedSpec> = {},
  operation = 'GetRecords',
): Promise<string> {
  const quick = quickWorld(spec);
  const world = wired(quick, (called, pass) => (called === operation ? front(quick.clock, pass) : pass()));
  const { context } = new Session({ world, seed: 1 }).context(statement.id);
  return (await world.settle(statement.check(context))).outcome;
}

/** A call that is refused as too much. */
function refusal(nowNs: number, type = 'ProvisionedThroughputExceededException'): TransportAnswer {
  const body = Buffer.from(JSON.stringify({ __type: type, message: 'Rate exceeded' }));
  const contentType = 'application/x-amz-json-1.1';
  return { kind: 'response', status: 400, contentType, body, sentNs: nowNs, answeredNs: nowNs };
}

/** Serves one read after the other, and takes so long for each. */
function queue(eachS: number): Front {
  let freeNs = 0;
  return async (clock, answer) => {
    const sentNs = clock.monotonicNs();
    freeNs = Math.max(freeNs, sentNs) + eachS * NS_PER_S;
    await clock.sleepUntil(freeNs);
    return { ...(await answer()), sentNs };
  };
}

test.each([
  ['KIN-THR-05', kinThr05, 0.25, 'unobserved'],
  ['KIN-THR-05', kinThr05, 0.05, 'broken'],
  ['KIN-MC-02', kinMc02, 0.6, 'unobserved'],
  // Too slow for more calls than are allowed, and not for more bytes.
  ['KIN-MC-02', kinMc02, 0.25, 'broken'],
  ['KIN-MC-02', kinMc02, 0.05, 'broken'],
] as const)('%s without a limit, where reads wait for each other: %#', async (_id, statement, eachS, outcome) => {
  expect(await found(statement, queue(eachS), { limits: 'off' })).toBe(outcome);
});

/** Answers the first reads and no more. */
function mute(after: number): Front {
  let reads = 0;
  return async (_clock, answer) => {
    const { sentNs, answeredNs, ...served } = await answer();
    reads += 1;
    return reads > after ? { kind: 'timeout', sentNs, answeredNs } : { ...served, sentNs, answeredNs };
  };
}

test('KIN-THR-05: reads without an answer are neither served nor refused', async () => {
  expect(await found(kinThr05, mute(1), { limits: 'off' })).toBe('unobserved');
});

/** Refuses whatever comes within a second of a refusal, as AWS documents, and counts what it refuses. */
const strict: () => Front = () => {
  let refusedNs = -Infinity;
  return async (clock, answer) => {
    const came = await answer();
    const nowNs = clock.monotonicNs();
    const isRefused = came.kind === 'response' && came.status === 400;
    if (!isRefused && nowNs - refusedNs >= NS_PER_S) return came;
    refusedNs = nowNs;
    return refusal(nowNs);
  };
};

test.each([
  [kinThr05, 'loose'],
  [kinMc02, 'holds'],
])('$id: who asks too fast may be refused for longer', async (statement, outcome) => {
  expect(await found(statement, strict())).toBe(outcome);
});

test.each(['LimitExceededException', 'ThrottlingException'])(
  'KIN-THR-05: reads are refused by the name that AWS has for it, which is not %s',
  async (name) => {
    const other: Front = async (clock, answer) => {
      const came = await answer();
      const isRefused = came.kind === 'response' && came.status === 400;
      return isRefused ? refusal(clock.monotonicNs(), name) : came;
    };
    expect(await found(kinThr05, other)).toBe('broken');
  },
);

/** Refuses reads for so long after a full answer. */
function closed(forS: number): Front {
  let untilNs = -Infinity;
  return async (clock, answer) => {
    const nowNs = clock.monotonicNs();
    if (nowNs < untilNs) return refusal(nowNs);
    const came = await answer();
    if (came.kind === 'response' && came.body.length > 10_000_000) untilNs = nowNs + forS * NS_PER_S;
    return came;
  };
}

test.each([
  [3, 'broken'],
  [4.2, 'loose'],
  [5, 'holds'],
])('KIN-THR-06: reads that are served again %d s after a full answer', async (forS, outcome) => {
  expect(await found(kinThr06, closed(forS), { limits: 'off' })).toBe(outcome);
});

test('KIN-THR-04: a call of the cold shard that is throttled by chance is no budget for both', async () => {
  let calls = 0;
  const chance: Front = (clock, answer) => {
    calls += 1;
    return calls === 50 || calls === 51 ? Promise.resolve(refusal(clock.monotonicNs())) : answer();
  };
  expect(await found(kinThr04, chance, {}, 'PutRecords')).toBe('loose');
});
