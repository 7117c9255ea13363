/** Endpoints that break or refuse the subscriptions of fan-out fleets, lead past records, or cannot push. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { countOf, expectWhole, latencyOf, run, subscribing } from './fan-out.test-data.ts';

describe('an endpoint', () => {
  test.each([
    ['InternalFailure', { kind: 'exception', code: 'InternalFailureException', message: 'ours' }],
    ['reset', { kind: 'broken', reason: 'reset-stream', message: 'gone' }],
    ['GOAWAY', { kind: 'broken', reason: 'goaway', message: 'gone' }],
  ] as const)('that breaks every subscription at once (%s) is asked now and then, never in a loop', async (_, last) => {
    const calls = { count: 0 };
    const clock = new VirtualClock(undefined, { inProcess: true });
    const breaking = subscribing(
      () => async () => {
        const times = { sentNs: clock.monotonicNs(), answeredNs: clock.monotonicNs() };
        const messages = (async function* () {
          yield { ...last, receivedNs: 0 };
        })();
        return { kind: 'ok', messages, ...times };
      },
      calls,
    );
    const result = await run({}, { within: breaking, clock });
    // Two shards, 50 s, with breaks of 0.5 to 1 s that grow to 4 to 8 s.
    expect(calls.count).toBeGreaterThan(10);
    expect(calls.count).toBeLessThan(50);
    expect(countOf(result, 'subscriptions-broken')).toBeGreaterThan(10);
    const code = last.kind === 'exception' ? last.code : `connection-${last.reason}`;
    expect(result.errors).toMatchObject([{ operation: 'SubscribeToShard event', code }]);
  });

  test('that is away for a while is found again, and nothing is lost', async () => {
    const away = subscribing((inner, call) => async (input, options) => {
      const outcome = await inner(input, options);
      if (outcome.kind !== 'ok' || call > 2) return outcome;
      const { messages } = outcome;
      const cut = (async function* () {
        let events = 0;
        for await (const message of messages) {
          yield message;
          if ((events += 1) < 5) continue;
          yield { kind: 'broken', reason: 'cut', message: 'ECONNRESET', receivedNs: message.receivedNs } as const;
          return;
        }
      })();
      return { ...outcome, messages: cut };
    });
    const result = await run({}, { within: away });
    expectWhole(result);
    expect(countOf(result, 'subscriptions-broken')).toBe(2);
    expect(latencyOf(result, 'renewal-gap', 'broken')).toMatchObject({ count: 2 });
  });

  test('that wants no such consumer ends the run before it begins', async () => {
    const unwanted = subscribing(() => async () => {
      const times = { sentNs: 0, answeredNs: 0 };
      return { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400, ...times };
    });
    await expect(run({}, { within: unwanted })).rejects.toMatchObject({
      exitCode: ExitCode.unreachable,
      message: expect.stringContaining('SubscribeToShard on kinebench-events-simulate'),
    });
  });

  test('that wants a consumer no more makes the run invalid: its figures are of what came before', async () => {
    const clock = new VirtualClock(undefined, { inProcess: true });
    const unwanted = subscribing((inner, call) => async (input, options) => {
      const times = { sentNs: clock.monotonicNs(), answeredNs: clock.monotonicNs() };
      if (call <= 2) return inner(input, options);
      return { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400, ...times };
    });
    const steps = 'steps: [{ at: 10s, kill: pushed }, { at: 11s, start: pushed }]';
    const result = await run({ more: steps, seconds: 60 }, { within: unwanted, clock });
    expect(countOf(result, 'subscriptions-failed')).toBe(16);
    expect(result.verdict.exitCode).toBe(ExitCode.invalid);
    expect(result.verdict.reasons[0]).toMatch(
      /^shards read: given up: 2 shards \(pushed, shardId-0{12} after 8 times AccessDeniedException\)/,
    );
  });

  test('that refuses every replacement is asked ever more seldom', async () => {
    const clock = new VirtualClock(undefined, { inProcess: true });
    const refusing = subscribing((inner, call) => async (input, options) => {
      const times = { sentNs: clock.monotonicNs(), answeredNs: clock.monotonicNs() };
      if (call <= 2) return inner(input, options);
      return { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400, ...times };
    });
    const result = await run({ pushed: ', renew: 10s', seconds: 100 }, { within: refusing, clock });
    expectWhole(result);
    // Two shards, 90 s, with breaks that grow to 4 to 8 s.
    expect(countOf(result, 'subscriptions-failed')).toBeGreaterThan(20);
    expect(countOf(result, 'subscriptions-failed')).toBeLessThan(60);
  });

  test('that finds every consumer too soon for minutes ends the run before it begins', async () => {
    const clock = new VirtualClock(undefined, { inProcess: true });
    const busy = subscribing(() => async () => {
      const times = { sentNs: clock.monotonicNs(), answeredNs: clock.monotonicNs() };
      return { kind: 'error', code: 'LimitExceededException', message: 'later', status: 400, ...times };
    });
    await expect(run({}, { within: busy, clock, wakesMax: 100_000 })).rejects.toMatchObject({
      exitCode: ExitCode.unreachable,
      message: expect.stringContaining('LimitExceededException: later'),
    });
  });

  test('whose continuation leads past a record is found out by the sweep', async () => {
    const faults = new Faults(['efo.continuation-ahead']);
    const result = await run({ pushed: ', renew: 5s', seconds: 40 }, { endpoint: { latency: 'aws', faults } });
    expect(result.ledger.counts.missed).toBeGreaterThan(0);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('that cannot push leaves the fleet out: unsupported, and never failed', async () => {
    const more = `expect:
  - propagation.mean{fleet=pushed} < 100ms
  - throttled.count = 0
  - accepted.count = 0 when target.has(clock)`;
    const target = { capabilities: new Set([]) };
    const result = await run({ seconds: 5, more }, { target });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.unreachable, word: 'unsupported' });
    expect(result.verdict.reasons).toEqual(['pushed was not run: unsupported, the target has no fan-out']);
    expect(result.unsupported).toEqual([{ fleet: 'pushed', needs: ['fan-out'], optional: false }]);
    expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['skip', 'pass', 'skip']);
    expect(result.ledger).toMatchObject({ counts: { lost: 0 } });

    const steps = `${more}\nsteps: [{ at: 1s, kill: pushed }, { at: 2s, start: pushed }]`;
    const optional = await run({ seconds: 5, more: steps, pushed: ', when: target.has(fan-out)' }, { target });
    expect(optional.verdict).toMatchObject({ exitCode: ExitCode.pass, word: 'pass' });
    expect(optional.steps).toBeUndefined();
  });

  test('that cannot push is asked nothing of all consumers, or of what only the pushed have: none is no answer', async () => {
    const more = `expect:
  - propagation.mean < 100ms
  - received.count > 10
  - subscriptions-broken.count = 0
  - accepted.count > 10
  - lost = 0`;
    const target = { capabilities: new Set([]) };
    const result = await run({ seconds: 5, more, pushed: ', when: target.has(fan-out)' }, { target });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, word: 'pass' });
    expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['skip', 'skip', 'skip', 'pass', 'pass']);
    expect(result.expectations[1]!.explanation).toBe('unsupported: the target cannot run pushed');
  });
});
