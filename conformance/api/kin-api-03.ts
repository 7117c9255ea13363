/** KIN-API-03: the bounds of members hold, on both sides. Generated from the declared shapes. */
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { isUnknownOperation } from './asking.ts';
import { boundsOf } from './bounds.ts';
import { type Miss, listed, probeAll, probesOf, sound } from './probing.ts';
import { subjects as subjectsOf } from './requests.ts';

/** Members that AWS added in 2025 and 2026: whoever does not know one ignores it, as AWS ignores what it does not know. */
const late: ReadonlySet<string> = new Set([
  'DryRun',
  'MaxRecordSizeInKiB',
  'RecordDistributionStrategy',
  'StreamId',
  'WarmThroughputMiBps',
]);

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
    const { sound: operations, odd } = await sound(
      context,
      subjects,
      (reply) => reply?.kind !== 'ok' && (!reply || isUnknownOperation(reply) || refusals.has(reply.code)),
    );
    const of = (within: boolean) =>
      probesOf(subjects, (place) => boundsOf(place).filter((bound) => bound.within === within)).filter(
        ({ operation }) => operations.has(operation),
      );
    const beyond = await probeAll(context, of(false), (reply) => {
      if (reply.kind === 'ok') return 'missed';
      // Bodies of more than a few MiB are refused before anybody looks into them.
      if ((refusals.has(reply.code) && reply.status === 400) || reply.status === 413) return 'held';
      return reply.code === 'SerializationException' ? 'otherwise' : 'missed';
    });
    // What an operation says of a value that is right may be anything but that this member is not valid.
    const within = await probeAll(context, of(true), (reply, { member }) =>
      reply.kind === 'error' && reply.code === 'ValidationException' && names(reply.message, member)
        ? 'missed'
        : 'held',
    );
    const { missed, otherwise, unclear } = beyond.misses;
    const refused = within.misses.missed;
    const judged = beyond.held.length + missed.length + otherwise.length;
    context.count('values beyond a bound', judged);
    context.count('values within a bound', within.held.length + refused.length);
    const seen = new Set(
      [...beyond.held, ...[...missed, ...otherwise].map(({ probe }) => probe)].map((probe) => probe.operation),
    );
    context.count('operations probed', seen.size);
    const beside =
      unclear.length + odd.length > 0
        ? ` (nothing can be said of ${unclear.length} more and of: ${odd.join('; ') || '-'})`
        : '';
    const said = `${beyond.held.length} of ${judged} values beyond a bound were refused, in ${seen.size} operations${beside}`;
    const grave = missed.filter(({ probe }) => !late.has(probe.member));
    if (grave.length + refused.length > 0)
      return broken([said, told('Not refused', grave), told('Refused though within', refused)].join(''));
    if (missed.length + otherwise.length > 0) {
      return loose(
        [said, told('Ignored, of late members', missed), told('Refused in another way', otherwise)].join(''),
      );
    }
    return judged > 0 ? holds(said) : unobserved(said);
  },
});

const refusals: ReadonlySet<string> = new Set(['ValidationException', 'InvalidArgumentException']);

function names(message: string, member: string): boolean {
  return message.toLowerCase().includes(member.toLowerCase());
}

function told(what: string, misses: readonly Miss[]): string {
  return misses.length === 0 ? '' : `. ${what}: ${listed(misses)}`;
}
