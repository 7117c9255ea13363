import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import type { LineChartSpec } from './chart-spec.ts';
import { HOSTILE, hostileResult } from './hostile.test-data.ts';
import { renderHtml } from './html.ts';
import { pollingDelayResult } from './polling-delay.test-data.ts';
import { writeLimitResult } from './write-limit.test-data.ts';

const limit = renderHtml(writeLimitResult());
const polling = renderHtml(pollingDelayResult());

/** What a reader reads: without scripts, styles and tags, non-breaking spaces as spaces. */
function readable(page: string): string {
  return page
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('findings', () => {
  test('judge a limit after its burst, against offered and published', () => {
    expect(readable(limit)).toMatch(
      /In the last 40\.0 s of steady, 1,500 records\/s were offered, 1,00\d records\/s stored \(100\.\d % of the published limit of 1 shard, 1,000 records\/s\); \d{3} records\/s were throttled\./,
    );
    expect(readable(polling)).toContain('nothing was throttled');
  });

  test('say where the delay of polling comes from', () => {
    expect(readable(polling)).toContain(
      'pollers: a record took 137 ms on average = 106 ms poll phase (77.4 %) + 12.4 ms call + 18.6 ms residual.',
    );
  });

  test('say that a residual below zero rests on too few polls', () => {
    const result = pollingDelayResult();
    expect(readable(polling)).not.toContain('Below zero the polls');
    const below = { ...result, polling: result.polling.map((one) => ({ ...one, residualMeanNs: -45e6 })) };
    expect(readable(renderHtml(below))).toContain('Below zero the polls were too few or too uneven to tell');
  });

  test('give no percentile that the events do not support', () => {
    expect(readable(polling)).toContain('slow: propagation: p50 641 ms, too few events for p99, from 58 independent');
    expect(readable(polling)).toContain('n/a (58 events)');
  });

  test('say modelled wherever a model made the latencies, and only there', () => {
    expect(readable(limit)).toContain('Modelled: this target makes its latencies from a model');
    const result = writeLimitResult();
    const real = renderHtml({ ...result, target: { ...result.target, name: 'aws', modelled: false } });
    expect(readable(real).toLowerCase()).not.toContain('modelled');
  });

  test('say what was measured, with what, by which clock, how paced and on which machine', () => {
    const result = pollingDelayResult();
    const page = readable(renderHtml(result));
    const { target, client, environment, run } = result;
    for (const said of [
      target.name,
      target.description,
      target.url,
      run.id,
      environment.hostClass,
      environment.kinebench,
    ])
      expect(page).toContain(said);
    expect(page).toContain(`${client.name} client, ${client.transport}, ${client.encoding}`);
    expect(page).toContain('1 attempt, no hidden retries');
    expect(page).toContain('system, monotonic');
    expect(page).toMatch(/pacing\s+timer/);
    const mixed = result.scenario.plan.fleets.map(
      (fleet) => ({ ...fleet, pacing: fleet.kind === 'produce' ? 'precise' : 'timer' }) as const,
    );
    const scenario = { ...result.scenario, plan: { ...result.scenario.plan, fleets: mixed } };
    const part = { ...run, segment: { index: 2, of: 3 } };
    const other = readable(
      renderHtml({ ...result, scenario, run: part, environment: { ...environment, clock: 'virtual' } }),
    );
    expect(other).toContain('precise');
    expect(other).toContain('segment 2 of 3 only');
    expect(other).toContain('virtual: time was simulated');
    expect(page).toContain('none on this machine');
  });

  test('order the page as it is read', () => {
    const marks = ['exit code', 'measurement valid', 'wire client', 'Headline', 'by percentile', 'Throughput'];
    const rest = [
      'Latency over time',
      'Shards',
      'Ledger',
      'Expectations',
      'Errors',
      'Counts',
      'Scenario',
      'Environment',
    ];
    const places = [...marks, ...rest].map((mark) => readable(limit).indexOf(mark));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('show bytes first where the byte limit is the nearer one', () => {
    const result = writeLimitResult();
    const counts = result.series.counts.map((one) => ({ ...one, bytes: one.values.map((value) => value * 4096) }));
    const text = readable(renderHtml({ ...result, series: { ...result.series, counts } }));
    expect(text).toContain('Stream clicks: bytes over time');
    expect(text).toMatch(/of the published limit of 1 shard, 1\.00 MiB\/s/);
    expect(readable(limit)).not.toContain('bytes over time');
  });

  test('marks what was done at its time, and the limit follows the shards', () => {
    const step = { kind: 'split', stream: 'clicks', dueNs: 10e9, detail: 'shardId-000000000000' } as const;
    const steps = [
      { ...step, text: 'split clicks', startNs: 10e9, endNs: 12e9, outcome: 'done', openShards: 2 },
      { ...step, text: 'reshard clicks to 4', startNs: 20e9, endNs: 20e9, outcome: 'unsupported', openShards: null },
      { ...step, text: 'merge clicks', startNs: null, endNs: null, outcome: 'not-reached', openShards: null },
    ] as const;
    const page = renderHtml({ ...writeLimitResult(), steps });
    expect(readable(page)).toContain('1 split clicks 10.0 s 10.0 s 2.00 s ✓ done 2 shardId-000000000000');
    expect(readable(page)).toContain('– unsupported by the target');
    expect(readable(page)).toContain('of the published limit of 2 shards');
    const specs = JSON.parse(/id="charts">([^<]*)</.exec(page)![1]!) as LineChartSpec[];
    const timeline = specs.find(({ id }) => id === 'timeline-0-records')!;
    expect(timeline.marks).toEqual([
      { label: '1', from: 10, to: 12 },
      { label: '2', from: 20, to: 20 },
    ]);
    const limitLine = timeline.lines.find(({ label }) => label === 'limit of its shards')!;
    expect(limitLine.points.slice(0, 3).map(({ x, y }) => [x, y])).toEqual([
      [0, 1000],
      [12, 1000],
      [12, 2000],
    ]);
  });

  test('say which limiter it was, by its figures and what it gets wrong', () => {
    const shape = {
      unit: 'records',
      kind: 'token-bucket',
      attempts: 16_384,
      throttled: 4467,
      residual: 0.0139,
      sustainedPerS: 1000.04,
      burst: 999.6,
      recoveryNs: 0.9996e9,
      candidates: [],
      explanation: '227 of 16384 attempts against a token bucket',
    } as const;
    const doc = { stream: 'clicks', side: 'write', shard: 'shardId-000000000000', limited: 'records' } as const;
    const page = readable(renderHtml({ ...writeLimitResult(), throttling: [{ ...doc, shapes: [shape] }] }));
    expect(page).toContain(
      'shardId-000000000000 records token bucket 1,000 records/s 1,000 records 1.00 s 1.4 % 4,467 16,384 227 of 16384',
    );
    const undecided = { ...shape, kind: 'undecided', burst: null, recoveryNs: null } as const;
    expect(readable(renderHtml({ ...writeLimitResult(), throttling: [{ ...doc, shapes: [undecided] }] }))).toMatch(
      /undecided 1,000 records\/s – –/,
    );
  });

  test('a throttle that cannot be attributed has a row of its own', () => {
    const result = writeLimitResult();
    const counts = result.series.counts.filter((one) => one.metric !== 'throttled' || one.shard === null);
    expect(readable(renderHtml({ ...result, series: { ...result.series, counts } }))).toMatch(
      /not attributed 0 29,\d{3} not known/,
    );
  });
});

describe('the file', () => {
  test('refers to nothing outside itself', () => {
    const tags = [limit, polling].join('').match(/<[a-z][^>]*>/gi) ?? [];
    expect(tags.filter((tag) => /\s(src|href|action|style|on\w+)\s*=/i.test(tag.replaceAll(/"[^"]*"/g, '""')))).toEqual(
      [],
    );
    expect(limit).not.toMatch(/@import|url\(|sourceMappingURL/);
  });

  test('lets run the script and the style it carries, by hash, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(limit)![1]!;
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const script = limit.slice(limit.lastIndexOf('<script>') + '<script>'.length, limit.lastIndexOf('</script>'));
    const style = /<style>([\s\S]*?)<\/style>/.exec(limit)![1]!;
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
    );
  });

  test('keeps hostile strings inert and whole', () => {
    const page = renderHtml(hostileResult());
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page.match(/<img/g)).toBeNull();
    expect(page).toContain(
      '&lt;/script&gt;&lt;img src=x onerror=&quot;globalThis.pwned=1&quot;&gt;$&amp; $&#39; &lt;!--',
    );
    expect(page).not.toMatch(/[^\P{Cc}\t\n\r]/u);
    expect(page).toContain('␛[31m␀');
    const data = /<script type="application\/json" id="charts">([^<]*)<\/script>/.exec(page)![1]!;
    expect(JSON.stringify(JSON.parse(data))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
  });

  test('stands for a run that measured nothing', () => {
    const result = writeLimitResult();
    const empty: Result = {
      ...result,
      verdict: { exitCode: 130, word: 'interrupted', reasons: ['Interrupted before the first phase.'] },
      phases: [],
      validity: [],
      counts: [],
      latencies: [],
      series: { binNs: 1e9, bins: 0, counts: [], latencies: [] },
      expectations: [],
      errors: [],
    };
    expect(readable(renderHtml(empty))).toContain('Interrupted before the first phase.');
  });
});
