/** Runs one statement in a session and gives what was found. Never throws: what goes wrong is a judgement too. */
import { NS_PER_MS } from '../src/clock.ts';
import { type Context, Unobservable } from './context.ts';
import type { Session } from './session.ts';
import { type Finding, type Judgement, type Pinned, type Statement, caption, grade, unobserved } from './statement.ts';

/**
 * Judges one statement.
 * @param shared whether others are judged in the session after it: then what it alone had is removed
 */
export async function judge(of: Pinned, session: Session, shared = false): Promise<Judgement> {
  const lacking = of.needs.filter((capability) => !session.world.capabilities.has(capability));
  if (lacking.length > 0) {
    const message = `the target does not claim: ${lacking.join(', ')}`;
    return { ...caption(of), verdict: 'skip', outcome: 'skipped', message, exercised: {}, tookMs: 0, exchanges: [] };
  }
  const { clock } = session.world;
  const { context, exercised, transcript, release } = session.context(of.id);
  const beganNs = clock.monotonicNs();
  try {
    const graded = grade(of, await found(of, session, context), exercised);
    const tookMs = Math.round((clock.monotonicNs() - beganNs) / NS_PER_MS);
    return { ...graded, tookMs, exchanges: graded.outcome === 'holds' ? [] : transcript.exchanges() };
  } finally {
    if (shared) await session.world.settle(release());
  }
}

async function found(of: Statement, session: Session, context: Context): Promise<Finding> {
  const silence = await session.silence();
  if (silence !== null) return unobserved(`the target no longer answers: ${silence}`);
  try {
    return await session.world.settle(of.check(context));
  } catch (error) {
    // Anything else is a defect of the check, and must not hide behind "could not observe".
    if (!(error instanceof Unobservable)) throw error;
    return unobserved(error.message);
  }
}
