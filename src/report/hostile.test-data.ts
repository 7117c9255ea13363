/** A result whose every string from outside tries to break out of the page, the terminal, Markdown or XML. */
import type { Result } from '../result.ts';
import { writeLimitResult } from './write-limit.test-data.ts';

/** What each string carries. */
export const HOSTILE =
  '</script><img src=x onerror="globalThis.pwned=1">$& $\' <!-- ]]> | **b** [x](javascript:y) @all \u001b[31m\u0000\u2028\u202e\'"`${7*7}';

/** `write-limit-records` with `HOSTILE` wherever a scenario's author or a target may put text. */
export function hostileResult(): Result {
  const result = writeLimitResult();
  const { plan } = result.scenario;
  const rename = <T extends { readonly fleet: string }>(docs: readonly T[]): T[] =>
    docs.map((doc) => ({ ...doc, fleet: HOSTILE }));
  return {
    ...result,
    verdict: { exitCode: 5, word: 'broken', reasons: [HOSTILE] },
    run: { ...result.run, id: HOSTILE },
    scenario: {
      file: HOSTILE,
      text: `name: ${HOSTILE}\n</pre></main>${HOSTILE}`,
      planHash: result.scenario.planHash,
      overrides: [HOSTILE],
      plan: {
        ...plan,
        name: HOSTILE,
        question: HOSTILE,
        expected: HOSTILE,
        streams: plan.streams.map((stream) => ({ ...stream, alias: HOSTILE })),
        fleets: plan.fleets.map((fleet) => ({ ...fleet, name: HOSTILE, stream: HOSTILE })),
      },
    },
    target: { ...result.target, name: HOSTILE, description: HOSTILE, url: HOSTILE, capabilities: [HOSTILE] },
    phases: result.phases.map((phase) => ({ ...phase, name: `${phase.name}${HOSTILE}` })),
    validity: [{ name: HOSTILE, verdict: 'fail', observed: HOSTILE, bound: HOSTILE, explanation: HOSTILE }],
    counts: rename(result.counts),
    latencies: rename(result.latencies),
    series: {
      ...result.series,
      counts: rename(result.series.counts).map((one) => (one.shard === null ? one : { ...one, shard: HOSTILE })),
      latencies: rename(result.series.latencies),
    },
    ledger: {
      ...result.ledger,
      counts: { ...result.ledger.counts, lost: 3 },
      witnesses: [
        { anomaly: 'lost', producer: HOSTILE, counter: 7, shardId: HOSTILE, sequenceNumber: null, detail: HOSTILE },
      ],
      sweep: { ...result.ledger.sweep, complete: false, reason: HOSTILE },
      verdicts: [{ name: 'no-loss', verdict: 'fail', explanation: HOSTILE }],
    },
    expectations: [{ text: HOSTILE, verdict: 'fail', observed: HOSTILE, explanation: HOSTILE }],
    errors: result.errors.map((error) => ({ ...error, fleet: HOSTILE, code: HOSTILE, message: HOSTILE.repeat(3) })),
  };
}
