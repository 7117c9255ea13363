/** The command as a process of its own: vitest does not start inside vitest. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ExitCode } from '../src/exit-code.ts';
import { conformanceExitCode, figuresOf, isMiss } from '../src/conformance-result.ts';
import type { Judgement } from './statement.ts';

const path = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));

async function node(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}

function conform(given: object): Promise<string> {
  return node(`
    import { runConform } from ${path('../src/cli/conform.ts')};
    const code = await runConform(${JSON.stringify(given)}).catch((error) => error.code);
    console.log('ended with', code, 'and process.exitCode', process.exitCode);`);
}

/** Runs against kinesalite and does something when the third statement is judged; prints what is left afterwards. */
function disturbed(act: string, subject = 'target'): Promise<string> {
  return node(`
    import { conform } from ${path('./run.ts')};
    import { sleepFor, systemClock } from ${path('../src/clock.ts')};
    import { loadTarget } from ${path('../src/target/load.ts')};
    import { startTarget } from ${path('../src/target/start.ts')};
    import { createClient } from ${path('../src/wire/client.ts')};
    await using target = await startTarget(loadTarget('kinesalite'));
    const abort = new AbortController();
    let judged = 0;
    process.once('SIGINT', () => abort.abort());
    const onFinding = () => {
      judged += 1;
      if (judged === 3) ${act};
    };
    const { run, coverage, troubles, judgements } = await conform(${subject}, { seed: 1, signal: abort.signal, onFinding });
    // A removed stream is shown as DELETING for 50 ms.
    await sleepFor(systemClock, 500_000_000);
    const client = createClient(target.kinesis, systemClock);
    const { output } = await client.call('ListStreams', {});
    client.close();
    const left = output ? output.StreamNames.length : 'gone';
    console.log(JSON.stringify({ died: run.died, left, troubles, all: judged === judgements.length, some: coverage.judged < judgements.length - 2, last: judgements.findLast(({ outcome }) => outcome !== 'skipped').verdict }));`);
}

test('an interrupted run removes its streams and judges the rest indeterminate', { timeout: 60_000 }, async () => {
  const out = await disturbed('abort.abort()');
  expect(JSON.parse(out)).toEqual({
    died: null,
    left: 0,
    troubles: [],
    all: true,
    some: true,
    last: 'indeterminate',
  });
});

test(
  'Ctrl-C is ours and not vitest’s: the process ends by itself, its streams removed',
  { timeout: 60_000 },
  async () => {
    const out = await disturbed("process.kill(process.pid, 'SIGINT')");
    expect(JSON.parse(out)).toMatchObject({ left: 0, troubles: [], last: 'indeterminate' });
  },
);

test('a target that dies leaves every later statement indeterminate', { timeout: 60_000 }, async () => {
  const out = await disturbed("process.kill(target.pid, 'SIGKILL')");
  expect(JSON.parse(out)).toMatchObject({ left: 'gone', troubles: [], all: true, some: true, last: 'indeterminate' });
});

test('so does one that somebody else started, and the run says that it died', { timeout: 120_000 }, async () => {
  const out = await disturbed("process.kill(target.pid, 'SIGKILL')", '{ ...target, died: () => null }');
  expect(JSON.parse(out)).toMatchObject({
    died: expect.stringMatching(/^ListStreams was answered with a connection that ended \(.*ECONNREFUSED/),
    left: 'gone',
    troubles: [expect.stringContaining('streams of this run may be left behind')],
    last: 'indeterminate',
  });
});

test('prints a line for each statement and the two figures', { timeout: 60_000 }, async () => {
  const out = await conform({ target: 'kinesalite', only: ['IT-03', 'KIN-PART-04', 'THR-05'], seed: 7 });
  expect(out.split('\n').map((line) => line.slice(0, 27).trimEnd())).toEqual(
    expect.arrayContaining(['KIN-PART-04   PASS', 'KIN-IT-03     PASS', 'KIN-THR-05    SKIP']),
  );
  expect(out).toContain('seed 7\n');
  expect(out).toContain('divergence: 0 of 2 judged (MUST 0, SHOULD 0, INFO 0, provisional 0)\n');
  expect(out).toContain('coverage: 2 of 3 statements judged (1 skipped, 0 indeterminate)\n');
  expect(out).toContain('AWS-validated: 0 of 3\n');
  expect(out).toContain('ended with 0 and process.exitCode undefined\n');
});

test('says what is wrong with what was asked', { timeout: 60_000 }, async () => {
  expect(await conform({ target: 'kinesalite', only: ['SOUP-01'] })).toContain('ended with statement-unknown');
  expect(await conform({ endpoint: 'http://127.0.0.1:9' })).toContain('ended with target-unreachable');
});

function judgement(change: Partial<Judgement>): Judgement {
  const known = {
    id: 'KIN-X-01',
    level: 'MUST',
    profile: 'core',
    provisional: false,
    sentence: '',
    source: '',
  } as const;
  const seen = { verdict: 'pass', outcome: 'holds', message: '', exercised: {}, tookMs: 0, exchanges: [] } as const;
  return { ...known, ...seen, ...change };
}

const pass = judgement({});
const fail = judgement({ verdict: 'fail', outcome: 'broken' });
const provisional = judgement({ verdict: 'warn', outcome: 'broken', provisional: true });
const loose = judgement({ verdict: 'warn', outcome: 'loose' });
const skip = judgement({ verdict: 'skip', outcome: 'skipped' });
const unknown = judgement({ verdict: 'indeterminate', outcome: 'unobserved' });

test('a skip lowers coverage and leaves divergence alone', () => {
  const { divergence, coverage } = figuresOf([pass, fail, provisional, loose, skip, unknown]);
  expect(coverage).toEqual({ judged: 4, applicable: 6, skipped: 1, indeterminate: 1 });
  expect(divergence).toEqual({
    broken: 2,
    judged: 4,
    byLevel: { MUST: 1, SHOULD: 0, INFO: 0 },
    provisional: 1,
    known: 0,
  });
});

const ended = { startedAt: '', endedAt: '', seed: 1, interrupted: false, died: null };

test.each([
  [[pass, provisional, loose, skip], {}, ExitCode.pass],
  [[pass, fail], {}, ExitCode.correctness],
  [[skip, unknown], {}, ExitCode.invalid],
  [[pass, unknown], { died: 'SIGKILL' }, ExitCode.invalid],
  [[pass, unknown], { interrupted: true }, ExitCode.interrupted],
  [[fail, unknown], { interrupted: true }, ExitCode.correctness],
])('the exit code follows from the verdicts and the end of the run', (judgements, run, expected) => {
  expect(conformanceExitCode({ judgements, ...figuresOf(judgements), run: { ...ended, ...run } })).toBe(expected);
});

test('a miss is what is broken, loose, or listed and yet not broken; a doubt is none', () => {
  const found = { verdict: 'known-fail', outcome: 'broken' } as const;
  const passes = { verdict: 'fail', outcome: 'holds' } as const;
  expect([fail, provisional, loose, judgement(found), judgement(passes)].map(isMiss)).not.toContain(false);
  expect([pass, skip, unknown].map(isMiss)).not.toContain(true);
});
