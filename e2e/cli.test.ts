/** The command line as its user meets it: real processes, real exit codes, what they print and what they leave behind. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { ResultSeries } from '../src/result-series.ts';
import type { Result } from '../src/result.ts';
import { createClient } from '../src/wire/client.ts';
import { codeOf, commandLine } from './command-line.ts';

const { folder, start, kinebench, clear } = commandLine();

afterAll(clear);

const resultIn = (out: string) => JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8')) as Result;

function scenario(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const short = scenario(
  'short.yaml',
  `name: short
question: Does a short run work?
expected: It does.
streams: { events: { shards: 1, retention: 24h } }
fleets:
  writers: { produce: PutRecord, rate: 100 records/s, record: { size: 100 B, key: uniform(10) } }
  pollers: { consume: polling, from: LATEST, every: 200ms }
phases:
  - { name: steady, for: 3s }
  - { name: drain, until: drained, within: 5s }
verify: [no-loss, no-duplicates, order, immutability]
expect:
  - accepted.ratio > 99%
  - lost = 0
`,
);

test('a run passes: exit 0, a summary, a result and a page', async () => {
  const { code, stdout, stderr } = await kinebench('run', short, '--out', 'pass', '--seed', '7');
  expect(stderr).toContain('steady');
  expect(stdout).toContain('embedded was called by wire: HTTP/1.1, JSON');
  const result = resultIn('pass');
  expect(code).toBe(codeOf(result, 0));
  expect(result.run.seed).toBe(7);
  expect(result.ledger).toMatchObject({ acknowledged: result.ledger.swept });
  expect(result.client.threads).toBe(2);
  expect(result.target.modelled).toBe(true);
  expect(readFileSync(join(folder, 'pass/report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
});

test('a missed expectation: exit 3, and the summary says what was seen', async () => {
  const missed = scenario(
    'missed.yaml',
    readFileSync(join(folder, short), 'utf8').replace('accepted.ratio > 99%', 'accepted.ratio < 50%'),
  );
  const { code, stdout } = await kinebench('run', missed, '--simulate', '--out', 'missed', '--quiet');
  expect(stdout).toContain('accepted.ratio < 50%');
  expect(code).toBe(3);
});

test('three mistakes in a scenario are three lines with their places: exit 2', async () => {
  const wrong = scenario(
    'wrong.yaml',
    readFileSync(join(folder, short), 'utf8')
      .replace('PutRecord,', 'PutRecrd,')
      .replace('every: 200ms', 'every: 200')
      .replace('lost = 0', 'losst = 0'),
  );
  const { code, stdout, stderr } = await kinebench('validate', wrong);
  expect(stdout).toBe('');
  expect(stderr.match(/^.*wrong\.yaml:(6|7|14):\d+: .+$/gm)).toHaveLength(3);
  expect(stderr).toContain('PutRecord');
  expect(code).toBe(2);
  expect((await kinebench('run', wrong)).code).toBe(2);
});

test('a dead endpoint: exit 7, with its address', async () => {
  const { code, stderr } = await kinebench('run', short, '--endpoint', 'http://127.0.0.1:1');
  expect(stderr).toContain('http://127.0.0.1:1');
  expect(code).toBe(7);
});

test.each([
  [['rum'], 'run'],
  [['run', 'no-such-scenario'], 'no-such-scenario'],
  [['run', short, '--threads', '0'], '--threads'],
  [['run', short, '--target', 'nowhere'], 'nowhere'],
  [['run', short, '--set', 'fleets.writers.rat=1 records/s'], 'rate'],
  [['run', short, '--target', 'aws'], '--yes-this-costs-money'],
  [['gate', 'nowhere.json', '--baseline', 'nowhere.json'], 'nowhere.json'],
  [['run', '.'], '.'],
  [['run', short, '--target', './'], './'],
  [['run', short, '--out', '/proc/nope'], '/proc/nope'],
  [['run', short, '--out', short], short],
  [[], 'kinebench --help'],
])('%j is a mistake of its user: exit 2, and the text says which', async (args, word) => {
  const { code, stderr } = await kinebench(...args);
  expect(stderr).toContain(word);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
});

test('the gate: equal to itself is 0, ten times slower is 4 with JUnit and Markdown, another plan is refused with 2', async () => {
  const args = ['run', short, '--simulate', '--quiet', '--set', 'phases.0.for=6s'];
  expect((await kinebench(...args, '--out', 'baseline')).code).toBe(0);
  expect((await kinebench('gate', 'baseline', '--baseline', 'baseline', '--rule', 'service.p50')).code).toBe(0);

  const slower = resultIn('baseline');
  const latencies = slower.latencies.map((doc) => ({
    ...doc,
    percentilesNs: { ...doc.percentilesNs, p50: doc.percentilesNs.p50 && doc.percentilesNs.p50 * 10 },
  }));
  scenario('slower.json', JSON.stringify({ ...slower, latencies }));
  const written = ['--junit', 'gate.xml', '--markdown', 'gate.md'];
  const { code, stdout } = await kinebench(
    'gate',
    'slower.json',
    '--baseline',
    'baseline',
    '--rule',
    'service.p50',
    ...written,
  );
  expect(code).toBe(4);
  expect(stdout).toContain('service.p50');
  expect(readFileSync(join(folder, 'gate.xml'), 'utf8')).toContain('<failure');
  expect(readFileSync(join(folder, 'gate.md'), 'utf8')).toContain('10.0x');

  scenario('other.json', JSON.stringify({ ...slower, scenario: { ...slower.scenario, planHash: 'f'.repeat(64) } }));
  const refused = await kinebench('gate', 'other.json', '--baseline', 'baseline');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('plan');
});

test('two targets side by side: the reference throttles, kinesalite does not and misses', async () => {
  const args = ['--set', 'phases.0.for=23s', '--out', 'both', '--target', 'embedded', '--target', 'kinesalite'];
  const { code, stdout } = await kinebench('run', 'write-limit-records', ...args);
  const [reference, other] = ['embedded', 'kinesalite'].map((name) => resultIn(`both/write-limit-records-${name}`));
  const codes = [codeOf(reference!, 0), codeOf(other!, 3)];
  expect([reference!.verdict.exitCode, other!.verdict.exitCode]).toEqual(codes);
  expect(code, stdout).toBe(Math.max(...codes));
  const throttled = ({ counts }: Result) => counts.filter(({ metric, count }) => metric === 'throttled' && count > 0);
  expect(throttled(reference!)).not.toEqual([]);
  expect(throttled(other!)).toEqual([]);
  const missed = other!.expectations.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text);
  expect(missed).toContain('throttled.ratio over steady[20s..] > 25%');
  expect(stdout).toMatch(/embedded[\s\S]*kinesalite/);
});

test('serve, Ctrl-C in a run against it: result and report are written, no stream stays behind', async () => {
  const server = start('serve', '--port', '0', '--latency', 'none');
  await server.printed('stdout', 'Ctrl-C');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(server.output.stdout)![0];
  const run = start('run', short, '--endpoint', url, '--out', 'interrupted', '--set', 'phases.0.for=60s');
  await run.printed('stderr', 'steady');
  run.child.kill('SIGINT');
  const { code } = await run.ended;
  expect(code).toBe(130);
  expect(resultIn('interrupted').run.interrupted).toBe(true);
  expect(resultIn('interrupted').ledger.sent).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'interrupted/report.html'))).toBe(true);
  const { stdout } = await kinebench('sweep', '--endpoint', url, '--dry-run');
  expect(stdout).toContain('nothing left behind');
  server.child.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
});

test('a generator that cannot keep up: exit 6, and of what', async () => {
  const rate = 'fleets.writers.rate=200000 records/s';
  const { code, stdout } = await kinebench(
    'run',
    short,
    '--out',
    'overload',
    '--quiet',
    '--set',
    rate,
    '--set',
    'verify=[]',
  );
  expect(code, stdout).toBe(6);
  const failed = resultIn('overload').validity.filter(({ verdict }) => verdict === 'fail');
  expect(failed.map(({ name }) => name)).toContain('offered load');
});

test('two segments on an endpoint that is there merge to one result; one alone is refused', async () => {
  const server = start('serve', '--port', '0', '--json');
  await server.printed('stdout', '\n');
  const { url } = JSON.parse(server.output.stdout) as { url: string };
  await createStream(url, 'orders');
  const args = ['run', short, '--endpoint', url, '--seed', '5', '--quiet', '--set', 'streams.events={ use: orders }'];
  const at = new Date(Date.now() + 15_000).toISOString();
  const agents = ['--set', 'fleets.writers.agents=2', '--set', 'fleets.writers.rate=100 records/s total'];
  const part = (index: number) =>
    kinebench(...args, ...agents, '--start-at', at, '--segment', `${index}/2`, '--out', `part-${index}`);
  const parts = await Promise.all([part(1), part(2)]);
  const ownCodes = ['part-1', 'part-2'].map((name) => codeOf(resultIn(name), 0));
  expect(
    parts.map(({ code }) => code),
    parts.map(({ stderr }) => stderr).join('\n'),
  ).toEqual(ownCodes);
  const merged = await kinebench('merge', 'part-1', 'part-2', '--out', 'merged');
  expect(merged.code, merged.stdout + merged.stderr).toBe(Math.max(...ownCodes));
  const [first, second, whole] = [resultIn('part-1'), resultIn('part-2'), resultIn('merged')];
  expect(whole.ledger.acknowledged).toBe(first.ledger.acknowledged + second.ledger.acknowledged);
  expect(whole.expectations.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(whole.run).toMatchObject({ segment: null, machines: 2 });
  const alone = await kinebench('merge', 'part-2');
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('segment 1/2 is missing')]);
  server.child.kill('SIGTERM');
  await server.ended;
});

test('a target that claims Data Firehose without a bucket is refused, and the process ends: exit 7', async () => {
  const server = start('serve', '--port', '0', '--json');
  await server.printed('stdout', '\n');
  const { url } = JSON.parse(server.output.stdout) as { url: string };
  scenario('no-bucket.yaml', `{ name: no-bucket, kind: url, url: '${url}', capabilities: [firehose] }`);
  const { code, stderr } = await kinebench('run', 'firehose-zero-buffering', '--target', 'no-bucket.yaml');
  expect(stderr).toContain('add delivery: { role, bucket } to the target file');
  expect(code).toBe(7);
  server.child.kill();
  await server.ended;
});

test('a calibration with a planted error of unit: exit 6, and the figures that are off', async () => {
  const { code, stdout } = await kinebench('calibrate', '--only', 'fixed', '--plant', 'unit-error', '--seed', '1');
  expect(code, stdout).toBe(6);
  expect(stdout).toMatch(/OFF\s+accepted, timed/);
  expect(stdout).toContain('FAILED: ');
});

async function createStream(url: string, name: string): Promise<void> {
  const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });
  const client = createClient({ url, region: 'us-east-1', credentials }, systemClock);
  expect((await client.call('CreateStream', { StreamName: name, ShardCount: 1 })).kind).toBe('ok');
  client.close();
}

test('the SDK beside our own client on one load: both lose nothing, and the curve shows what each took', async () => {
  const args = ['--set', 'phases.0.for=1s', '--set', 'phases.1.for=4s', '--set', 'repeat.times=1', '--out', 'clients'];
  // What the machine has left for the SDK decides whether its run is valid, so the exit code is not asserted.
  const { stdout } = await kinebench('run', 'sdk-vs-wire', ...args);
  const series = JSON.parse(readFileSync(join(folder, 'clients/series.json'), 'utf8')) as ResultSeries;
  expect(series.points.map(({ values }) => values)).toEqual([{ client: 'wire' }, { client: 'sdk' }]);
  for (const { runs, values } of series.points) {
    const { ledger, client } = resultIn(join('clients', runs[0]!.folder));
    expect(client.name).toBe(values.client);
    expect(ledger.acknowledged).toBeGreaterThan(500);
    expect(ledger.counts).toMatchObject({ lost: 0, duplicated: 0, ghost: 0 });
  }
  expect(stdout).toContain('service.p50');
});
