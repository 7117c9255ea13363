/** Runs one statement in a session and gives what was found. Never throws: what goes wrong is a judgement too. */
import type { Session } from './session.ts';
import { Unobservable } from './context.ts';
import { type Judgement, type Statement, caption, grade, unobserved } from './statement.ts';

/** Judges one statement. */
export async function judge(of: Statement, session: Session): Promise<Judgement> {
  const lacking = of.needs.filter((capability) => !session.world.capabilities.has(capability));
  if (lacking.length > 0) {
    const message = `the target does not claim: ${lacking.join(', ')}`;
    return { ...caption(of), verdict: 'skip', outcome: 'skipped', message, exercised: {} };
  }
  const { context, exercised } = session.context(of.id);
  try {
    return grade(of, await session.world.settle(of.check(context)), exercised);
  } catch (error) {
    // Anything else is a defect of the check, and must not hide behind "could not observe".
    if (!(error instanceof Unobservable)) throw error;
    return grade(of, unobserved(error.message), exercised);
  }
}
