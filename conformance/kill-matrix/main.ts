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
import { systemClock } from '../../src/clock.ts';
import { version } from '../../src/package.ts';
import { asked, scriptOptions, wholeNumber } from '../../src/script-options.ts';
import { selectStatements, statements } from '../registry.ts';
import { problemsOf } from './gates.ts';
import { Journal } from './journal.ts';
import { chosenFaults, killMatrix } from './matrix.ts';
import { killMatrixPage } from './page.ts';
import { SessionPool } from './pool.ts';

const words = (text: string) => text.split(',').filter((word) => word !== '');
const { given, chosen, seeds, faults, threads } = asked(() => {
  const values = scriptOptions({
    seeds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    diagonal: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string', default: 'reports/runs/kill-matrix' },
    merge: { type: 'string', multiple: true, default: [] },
  });
  const first = wholeNumber('seed', values.seed, 1);
  return {
    given: values,
    chosen: selectStatements(words(values.only)),
    seeds: Array.from({ length: wholeNumber('seeds', values.seeds, 1) }, (_, index) => first + index),
    faults: chosenFaults(words(values.faults)),
    threads: wholeNumber('threads', values.threads, 1),
  };
});

mkdirSync(given.out, { recursive: true });
const journal = new Journal(join(given.out, 'sessions.jsonl'), given.merge);
await using pool = new SessionPool(threads);
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`${faults.length} faults × ${chosen.length} statements, ${seeds.length} seeds from ${seeds[0]}`);
const matrix = await killMatrix({
  statements: chosen,
  complete: !given.diagonal && chosen.length === statements.length && faults.length === chosenFaults([]).length,
  faults,
  diagonal: given.diagonal,
  seeds,
  kinebench: version,
  judge: journal.around((order) => pool.judge(order)),
  onSession: (judged) => judged % 500 === 0 && say(`${judged} sessions`),
});
const problems = problemsOf(matrix);
writeFileSync(join(given.out, 'kill-matrix.json'), `${JSON.stringify({ ...matrix, problems })}\n`);
const typed = process.argv.slice(2);
const command = ['npm run kill-matrix', ...(typed.length > 0 ? ['--', ...typed] : [])].join(' ');
const day = new Date(systemClock.now()).toISOString().slice(0, 10);
writeFileSync(join(given.out, 'kill-matrix.html'), killMatrixPage(matrix, { command, day }));
for (const problem of problems) say(`problem: ${problem}`);
const { judged, cpuS } = matrix.sessions;
say(`${judged} sessions, ${journal.found} of them judged before, ${cpuS} s of processor time`);
say(`${problems.length} problems; ${join(given.out, 'kill-matrix.html')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
