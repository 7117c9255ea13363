/** Children of a closed shard that an endpoint does not name, and lists only when it likes to, are found; or the run says that they are not. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { WireClient } from '../wire/client.ts';
import { countOf, expectWhole } from './fan-out.test-data.ts';
import { simulate } from './simulation.ts';

const SPLIT_S = 10;

/** `refuse` is asked for each call that a consumer makes of the operation after the split, counted from 1: the error's code, or null to let it pass. */
async function run(consume: string, operation: string, refuse: (call: number) => string | null) {
  const text = `
name: children
question: Are the children of a split shard read?
expected: Every record of them, or the run is invalid.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: 50 records/s, record: { size: 100 B, key: uniform(50) } }
  pushed: { consume: ${consume}, from: TRIM_HORIZON }
phases:
  - { name: steady, for: 30s }
  - { name: drain, until: drained, within: 10s }
verify: [no-loss, no-duplicates, order]
steps: [{ at: ${SPLIT_S}s, split: events }]
`;
  const { plan, planHash } = parseScenario(text, { file: 'children.yaml' });
  const clock = new VirtualClock(undefined, { inProcess: true });
  let calls = 0;
  const within = (client: WireClient): WireClient => ({
    call: (asked, input, options) => {
      // Calls of agents have a timeout of their fleet, those of the run itself none.
      const late = options?.timeoutNs !== undefined && clock.monotonicNs() > SPLIT_S * 1e9;
      const code = asked === operation && late ? refuse((calls += 1)) : null;
      if (code === null) return client.call(asked, input, options);
      const atNs = clock.monotonicNs();
      return Promise.resolve({ kind: 'error', code, message: code, status: 400, sentNs: atNs, answeredNs: atNs });
    },
    subscribe: (...of) => client.subscribe(...of),
    open: (count) => client.open(count),
    close: () => client.close(),
  });
  const endpoint = { latency: 'aws', faults: new Faults(['reshard.no-children']) } as const;
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  const result = await simulate({ scenario, seed: 1, endpoint, within, clock });
  return { result, calls };
}

describe.each(['polling', 'fan-out'])('%s', (consume) => {
  test('a list that is throttled is asked for again, with growing waits', async () => {
    const { result, calls } = await run(consume, 'DescribeStream', (call) =>
      call <= 4 ? 'LimitExceededException' : null,
    );
    expectWhole(result);
    expect(calls).toBe(5);
    expect(result.errors).toMatchObject([{ operation: 'DescribeStream', code: 'LimitExceededException', count: 4 }]);
  });

  test('a list that is never to be had makes the run invalid', async () => {
    const { result, calls } = await run(consume, 'DescribeStream', () => 'AccessDeniedException');
    expect(calls).toBe(8);
    expect(countOf(result, 'received')).toBeLessThan(result.ledger.acknowledged / 2);
    expect(result.verdict.exitCode).toBe(ExitCode.invalid);
    expect(result.verdict.reasons.join(' ')).toContain(
      'given up: 1 shard (pushed, the children of shardId-000000000000 after 8 times AccessDeniedException)',
    );
  });
});

test('a poller that gets no iterator for its children makes the run invalid', async () => {
  const { result } = await run('polling', 'GetShardIterator', () => 'AccessDeniedException');
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  expect(result.verdict.reasons.join(' ')).toMatch(
    /given up: 2 shards \(pushed, shardId-\d+ after 8 times AccessDenied/,
  );
});

test('a poller that is throttled for ever does not wait for ever to begin', async () => {
  const text = `
name: throttled
question: Does a run begin that cannot?
expected: No.
streams: { events: { shards: 1 } }
fleets:
  readers: { consume: polling }
phases: [{ name: steady, for: 5s }]
`;
  const { plan, planHash } = parseScenario(text, { file: 'throttled.yaml' });
  const clock = new VirtualClock(undefined, { inProcess: true });
  const throttled = {
    kind: 'error',
    code: 'LimitExceededException',
    message: 'no',
    status: 400,
    sentNs: 0,
    answeredNs: 0,
  } as const;
  const within = (client: WireClient): WireClient => ({
    call: (asked, input, options) =>
      asked === 'GetShardIterator' ? Promise.resolve(throttled) : client.call(asked, input, options),
    subscribe: (...of) => client.subscribe(...of),
    open: (count) => client.open(count),
    close: () => client.close(),
  });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  await expect(simulate({ scenario, seed: 1, within, clock })).rejects.toThrow('GetShardIterator on kinebench-events');
});
