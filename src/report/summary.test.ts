import { describe, expect, test } from 'vitest';
import { headlineTiles } from './headline.ts';
import { HOSTILE, hostileResult } from './hostile.test-data.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { pollingDelayResult } from './polling-delay.test-data.ts';
import { renderSummary } from './text.ts';
import { writeLimitResult } from './write-limit.test-data.ts';

const limit = writeLimitResult();
const real = { ...limit, target: { ...limit.target, name: 'an-endpoint-with-a-very-long-name', modelled: false } };
const results = [limit, real, pollingDelayResult()];

test('several fleets that consume have no common propagation: each has its own, below the table', () => {
  const both = pollingDelayResult();
  const means = /Mean propagation \(polling-delay, reference\): pollers 137 ms, slow \d+ ms/;
  expect(renderSummary([both])).toMatch(means);
  expect(renderSummary([both])).toMatch(/ below /);
  expect(renderMarkdown([both])).toContain('Mean propagation (polling-delay, reference): pollers 137 ms, slow');
  const one = { ...both, latencies: both.latencies.filter(({ fleet }) => fleet !== 'slow') };
  expect(renderSummary([one])).toMatch(/ 137 ms /);
  expect(renderSummary([one])).not.toMatch(/Mean propagation| below /);
});

test('polls that were refused are told below the table and in the headline, and nothing where none was', () => {
  const calm = pollingDelayResult();
  const polls = { fleet: 'pollers', phase: null, bytes: 0 };
  const counts = [
    ...calm.counts.filter(({ metric }) => metric !== 'polls'),
    { ...polls, metric: 'polls' as const, count: 4000 },
    { ...polls, metric: 'polls-throttled' as const, count: 1260 },
  ];
  const told = 'Polls refused (polling-delay, reference): pollers 1,260 throttled of 4,000';
  const failed = { ...polls, metric: 'polls-failed' as const, count: 2 };
  expect(renderSummary([{ ...calm, counts }])).toContain(`${told}\n`);
  expect(renderSummary([{ ...calm, counts: [...counts, failed] }])).toContain('1,260 throttled and 2 failed of 4,000');
  expect(renderMarkdown([{ ...calm, counts }])).toContain(told);
  expect(headlineTiles({ ...calm, counts })).toContainEqual({
    label: 'polls throttled',
    value: '31.5 %',
    note: 'pollers, 1,260 of 4,000 polls',
  });
  expect(renderSummary([calm])).not.toContain('Polls refused');
  expect(headlineTiles(calm).map(({ label }) => label)).not.toContain('polls throttled');
});

test('what a table cannot say is said below it: which run a mean is of, and why a percentile is not known', () => {
  const both = pollingDelayResult();
  const one = { ...both, scenario: { ...both.scenario, parameters: { n: 1 } } };
  expect(renderSummary([one])).toContain('Mean propagation (polling-delay n=1, reference): pollers');
  expect(renderSummary([one])).not.toContain('n/a: too few accepted calls');
  const percentilesNs = { ...both.latencies[0]!.percentilesNs, p99: null };
  const few = { ...both, latencies: both.latencies.map((doc) => ({ ...doc, percentilesNs })) };
  expect(renderSummary([few])).toContain('n/a: too few accepted calls');
});

test('lateness is that of the latest fleet; where records are gathered, that of their batches', () => {
  const { plan } = limit.scenario;
  const [writers] = plan.fleets;
  const own = limit.latencies.find(({ metric, phase }) => metric === 'lateness' && phase === null)!;
  const others = { ...own, fleet: 'others', percentilesNs: { ...own.percentilesNs, p99: 2e7 } };
  const scenario = { ...limit.scenario, plan: { ...plan, fleets: [writers!, { ...writers!, name: 'others' }] } };
  const tileOf = (...more: typeof limit.latencies) =>
    headlineTiles({ ...limit, scenario, latencies: [...limit.latencies, ...more] }).find(({ label }) =>
      label.startsWith('lateness'),
    );
  expect(tileOf(others)).toMatchObject({
    value: '20.0 ms',
    note: expect.stringContaining('others, the latest fleet, '),
  });
  const batches = { ...others, metric: 'departure' as const, percentilesNs: { ...own.percentilesNs, p99: 1e3 } };
  expect(tileOf(others, batches)).toMatchObject({ note: expect.stringContaining(`${own.fleet}, the latest fleet, `) });
  expect(tileOf()).toMatchObject({ note: expect.not.stringContaining('fleet') });
});

