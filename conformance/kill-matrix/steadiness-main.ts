/**
 * `npm run steadiness`: the suite 50 times on the reference in process, while threads that do nothing else load every core. Every
 * other run has the first one's seed and must give the same bytes; the others have seeds of their own and must give the same
 * verdicts. `-- --runs 10` takes so many, `--seed 7` another first seed, `--burners 0` loads nothing, `--only ORD,IT` a part;
 * `--sockets 3` adds runs over sockets against `kinebench serve`, on the machine's clock. Ends with 1 where one run differs from the first, or the first has
 * a miss.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/clock.ts';
import { packageRoot } from '../../src/package.ts';
import { asked, scriptOptions, wholeNumber } from '../../src/script-options.ts';
import { probe } from '../../src/target/probe.ts';
import { dummyKeys, type ProcessSpec, REGION_DEFAULT } from '../../src/target/spec.ts';
import { startTarget } from '../../src/target/start.ts';
import { selectStatements } from '../registry.ts';
import { conform } from '../run.ts';
import { SessionPool } from './pool.ts';
import { differences, misses, type Run } from './steadiness.ts';

const { ids, seed, inProcessRuns, socketRuns, burning, threads } = asked(() => {
  const values = scriptOptions({
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    sockets: { type: 'string', default: '0' },
    burners: { type: 'string', default: String(availableParallelism()) },
    threads: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', default: '' },
  });
  const only = values.only.split(',').filter((word) => word !== '');
  return {
    ids: selectStatements(only).map(({ id }) => id),
    seed: wholeNumber('seed', values.seed),
    inProcessRuns: wholeNumber('runs', values.runs),
    socketRuns: wholeNumber('sockets', values.sockets),
    burning: wholeNumber('burners', values.burners),
    threads: wholeNumber('threads', values.threads, 1),
  };
});
/** The reference as `kinebench serve` serves it. */
const served: ProcessSpec = {
  name: 'served',
  kind: 'process',
  capabilities: ['throttle', 'fan-out', 'firehose'],
  url: 'http://127.0.0.1:{port}',
  region: REGION_DEFAULT,
  credentials: dummyKeys,
  delivery: { role: 'arn:aws:iam::000000000000:role/kinebench', bucket: 'kinebench' },
  start: {
    command: process.execPath,
    args: [join(packageRoot, 'bin/kinebench.js'), 'serve', '--port', '{port}', '--auth', 'verify'],
    env: {},
  },
  ready: { path: '/', withinMs: 60_000 },
  stop: { signal: 'SIGTERM', withinMs: 10_000 },
};
const say = (text: string) => process.stdout.write(`${text}\n`);
const burners = Array.from({ length: burning }, () => new Worker('for (;;);', { eval: true }));
let differing = 0;

try {
  await using pool = new SessionPool(threads);
  await held('in process', inProcessRuns, (number) => inProcess(pool, number));
  await held('over sockets', socketRuns, overSockets);
} finally {
  await Promise.all(burners.map((burner) => burner.terminate()));
}
process.exitCode = differing === 0 ? 0 : 1;

/** Makes so many runs one after another and holds each against the first. */
async function held(where: string, runs: number, make: (number: number) => Promise<Run>): Promise<void> {
  let first: Run | undefined;
  for (let number = 1; number <= runs; number += 1) {
    const run = await make(number);
    const counts = new Map<string, number>();
    for (const { what } of run.said) counts.set(what, (counts.get(what) ?? 0) + 1);
    say(`${where}, ${run.name}: ${[...counts].map(([what, count]) => `${count} ${what}`).join(', ')}`);
    const found = first ? differences(first, run) : misses(run);
    first ??= run;
    differing += found.length;
    for (const line of found) say(`found: ${line}`);
  }
  if (runs > 0)
    say(`${where}: ${runs} runs of ${ids.length} statements, ${burners.length} burners, ${differing} differences`);
}

function seedOf(number: number): number {
  return number % 2 === 1 ? seed : seed + number;
}

async function inProcess(pool: SessionPool, number: number): Promise<Run> {
  const own = seedOf(number);
  const sessions = await Promise.all(ids.map((id) => pool.judge({ statements: [id], seed: own, faults: [] })));
  const said = sessions
    .flatMap(({ cells }) => cells)
    .map(({ id, outcome, message, digest }) => ({ id, what: outcome, message, digest }));
  return { name: `run ${number}, seed ${own}`, seed: own, said };
}

/** As `kinebench conform` does it. */
async function overSockets(number: number): Promise<Run> {
  const own = seedOf(number);
  await using target = await startTarget(served);
  const kinesis = await probe(target, systemClock);
  const { judgements } = await conform({ ...target, kinesis }, { seed: own, only: ids });
  const said = judgements.map(({ id, verdict, message }) => ({ id, what: verdict, message }));
  return { name: `run ${number}, seed ${own}`, seed: own, said };
}
