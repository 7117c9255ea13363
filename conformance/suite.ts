/**
 * The statements as vitest tests, one each, against the target that was injected. A test is red where a MUST fails, and
 * skipped where nothing could be said; the judgement itself travels as the test's metadata. Run by `run.ts` for the command
 * line and by `statements.test.ts` in the repository.
 */
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { pinned } from './catalogue.ts';
import { worldOf } from './injected.ts';
import { judge } from './judge.ts';
import { selectStatements } from './registry.ts';
import { Session } from './session.ts';
import { isAsked, makerOf, wayName, worldBy } from './witness.ts';

const run = inject('run');

const how = { seed: run.seed, settleMs: run.settleMs };
const sessionOf = () => new Session({ ...how, world: worldOf(run.target), run: run.name });

/** In ms: a check ends after 150 s however slow the target is (session.ts), and removals take no more than a minute. */
const HANGS_AFTER_MS = 240_000;

/**
 * Over sockets all statements share what can be shared. The reference of this process costs nothing to make: each statement has
 * its own, and begins at the same time, however many days the others let pass.
 */
const shared = run.target.kind === 'sockets' ? sessionOf() : undefined;

// The streams are removed by whoever started the run: this thread may be ended at any time.
afterAll(() => shared?.close());

const asked = selectStatements(run.ids).map((one) => pinned(one, run.catalogue));

for (const statement of asked) {
  test(`${statement.id}: ${statement.sentence}`, { timeout: HANGS_AFTER_MS }, async ({ task, skip }) => {
    const session = shared ?? sessionOf();
    const judgement = await judge(statement, session, shared !== undefined);
    if (!shared) session.close();
    task.meta.judgement = judgement;
    const { verdict, message } = judgement;
    if (verdict === 'skip' || verdict === 'indeterminate') skip(`${verdict}: ${message}`);
    if (verdict === 'fail') throw new Error(`${message} (seed ${run.seed})`);
  });
}

/** Each way has a session of its own: what a client of ours has made for others, a witness makes for itself. */
describe.each(run.ways.map((way, index) => ({ way, index, by: wayName(way) })))('by $by', ({ way, index, by }) => {
  let session: Session;
  beforeAll(async () => {
    const world = worldBy(way, worldOf(run.target));
    const makeClient = way.client === 'sdk' ? await makerOf(way) : undefined;
    session = new Session({ ...how, world, run: `${run.name}-${index}`, makeClient });
  });
  afterAll(async () => {
    // Its streams go before the next way makes its own: an emulator may allow a few dozens of shards in all.
    await session.makeRoom();
    session.close();
  }, HANGS_AFTER_MS);

  for (const statement of asked.filter(({ id }) => isAsked(id, way))) {
    test(statement.id, { timeout: HANGS_AFTER_MS }, async ({ task }) => {
      const { id, outcome, message } = await judge(statement, session, true);
      task.meta.witness = { id, by, outcome, message };
    });
  }
});
