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

/** In ms: a check ends after 150 s however slow the target is (session.ts), and removals take no more than a minute. */
const TIMEOUT_MS = 240_000;

for (const statement of selectStatements(run.ids)) {
  test(`${statement.id}: ${statement.sentence}`, { timeout: TIMEOUT_MS }, async ({ task, skip }) => {
    const session = shared ?? sessionOf();
    const judgement = await judge(statement, session, shared !== undefined);
    if (!shared) session.close();
    task.meta.judgement = judgement;
    const { verdict, message } = judgement;
    if (verdict === 'skip' || verdict === 'indeterminate') skip(`${verdict}: ${message}`);
    if (verdict === 'fail') throw new Error(`${message} (seed ${run.seed})`);
  });
}
