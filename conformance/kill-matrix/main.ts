/**
 * `npm run kill-matrix`: all faults against all statements on one seed. `-- --seeds 20` takes so many, `--seed 7` begins there;
 * `--faults poll,iter.ts-strict` and `--only ORD,KIN-IT-02` take a part, `--diagonal` each statement with the
 * fault it names alone; `--out DIR` says where to write. What was judged stands
 * in `sessions.jsonl` there: the same command again goes on where it was stopped, and `--merge FILE` (repeatable) takes in what
 * was judged elsewhere. Ends with 1 where a gate does not hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { version } from '../../src/package.ts';
import { selectStatements, statements } from '../registry.ts';
import { problemsOf } from './gates.ts';
import { Journal } from './journal.ts';
import { chosenFaults, killMatrix } from './matrix.ts';
import { killMatrixPage } from './page.ts';
import { SessionPool } from './pool.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    diagonal: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string', default: 'reports/runs/kill-matrix' },
    merge: { type: 'string', multiple: true, default: [] },
  },
});
const words = (text: string) => text.split(',').filter((word) => word !== '');
const asked = selectStatements(words(values.only));
const first = wholeNumber('seed');
const seeds = Array.from({ length: wholeNumber('seeds') }, (_, index) => first + index);
const faults = chosenFaults(words(values.faults));

mkdirSync(values.out, { recursive: true });
const journal = new Journal(join(values.out, 'sessions.jsonl'), values.merge);
await using pool = new SessionPool(wholeNumber('threads'));
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`${faults.length} faults × ${asked.length} statements, ${seeds.length} seeds from ${first}`);
const matrix = await killMatrix({
  statements: asked,
  complete: !values.diagonal && asked.length === statements.length && faults.length === chosenFaults([]).length,
  faults,
  diagonal: values.diagonal,
  seeds,
  kinebench: version,
  judge: journal.around((order) => pool.judge(order)),
  onSession: (judged) => judged % 500 === 0 && say(`${judged} sessions`),
});
const problems = problemsOf(matrix);
writeFileSync(join(values.out, 'kill-matrix.json'), `${JSON.stringify({ ...matrix, problems })}\n`);
const given = process.argv.slice(2);
const command = ['npm run kill-matrix', ...(given.length > 0 ? ['--', ...given] : [])].join(' ');
const day = new Date(systemClock.now()).toISOString().slice(0, 10);
writeFileSync(join(values.out, 'kill-matrix.html'), killMatrixPage(matrix, { command, day }));
for (const problem of problems) say(`problem: ${problem}`);
const { judged, cpuS } = matrix.sessions;
say(`${judged} sessions, ${journal.found} of them judged before, ${cpuS} s of processor time`);
say(`${problems.length} problems; ${join(values.out, 'kill-matrix.html')}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function wholeNumber(name: 'seed' | 'seeds' | 'threads'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  say(`--${name} ${values[name]} is no whole number above 0`);
  process.exit(2);
}