test('of repeats each row, and what speaks against it, says which it is, in the order they ran', () => {
  const at = (startedAt: string) => ({ ...limit, run: { ...limit.run, startedAt } });
  const repeats = [at('2026-11-20T10:00:00.000Z'), at('2026-11-20T09:00:00.000Z')];
  const said = renderSummary([...repeats, real]);
  expect(said.match(/^ {2}\S+ reference\*/gm)).toEqual(['  #2 reference*', '  #1 reference*']);
  expect(said).toContain('write-limit-records against #1 reference\n');
  expect(said).not.toMatch(/#\d an-endpoint/);
  expect(renderMarkdown(repeats)).toMatch(/against &#35;1 reference\n/);
});

describe('text', () => {
  test('one table over scenarios and targets, then what speaks against each run', () => {
    expect(renderSummary(results)).toMatchInlineSnapshot(`
      "  target           offered  accepted  throttled  service  service  propag.  ledger  expect  verdict
                              /s        /s      share      p50      p99     mean             met
      write-limit-records
        reference*         1,500     1,016     32.3 %  6.47 ms  26.0 ms        –   clean     1/1  ✓ pass
        an-endpoint-wi…    1,500     1,016     32.3 %  6.47 ms  26.0 ms        –   clean     1/1  ✓ pass
      polling-delay
        reference*           200       200        0 %  7.47 ms  27.0 ms    below   clean     1/3  ✗ missed

      Mean propagation (polling-delay, reference): pollers 137 ms, slow 641 ms
      reference was called by wire: HTTP/1.1, JSON
      an-endpoint-with-a-very-long-name was called by wire: HTTP/1.1, JSON
      * modelled by the reference: proves that the tool measures what the model says, nothing about AWS.

      write-limit-records against reference
        ! Warning: cpu: 71 % of a core, bound at most 70 %. Close to saturation; repeat with more threads.

      write-limit-records against an-endpoint-with-a-very-long-name
        ! Warning: cpu: 71 % of a core, bound at most 70 %. Close to saturation; repeat with more threads.

      polling-delay against reference
        ! Warning: cpu: 71 % of a core, bound at most 70 %. Close to saturation; repeat with more threads.
        ✗ Missed: propagation.mean{fleet=slow} < 300ms: observed 641 ms, expected < 300 ms
        ? Not decided: propagation.p99.9{fleet=slow} < 2s: n/a (58 events): Fewer than ten events lie
          beyond p99.9.
      "
    `);
  });

  test('stays within 100 columns and on its lines, whatever a target says', () => {
    const text = renderSummary([...results, hostileResult()]);
    const long = text.split('\n').filter((line) => line.length > 100 && line.includes(' ', 4));
    expect(long).toEqual([]);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}/u);
    expect(text.split('\n').filter((line) => line.startsWith('polling-delay'))).toHaveLength(2);
  });

  test('colours only when asked', () => {
    expect(renderSummary(results, { color: true })).toContain('\u001b[31m✗ missed\u001b[0m');
    expect(renderSummary(results)).not.toContain('\u001b');
  });
});

describe('Markdown', () => {
  test('has one row for each run and the shortfalls below', () => {
    const lines = renderMarkdown(results).split('\n');
    expect(lines[2]).toBe(
      '| write-limit-records | reference&#42; | 1,500 | 1,016 | 32.3 % | 6.47 ms | 26.0 ms | – | clean | 1/1 | ✓ **pass** |',
    );
    expect(lines).toContain(
      '- ✗ Missed: propagation.mean{fleet=slow} &#60; 300ms: observed 641 ms, expected &#60; 300 ms',
    );
  });

  test('keeps hostile strings inert', () => {
    const text = renderMarkdown([hostileResult()]);
    expect(text).not.toMatch(/<|\[x\]|@all|`|\*\*b\*\*/);
    expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
    expect(text.split('\n')[2]!.split('|')).toHaveLength(13);
  });
});

test('a target that lacks all of it was called by nobody, and is told how to claim what it has', () => {
  const unsupported = [{ fleet: 'direct', needs: ['firehose'] as const, optional: false }];
  const client = { ...results[0]!.client, name: '' };
  const text = renderSummary([{ ...results[0]!, client, unsupported }], { color: false });
  expect(text).not.toContain('was called by');
  expect(text).toContain('capabilities: [firehose] (docs/targets.md)');
});

describe('JUnit', () => {
  test('has a case for each expectation, ledger verdict and validity check', () => {
    const xml = renderJunit(results);
    expect(xml.match(/<testcase /g)).toHaveLength(9 + 9 + 11);
    expect(xml).toContain('tests="11" failures="1" errors="1" skipped="0"');
    expect(xml).toContain('<failure type="fail" message="observed 641 ms, expected &#60; 300 ms"/>');
    expect(xml).toContain('<error type="indeterminate"');
  });

  test('has a case for a fleet that the target cannot run: no pass, unless it may be missing', () => {
    const left = (optional: boolean) =>
      renderJunit([{ ...results[0]!, unsupported: [{ fleet: 'pushed', needs: ['fan-out'], optional }] }]);
    expect(left(false)).toContain(
      'name="pushed is run"><error type="indeterminate" message="unsupported: the target has no fan-out"/>',
    );
    expect(left(true)).toContain('name="pushed is run"><skipped message="unsupported: the target has no fan-out"/>');
  });

  test('is XML 1.0, whatever a target says', () => {
    const xml = renderJunit([hostileResult()]);
    expect(xml).not.toMatch(/[^\P{Cc}\n]/u);
    expect(xml.replaceAll(/"[^"<>&']*(?:&#\d+;[^"<>&']*)*"/g, '""')).not.toMatch(/&|'|\]\]>/);
    expect(HOSTILE).toContain(']]>');
  });
});
