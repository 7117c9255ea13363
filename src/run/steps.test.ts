import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { StepAction } from '../scenario/plan.ts';
import { startEmbedded } from '../target/embedded.ts';
import { loadTarget } from '../target/load.ts';
import type { EmbeddedSpec } from '../target/spec.ts';
import { createClient } from '../wire/client.ts';
import { runSteps } from './steps.ts';

test('the embedded reference is restarted, given a fault and relieved of it by steps, one after another', async () => {
  const preset = loadTarget('embedded') as EmbeddedSpec;
  await using target = await startEmbedded({ ...preset, latency: 'none', createStreamMs: 0 });
  const client = createClient(target.kinesis, systemClock);
  const retention = async (StreamName: string) => {
    // By connections of its own: those from before a restart are cut, and a client may find that out by a call that fails.
    const fresh = createClient(target.kinesis, systemClock);
    await fresh.call('CreateStream', { StreamName, ShardCount: 1 });
    const outcome = await fresh.call('DescribeStreamSummary', { StreamName });
    fresh.close();
    return outcome.kind === 'ok' ? outcome.output.StreamDescriptionSummary.RetentionPeriodHours : outcome;
  };
  const take = async (...actions: readonly StepAction[]) => {
    const steps = await runSteps(
      actions.map((action) => ({ atNs: 0, action })),
      {
        clock: systemClock,
        client,
        target,
        crews: [],
        clusters: new Map(),
        streams: new Map(),
        retentionHours: new Map(),
        startNs: systemClock.monotonicNs(),
        over: new AbortController().signal,
        stop: new AbortController().signal,
      },
    );
    return steps.map(({ kind, outcome }) => [kind, outcome]);
  };
  expect(await retention('before')).toBe(24);
  expect(await take({ kind: 'arm', fault: 'ret.default-168' }, { kind: 'restart' })).toEqual([
    ['arm', 'done'],
    ['restart', 'done'],
  ]);
  expect(target.died()).toBeNull();
  expect(await retention('armed')).toBe(168);
  expect(await take({ kind: 'disarm', fault: 'ret.default-168' })).toEqual([['disarm', 'done']]);
  expect(await retention('disarmed')).toBe(24);
  client.close();
});
