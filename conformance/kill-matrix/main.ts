/**
 * `npm run kill-matrix`: all faults against all statements on one seed. `-- --seeds 20` takes so many, `--seed 7` begins there;
 * `--faults poll,iter.ts-strict` and `--only ORD,KIN-IT-02` take a part; `--out DIR` says where to write. Ends with 1 where a
 * gate does not hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../src/package.ts';
import { selectStatements, statements } from '../registry.ts';
import { problemsOf } from './gates.ts';
import { chosenFaults, killMatrix } from './matrix.ts';
import { killMatrixPage } from './page.ts';
import { CellPool } from './pool.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string', default: 'reports/runs/kill-matrix' },
  },
});
const words = (text: string) => text.split(',').filter((word) => word !== '');
const asked = selectStatements(words(values.only));
const first = wholeNumber('seed');
const seeds = Array.from({ length: wholeNumber('seeds') }, (_, index) => first + index);
const faults = chosenFaults(words(values.faults));

await using pool = new CellPool(wholeNumber('threads'));
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`${faults.length} faults × ${asked.length} statements, ${seeds.length} seeds from ${first}`);
const matrix = await killMatrix({
  statements: asked,
  complete: asked.length === statements.length,
  faults,
  seeds,
  kinebench: version,
  judge: (order) => pool.judge(order),
  onCell: (judged) => judged % 500 === 0 && say(`${judged} sessions`),
});
const problems = problemsOf(matrix);
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'kill-matrix.json'), `${JSON.stringify({ ...matrix, problems })}\n`);
const command = ['npm run kill-matrix --', ...process.argv.slice(2)].join(' ');
writeFileSync(join(values.out, 'kill-matrix.md'), killMatrixPage(matrix, command));
for (const problem of problems) say(`problem: ${problem}`);
say(`${problems.length} problems; ${join(values.out, 'kill-matrix.md')}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function wholeNumber(name: 'seed' | 'seeds' | 'threads'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  say(`--${name} ${values[name]} is no whole number above 0`);
  process.exit(2);
}
