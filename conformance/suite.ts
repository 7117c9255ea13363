/**
 * The statements as vitest tests, one each, against the target that was injected. A test is red where a MUST fails, and
 * skipped where nothing could be said; the judgement itself travels as the test's metadata. Run by `run.ts` for the command
 * line and by `statements.test.ts` in the repository.
 */
import { afterAll, inject, test } from 'vitest';
import { worldOf } from './injected.ts';
import { judge } from './judge.ts';
import { selectStatements } from './registry.ts';
import { Session } from './session.ts';

const run = inject('run');

const sessionOf = () =>
  new Session({ world: worldOf(run.target), seed: run.seed, settleMs: run.settleMs, run: run.name });

/**
 * Over sockets all statements share what can be shared. The reference of this process costs nothing to make: each statement has
 * its own, and begins at the same time, however many days the others let pass.
 */
const shared = run.target.kind === 'sockets' ? sessionOf() : undefined;

// The streams are removed by whoever started the run: this thread may be ended at any time.
afterAll(() => shared?.close());

for (const statement of selectStatements(run.ids)) {
  test(`${statement.id}: ${statement.sentence}`, { timeout: 180_000 }, async ({ task, skip }) => {
    const session = shared ?? sessionOf();
    const judgement = await judge(statement, session);
    if (!shared) session.close();
    task.meta.judgement = judgement;
    const { verdict, message } = judgement;
    if (verdict === 'skip' || verdict === 'indeterminate') skip(`${verdict}: ${message}`);
    if (verdict === 'fail') throw new Error(`${message} (seed ${run.seed})`);
  });
}
