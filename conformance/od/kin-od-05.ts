/** KIN-OD-05: warm throughput belongs to on-demand streams. One MiB/s is asked for, which an endpoint that takes it wrongly has anyway. */
import { sleepFor } from '../../src/clock.ts';
import { isRate } from '../attempt.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const THROTTLE_PAUSE_NS = 300_000_000;
/** What says that the call was understood and is not to be had. */
const refusals = ['ValidationException', 'InvalidArgumentException'];

export const kinOd05 = statement({
  id: 'KIN-OD-05',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence: 'UpdateStreamWarmThroughput of a provisioned stream is refused.',
  source: 'UpdateStreamWarmThroughput (on-demand streams only)',
  fault: 'od.warm-any',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'calls answered': 1 },
  check: async (context) => {
    const { client, clock, deadlineNs } = context;
    const { name: StreamName } = await context.stream(1, 'fresh');
    for (;;) {
      const outcome = await client.call('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 1 });
      const asked = 'UpdateStreamWarmThroughput of a provisioned stream';
      if (outcome.kind === 'ok') {
        return broken(
          `${asked} was answered with 200 ${JSON.stringify(outcome.output)}; AWS documents it for on-demand streams only`,
        );
      }
      if (outcome.kind !== 'error') return unobserved(`${asked}: ${outcome.kind}`);
      const said = `${asked} was answered with ${outcome.status} ${outcome.code} ${outcome.message}`;
      if (!isRate(outcome.code) || clock.monotonicNs() > deadlineNs) {
        if (!refusals.includes(outcome.code)) return unobserved(said);
        context.count('calls answered');
        return holds(said);
      }
      await sleepFor(clock, THROTTLE_PAUSE_NS);
    }
  },
});
