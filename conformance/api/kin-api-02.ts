/** KIN-API-02: a member of the wrong JSON type is refused as such. Generated from the declared shapes. */
import type { Shape } from '../../src/protocol/shapes.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { isUnknownOperation } from './asking.ts';
import { listed, probeAll, probesOf, sound } from './probing.ts';
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
    const { sound: operations, odd } = await sound(
      context,
      subjects,
      (reply) =>
        reply?.kind !== 'ok' && (!reply || isUnknownOperation(reply) || reply.code === 'SerializationException'),
    );
    const sent = probes.filter(({ operation }) => operations.has(operation));
    const { held, misses } = await probeAll(context, sent, (reply) => {
      if (reply.kind === 'ok') return 'missed';
      if (reply.code === 'SerializationException' && reply.status === 400) return 'held';
      return reply.code === 'ValidationException' || reply.code === 'InvalidArgumentException' ? 'otherwise' : 'missed';
    });
    const { missed, otherwise, unclear } = misses;
    const judged = held.length + missed.length + otherwise.length;
    context.count('members of the wrong type', judged);
    const seen = new Set(
      [...held, ...[...missed, ...otherwise].map(({ probe }) => probe)].map((probe) => probe.operation),
    );
    context.count('operations probed', seen.size);
    const beside =
      unclear.length + odd.length > 0
        ? ` (nothing can be said of ${unclear.length} more and of: ${odd.join('; ') || '-'})`
        : '';
    const said = `${held.length} of ${judged} members in ${seen.size} operations were refused with SerializationException${beside}`;
    if (missed.length > 0) return broken(`${said}. Not refused for their type: ${listed(missed)}`);
    if (otherwise.length > 0) return loose(`${said}. Refused in another way: ${listed(otherwise)}`);
    return judged > 0 ? holds(said) : unobserved(said);
  },
});

/** A value of another type, as lenient as it can be read: digits for a number, a number for a text. */
function wrong({ type }: Shape, number: number): { value: unknown; says: string } {
  if (type === 'string' || type === 'blob') return { value: number, says: `the number ${number}` };
  const value = type === 'boolean' ? 'true' : type === 'timestamp' ? 'soon' : '7';
  return { value, says: `the text ${JSON.stringify(value)} (${type})` };
}
