/** KIN-API-03: the bounds of members hold, on both sides. Generated from the declared shapes. */
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { boundsOf } from './bounds.ts';
import { isLate, operationsIn, operationsOf, probeAll, probesOf, told, unsaid } from './probing.ts';
import { subjects as subjectsOf } from './requests.ts';

export const kinApi03 = statement({
  id: 'KIN-API-03',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A member that is missing, too short, too long, too small, too large or against its pattern is refused with ValidationException or InvalidArgumentException (400); one that is just within is not.',
  source: 'every operation, by the constraints of its members in the service model',
  fault: 'api.max-off-by-one',
  needs: [],
  exercises: { 'operations probed': 10, 'values beyond a bound': 100, 'values within a bound': 50 },
  check: async (context) => {
    const subjects = await subjectsOf(context);
    const operations = await operationsOf(context, subjects, refusals);
    const of = (within: boolean) =>
      probesOf(subjects, (place) => boundsOf(place).filter((bound) => bound.within === within)).filter(
        ({ operation }) => operations.sound.has(operation),
      );
    const beyond = await probeAll(context, of(false), (reply) => {
      if (reply.kind === 'ok') return 'missed';
      // Bodies of more than a few MiB are refused before anybody looks into them.
      if ((refusals.has(reply.code) && reply.status === 400) || reply.status === 413) return 'held';
      const refused = refusals.has(reply.code) || reply.code === 'SerializationException';
      return refused && reply.status < 500 ? 'otherwise' : 'missed';
    });
    // What an operation says of a value that is right may be anything but that this member is not valid.
    const within = await probeAll(context, of(true), (reply, { member }) =>
      reply.kind === 'error' && reply.code === 'ValidationException' && names(reply.message, member)
        ? 'missed'
        : 'held',
    );
    const { missed, otherwise, unclear } = beyond.misses;
    const refused = within.misses.missed;
    context.count('values beyond a bound', beyond.judged.length);
    context.count('values within a bound', within.judged.length);
    context.count('operations probed', operationsIn(beyond.judged));
    const grave = missed.filter((miss) => !isLate(miss));
    const said = [
      `${beyond.held.length} of ${beyond.judged.length} values beyond a bound were refused, in ${operationsIn(beyond.judged)} operations`,
      told('Not refused', grave),
      told('Refused though within', refused),
      told('Ignored, of members that AWS added lately', missed.filter(isLate)),
      told('Refused in another way', otherwise, 5),
      unsaid(operations, unclear),
    ].join('');
    if (grave.length + refused.length > 0) return broken(said);
    if (missed.length + otherwise.length > 0) return loose(said);
    return beyond.judged.length > 0 ? holds(said) : unobserved(said);
  },
});

const refusals: ReadonlySet<string> = new Set(['ValidationException', 'InvalidArgumentException']);

function names(message: string, member: string): boolean {
  return message.toLowerCase().includes(member.toLowerCase());
}
