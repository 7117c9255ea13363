/** KIN-PART-03: hash keys end at 2^128 - 1. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { attempt, answerOf } from '../attempt.ts';
import { broken, holds, loose, statement } from '../statement.ts';

export const kinPart03 = statement({
  id: 'KIN-PART-03',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'An ExplicitHashKey of 2^128 or more is refused with InvalidArgumentException; 2^128-1 is accepted.',
  source: 'PutRecord, ExplicitHashKey; HashKeyRange',
  fault: 'hash.ehk-wraps',
  needs: [],
  uses: { shared: [3] },
  exercises: { 'hash keys within': 2, 'hash keys beyond': 6 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(3);
    const put = (ExplicitHashKey: string) =>
      attempt(context, 'PutRecord', { StreamName, PartitionKey: 'k', Data: context.data(), ExplicitHashKey });
    const puts = (ExplicitHashKey: string) =>
      attempt(context, 'PutRecords', {
        StreamName,
        Records: [{ PartitionKey: 'k', Data: context.data(), ExplicitHashKey }],
      });
    let odd = '';
    for (const [operation, call] of Object.entries({ PutRecord: put, PutRecords: puts })) {
      const last = String(HASH_KEY_COUNT - 1n);
      const within = await call(last);
      if (within.kind !== 'ok')
        return broken(`${operation} with ExplicitHashKey ${last}, 2^128-1, was answered with ${answerOf(within)}`);
      context.count('hash keys within');
      for (const beyond of [String(HASH_KEY_COUNT), String(HASH_KEY_COUNT + 1n), '9'.repeat(39)]) {
        const outcome = await call(beyond);
        context.count('hash keys beyond');
        if (outcome.kind === 'ok')
          return broken(`${operation} with ExplicitHashKey ${beyond}, beyond 2^128-1, was accepted`);
        if (outcome.code !== 'InvalidArgumentException')
          odd ||= `${operation} with ExplicitHashKey ${beyond} was refused with ${answerOf(outcome)}; AWS was seen to say InvalidArgumentException`;
      }
    }
    return odd ? loose(odd) : holds('2^128-1 was accepted, everything above was refused');
  },
});
