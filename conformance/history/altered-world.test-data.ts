/** The reference behind a wire that changes answers: what a check must live with without finding anything broken, or at least without falling over. */
import type { TransportAnswer } from '../../src/wire/transport.ts';
import { quickWorld, wired } from '../front.test-data.ts';
import { judge } from '../judge.ts';
import { Session } from '../session.ts';
import type { Judgement, Statement } from '../statement.ts';

/** What becomes of the answer to the so-manieth call of an operation; `undefined` leaves it as it is. */
export type Alteration = (operation: string, call: number, answer: TransportAnswer) => TransportAnswer | undefined;

/** Judges statements in one session behind such a wire. */
export async function judgedAltered(
  statements: readonly Statement[],
  alteration: Alteration,
  faults: readonly string[] = [],
): Promise<Judgement[]> {
  const seed = 7;
  const calls = new Map<string, number>();
  const world = wired(quickWorld({ seed, faults }), async (operation, pass) => {
    const call = (calls.get(operation) ?? 0) + 1;
    calls.set(operation, call);
    const answer = await pass();
    return alteration(operation, call, answer) ?? answer;
  });
  const session = new Session({ world, seed, settleMs: 500 });
  const judgements: Judgement[] = [];
  for (const statement of statements) judgements.push(await judge(statement, session));
  session.close();
  return judgements;
}
