/** KIN-API-02: a member of the wrong JSON type is refused as such. Generated from the declared shapes. */
import type { Shape } from '../../src/protocol/shapes.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { isLate, operationsIn, operationsOf, probeAll, probesOf, told, unsaid } from './probing.ts';
import { subjects as subjectsOf } from './requests.ts';

export const kinApi02 = statement({
  id: 'KIN-API-02',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'A member of the wrong JSON type is refused with SerializationException (400), whatever the operation.',
  source: 'every operation, by the types of its members in the service model',
  fault: 'api.coerce-types',
  needs: [],
  exercises: { 'operations probed': 10, 'members of the wrong type': 50 },
  check: async (context) => {
    const subjects = await subjectsOf(context);
    // A name that no stream has, should it be taken for one.
    const number = 1_000_000_000 + context.random.below(1_000_000_000);
    const probes = probesOf(subjects, ({ shape, key }) => (key ? [] : [wrong(shape, number)]));
    const operations = await operationsOf(context, subjects, new Set(['SerializationException']));
    const sent = probes.filter(({ operation }) => operations.sound.has(operation));
    const { judged, held, misses } = await probeAll(context, sent, (reply) => {
      if (reply.kind === 'ok') return 'missed';
      if (reply.code === 'SerializationException' && reply.status === 400) return 'held';
      return reply.code === 'ValidationException' || reply.code === 'InvalidArgumentException' ? 'otherwise' : 'missed';
    });
    const { missed, otherwise, unclear } = misses;
    context.count('members of the wrong type', judged.length);
    context.count('operations probed', operationsIn(judged));
    const grave = missed.filter((miss) => !isLate(miss));
    const said = [
      `${held.length} of ${judged.length} members in ${operationsIn(judged)} operations were refused with SerializationException`,
      told('Not refused for their type', grave),
      told('Ignored, of members that AWS added lately', missed.filter(isLate)),
      told('Refused in another way', otherwise, 5),
      unsaid(operations, unclear),
    ].join('');
    if (grave.length > 0) return broken(said);
    if (missed.length + otherwise.length > 0) return loose(said);
    return judged.length > 0 ? holds(said) : unobserved(said);
  },
});

/** A value of another type, as lenient as it can be read: digits for a number, a number for a text. */
function wrong({ type }: Shape, number: number): { value: unknown; says: string } {
  if (type === 'string' || type === 'blob') return { value: number, says: `the number ${number}` };
  const value = type === 'boolean' ? 'true' : type === 'timestamp' ? 'soon' : '7';
  return { value, says: `the text ${JSON.stringify(value)} (${type})` };
}
