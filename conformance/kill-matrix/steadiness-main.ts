/**
 * `npm run steadiness`: the suite 50 times on the reference in process, while threads that do nothing else load every core. Every
 * other run has the first one's seed and must give the same bytes; the others have seeds of their own and must give the same
 * verdicts. `-- --runs 10` takes so many, `--seed 7` another first seed, `--burners 0` loads nothing, `--only ORD,IT` a part;
 * `--sockets 3` adds runs over sockets, on the machine's clock. Ends with 1 where one run differs from the first.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { loadTarget } from '../../src/target/load.ts';
import { startTarget } from '../../src/target/start.ts';
import { selectStatements } from '../registry.ts';
import { conform } from '../run.ts';
import { SessionPool } from './pool.ts';
import { differences, type Run } from './steadiness.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    sockets: { type: 'string', default: '0' },
    burners: { type: 'string', default: String(availableParallelism()) },
    threads: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', default: '' },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const ids = selectStatements(values.only.split(',').filter((word) => word !== '')).map(({ id }) => id);
const seed = wholeNumber('seed');
const burners = Array.from({ length: wholeNumber('burners') }, () => new Worker('for (;;);', { eval: true }));
let differing = 0;

try {
  await using pool = new SessionPool(wholeNumber('threads'));
  await held('in process', wholeNumber('runs'), (number) => inProcess(pool, number));
  await held('over sockets', wholeNumber('sockets'), overSockets);
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
    const found = first ? differences(first, run) : [];
    first ??= run;
    differing += found.length;
    for (const difference of found) say(`differs: ${difference}`);
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

/** As `kinebench conform` does it, on the reference behind sockets. */
async function overSockets(number: number): Promise<Run> {
  const own = seedOf(number);
  await using target = await startTarget(loadTarget('embedded'));
  const { judgements } = await conform(target, { seed: own, only: ids });
  const said = judgements.map(({ id, verdict, message }) => ({ id, what: verdict, message }));
  return { name: `run ${number}, seed ${own}`, seed: own, said };
}

function wholeNumber(name: 'runs' | 'seed' | 'sockets' | 'burners' | 'threads'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  say(`--${name} ${values[name]} is no whole number`);
  process.exit(2);
}
