/**
 * The most that one machine drives: whole runs, ledger and all, one producing thread against the reference in a process of
 * its own, at ever higher rates until a run calls itself invalid or the endpoint no longer stores what was offered. Doubled from a
 * rate that surely holds, then closed in on. With two cores the reference has one of them: a floor for a machine with more.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import type { Result } from '../src/result.ts';
import { runPlan } from '../src/run/run.ts';
import { parseScenario } from '../src/scenario/parse.ts';
import type { RunningTarget } from '../src/target/target.ts';
import { row } from './table.ts';

const CLOSING_IN = 3;
const STORED_MIN = 0.999;
const DOUBLINGS_MAX = 8;

interface Load {
  readonly name: string;
  /** Lines of the fleet besides its rate. */
  readonly fleet: string;
  readonly recordBytes: number;
  readonly from: number;
}

const loads: readonly Load[] = [
  { name: 'PutRecord 1 KiB', fleet: 'produce: PutRecord', recordBytes: 1024, from: 1000 },
  { name: 'PutRecords 500 × 100 B', fleet: 'produce: PutRecords, batch: 500', recordBytes: 100, from: 8000 },
  { name: 'PutRecords 500 × 1 KiB', fleet: 'produce: PutRecords, batch: 500', recordBytes: 1024, from: 8000 },
  { name: 'PutRecords 100 × 10 KiB', fleet: 'produce: PutRecords, batch: 100', recordBytes: 10_240, from: 1000 },
];

/** Prints the highest rate of each kind of load, and what ended the search. */
export async function machine(): Promise<void> {
  console.log(`${row('one machine drives', 'records/s', 'MiB/s of data')}  what ended it`);
  for (const load of loads) {
    const { rate, ended } = await highest(load);
    console.log(`${row(load.name, String(rate), ((rate * load.recordBytes) / 2 ** 20).toFixed(1))}  ${ended}`);
  }
}

async function highest(load: Load): Promise<{ readonly rate: number; readonly ended: string }> {
  let held = 0;
  let failed = load.from;
  let ended = '';
  for (let doubling = 0; doubling < DOUBLINGS_MAX; doubling += 1) {
    const end = await probe(load, failed);
    if (end !== null) {
      ended = end;
      break;
    }
    held = failed;
    failed *= 2;
  }
  if (held === 0 || ended === '') return { rate: held, ended: ended || 'nothing: it was not driven higher' };
  for (let step = 0; step < CLOSING_IN; step += 1) {
    const rate = Math.round((held + failed) / 2);
    const end = await probe(load, rate);
    if (end === null) held = rate;
    else [failed, ended] = [rate, end];
  }
  return { rate: held, ended };
}

/** null when a run at that rate holds, else what spoke against it. */
async function probe(load: Load, rate: number): Promise<string | null> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./served.ts', import.meta.url)), 'form'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const gone = once(child, 'exit').then(() => Promise.reject(new Error('the reference ended before it listened')));
    const [{ url }] = (await Promise.race([once(child, 'message'), gone])) as [{ readonly url: string }];
    return against(await runAt(load, rate, url, child));
  } finally {
    child.kill();
  }
}

function runAt({ fleet, recordBytes }: Load, rate: number, url: string, child: ChildProcess): Promise<Result> {
  const text = `
name: machine
question: Does the generator hold this rate?
expected: It does until the machine is at its end; a run that calls itself invalid proves that.
streams: { events: { shards: 4 } }
fleets:
  writers: { ${fleet}, agents: 4, rate: ${rate} records/s total, arrivals: uniform, record: { size: ${recordBytes} B, key: uniform(1000) } }
phases:
  - { name: warm-up, for: 2s, measure: false }
  - { name: steady, for: 5s }
`;
  const { plan, planHash } = parseScenario(text, { file: 'machine' });
  const target: RunningTarget = {
    name: 'served',
    description: 'the reference in a process of its own, limits lifted',
    kinesis: {
      url,
      region: 'us-east-1',
      credentials: async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' }),
    },
    modelled: true,
    capabilities: new Set(),
    died: () => (child.exitCode === null ? null : 'the reference has ended'),
    [Symbol.asyncDispose]: async () => {},
  };
  return runPlan({
    scenario: { file: null, text, planHash, plan, overrides: [] },
    target,
    seed: 1,
    id: 'machine1',
    clock: systemClock,
    threads: 1,
    stop: new AbortController().signal,
    onProgress: () => {},
  });
}

function against({ validity, counts }: Result): string | null {
  const bad = validity.find(({ verdict }) => verdict !== 'pass');
  if (bad) return `${bad.name}: ${bad.observed}`;
  const total = (metric: string) =>
    counts
      .filter((each) => each.phase === 'steady' && each.metric === metric)
      .reduce((sum, { count }) => sum + count, 0);
  const stored = total('accepted') / total('offered');
  return stored >= STORED_MIN ? null : `the reference stored ${(stored * 100).toFixed(1)} %`;
}
