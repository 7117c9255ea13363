/** A matrix, repeats and a search from the command line down to the files they write, in virtual time. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { parseResultSeries, type ResultSeries } from '../result-series.ts';
import { parseResult } from '../result-reader.ts';
import { loadTarget } from '../target/load.ts';
import { commandLine } from './command-line.ts';
import { readScenario, type Written } from './one-run.ts';
import { report } from './report.ts';
import { readResults } from './results.ts';
import { runSeries, seriesOf, type SeriesWritten } from './series.ts';

const text = (more: string, rate = '20 records/s') => `name: sample
question: What does {n} do?
expected: Something; nothing would prove it wrong.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: "${rate} total", record: { size: 100 B, key: uniform(100) } }
  pollers: { consume: polling, every: "{n} * 100ms" }
phases: [{ name: steady, for: 5s }]
${more}
`;

let folder = '';
let printed: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinebench-series-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function fileOf(content: string): string {
  const file = join(folder, 'sample.yaml');
  writeFileSync(file, content);
  return file;
}

async function run(file: string, ...more: readonly string[]): Promise<{ code: ExitCode; series: ResultSeries }> {
  const out = join(folder, 'out');
  const code = await commandLine(['run', file, '--simulate', '--quiet', '--seed', '7', '--out', out, ...more]);
  const name = join(out, 'series.json');
  return { code, series: parseResultSeries(readFileSync(name, 'utf8'), name) };
}

test('a matrix with repeats: a result for each run, the curve with its spread above them', async () => {
  const file = fileOf(text('matrix: { n: [2, 8] }\nrepeat: { times: 2 }\ncurve: [propagation.mean, accepted.rate]'));
  const { code, series } = await run(file);
  expect(code).toBe(ExitCode.pass);
  expect(series).toMatchObject({ clock: 'virtual', interrupted: false, repeat: { times: 2 } });
  expect(series.scenario.question).toBe('What does {n} do?');
  expect(series.metrics).toEqual([
    { text: 'propagation.mean', unit: 'ns' },
    { text: 'accepted.rate', unit: 'records/s' },
  ]);
  expect(series.points.map(({ values }) => values)).toEqual([{ n: 2 }, { n: 8 }]);
  const [fast, slow] = series.points.map(({ metrics }) => metrics[0]!);
  expect(fast).toMatchObject({ count: 2 });
  expect(fast!.min!).toBeLessThan(fast!.max!);
  expect(slow!.median!).toBeGreaterThan(2 * fast!.median!);
  // The same repeat has the same seed in every combination.
  expect(series.points.map(({ runs }) => runs.map(({ seed }) => seed))).toEqual([
    [7, 8],
    [7, 8],
  ]);
  const first = join(folder, 'out', series.points[1]!.runs[1]!.folder, 'result.json');
  const { scenario, run: doc } = parseResult(readFileSync(first, 'utf8'), first);
  expect(scenario).toMatchObject({ parameters: { n: 8 }, plan: { question: 'What does 8 do?' } });
  expect(doc.seed).toBe(8);
  const page = join(folder, 'out', series.points[1]!.runs[1]!.folder, 'report.html');
  expect(readFileSync(page, 'utf8')).toContain('--only n=8');
  const curve = join(folder, 'out', 'series.html');
  const written = readFileSync(curve, 'utf8');
  expect(written).toContain('propagation.mean over n');
  // Both pages come from their documents alone: those of a folder, or of the series by itself.
  rmSync(curve);
  rmSync(page);
  await report({ result: [join(folder, 'out')] });
  expect(readFileSync(page, 'utf8')).toContain('--only n=8');
  expect(readFileSync(curve, 'utf8')).toBe(written);
  rmSync(curve);
  await report({ result: [join(folder, 'out', 'series.json')] });
  expect(readFileSync(curve, 'utf8')).toBe(written);
  // A folder of results is still one: the series is none.
  expect(readResults(join(folder, 'out'))).toHaveLength(4);
  expect(printed.join('\n')).toMatch(/n = 8 +embedded +\d+ ms \(\d+ ms … \d+ ms\)/);
});

test('the same seed gives the same series byte for byte', async () => {
  const file = fileOf(text('matrix: { n: 1..2 }\ncurve: [propagation.mean]'));
  await run(file);
  const first = readFileSync(join(folder, 'out', 'series.json'), 'utf8');
  await run(file);
  expect(readFileSync(join(folder, 'out', 'series.json'), 'utf8')).toBe(first);
});

test('--only runs a part of the matrix, and says what it could have been', async () => {
  const file = fileOf(text('matrix: { n: [2, 8] }\ncurve: [propagation.mean]'));
  const { series } = await run(file, '--only', 'n=8');
  expect(series.points.map(({ values }) => values)).toEqual([{ n: 8 }]);
  for (const only of ['n=3', 'm=8', 'n'])
    await expect(run(file, '--only', only)).rejects.toMatchObject({ code: 'usage', hint: 'parameters: n' });
});

test('a search brackets the knee of the reference: a thousand records a second', async () => {
  const search = 'search: { parameter: n, between: 500..2000, holds: [throttled.ratio < 1%], within: 10% }';
  const content = text(search, '{n} records/s')
    .replace('"{n} * 100ms"', '1s')
    .replace('[{ name: steady, for: 5s }]', '[{ name: burst, for: 6s, measure: false }, { name: steady, for: 4s }]');
  const { code, series } = await run(fileOf(content));
  expect(code).toBe(ExitCode.pass);
  const [found] = series.searches;
  expect(found).toMatchObject({ target: 'embedded', parameter: 'n', outcome: 'found' });
  expect(found!.low!).toBeGreaterThan(900);
  expect(found!.high!).toBeLessThan(1300);
  expect(found!.value! / 1000).toBeCloseTo(1.05, 0);
  expect(found!.probes.slice(0, 3).map(({ value, verdict }) => [value, verdict])).toEqual([
    [500, 'holds'],
    [2000, 'breaks'],
    [1000, 'holds'],
  ]);
  // Every probe keeps its own result, also where one value was probed twice.
  expect(new Set(found!.probes.map((probe) => probe.folder)).size).toBe(found!.probes.length);
  expect(found!.probes.every((probe) => existsSync(join(folder, 'out', probe.folder, 'result.json')))).toBe(true);
  expect(printed.join('\n')).toContain('knee: embedded: throttled.ratio < 1% holds up to n = ');
});

test('an interrupt keeps what was measured, and says that not all was', async () => {
  const scenario = readScenario(fileOf(text('matrix: { n: 1..5 }\ncurve: [propagation.mean]')), []);
  const stop = new AbortController();
  class StopAfterTwo extends Array<Written> {
    override push(...items: Written[]): number {
      const length = super.push(...items);
      if (length === 2) stop.abort();
      return length;
    }
  }
  const finished: SeriesWritten[] = [];
  const options = { out: folder, seed: 1, threads: 1, quiet: true, json: false, yesThisCostsMoney: false };
  await runSeries(
    scenario,
    seriesOf(scenario, [])!,
    [loadTarget('embedded')],
    { ...options, simulate: true, several: false },
    stop.signal,
    new StopAfterTwo(),
    finished,
  );
  expect(finished[0]!.series).toMatchObject({ interrupted: true, verdict: { exitCode: ExitCode.interrupted } });
  expect(finished[0]!.series.points).toHaveLength(2);
  const name = join(folder, 'series.json');
  expect(parseResultSeries(readFileSync(name, 'utf8'), name)).toEqual(finished[0]!.series);
});
