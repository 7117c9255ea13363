/** Conformance results as a run writes them: one that misses much, in words that want to be markup, and one that misses nothing. */
import { type ConformanceResult, figuresOf, type Judgement } from '../conformance-result.ts';

const evil = `<img src=x onerror="globalThis.pwned=1"></details><script>globalThis.pwned=1</script> | \u001b[2J & '`;

function judgement(id: string, change: Partial<Judgement>): Judgement {
  return {
    id,
    level: 'MUST',
    profile: 'core',
    provisional: false,
    sentence: `The sentence of ${id}.`,
    source: 'PutRecord',
    verdict: 'pass',
    outcome: 'holds',
    message: '192 records were all read',
    exercised: { 'records put': 192, 'shards hit': 3 },
    tookMs: 1234,
    exchanges: [],
    ...change,
  };
}

function result(name: string, judgements: readonly Judgement[]): ConformanceResult {
  return {
    format: 'kinebench-conformance',
    version: 1,
    kinebench: '0.1.0',
    run: {
      startedAt: '2026-11-26T09:00:00.000Z',
      endedAt: '2026-11-26T09:01:00.000Z',
      seed: 7,
      interrupted: false,
      died: null,
    },
    target: {
      name,
      kind: 'sockets',
      description: `${name} 1.2.3`,
      url: 'http://127.0.0.1:4567',
      transport: 'HTTP/1.1, JSON',
      capabilities: ['throttle'],
    },
    groups: { PART: 'Partition keys and hash ranges', ORD: 'Order', IT: 'Iterators and reads' },
    judgements,
    ...figuresOf(judgements),
    awsValidated: 0,
    expected: null,
    troubles: [],
  };
}

/** One with every verdict there is. */
export function missingMuch(): ConformanceResult {
  const seen = { outcome: 'broken', message: `sent ${evil}, came 200` } as const;
  const exchanges = [{ operation: 'PutRecord', sent: `{"Data":"${evil}"}`, came: `400 ${evil}` }];
  const known = {
    verdicts: ['fail'],
    reason: 'never written',
    link: 'https://example.org/1',
    expires: '2027-05-31',
  } as const;
  return result('leaky', [
    judgement('KIN-PART-01', {}),
    judgement('KIN-PART-02', { verdict: 'fail', ...seen, exchanges }),
    judgement('KIN-ORD-02', { verdict: 'known-fail', ...seen, known }),
    judgement('KIN-ORD-04', { level: 'SHOULD', verdict: 'warn', outcome: 'loose', message: 'in another form' }),
    judgement('KIN-ORD-12', { level: 'INFO', verdict: 'info', provisional: true }),
    judgement('KIN-IT-01', {
      verdict: 'skip',
      outcome: 'skipped',
      message: 'the target does not claim: clock',
      exercised: {},
    }),
    judgement('KIN-IT-02', { verdict: 'indeterminate', outcome: 'unobserved', message: 'nothing came' }),
    judgement('KIN-IT-03', { verdict: 'fail', message: 'passes, though it is listed', known }),
  ]);
}

/** One that misses nothing, and was asked for less. */
export function missingNothing(): ConformanceResult {
  return result('sound', [
    judgement('KIN-PART-01', {}),
    judgement('KIN-IT-09', { level: 'SHOULD', profile: 'quotas' }),
  ]);
}
