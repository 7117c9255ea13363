/** KIN-PART-06: a partition key has 1 to 256 characters, whatever their bytes. */
import { attempt, answerOf } from '../attempt.ts';
import { broken, holds, loose, statement } from '../statement.ts';

/** Keys that AWS documents as good: characters count, and these have one, two and three bytes each. */
const good: Readonly<Record<string, string>> = {
  'of 1 character': 'k',
  'of 256 characters': 'k'.repeat(256),
  'of 256 characters of two bytes': 'é'.repeat(256),
  'of 256 characters of three bytes': '注'.repeat(256),
};
const bad: Readonly<Record<string, string>> = {
  'of 0 characters': '',
  'of 257 characters': 'k'.repeat(257),
  'of 257 characters of two bytes': 'é'.repeat(257),
};

export const kinPart06 = statement({
  id: 'KIN-PART-06',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A partition key has 1 to 256 Unicode characters; a shorter or longer one is refused.',
  source: 'PutRecord, PartitionKey',
  fault: 'part.length-in-bytes',
  needs: [],
  exercises: { 'good keys': Object.keys(good).length, 'bad keys': Object.keys(bad).length },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1);
    const put = (PartitionKey: string) =>
      attempt(context, 'PutRecord', { StreamName, PartitionKey, Data: context.data() });
    let odd = '';
    for (const [what, key] of Object.entries(bad)) {
      const outcome = await put(key);
      context.count('bad keys');
      if (outcome.kind === 'ok') return broken(`PutRecord with a partition key ${what} was accepted`);
      if (!['ValidationException', 'InvalidArgumentException'].includes(outcome.code))
        odd ||= `PutRecord with a partition key ${what} was refused with ${answerOf(outcome)}, which does not say why`;
    }
    for (const [what, key] of Object.entries(good)) {
      const outcome = await put(key);
      context.count('good keys');
      if (outcome.kind !== 'ok')
        return broken(`PutRecord with a partition key ${what} was answered with ${answerOf(outcome)}`);
    }
    // AWS does not say whether a character beyond the basic plane counts once or twice.
    const four = (await put('🛒'.repeat(256))).kind === 'ok' ? 'accepted' : 'refused';
    return odd ? loose(odd) : holds(`keys of 1 to 256 characters were accepted (256 of four bytes: ${four})`);
  },
});
