/** KIN-SEC-10: an iterator is worth something only as it was given, and to whom it was given. */
import type { Input } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { attempt, answerOf } from '../attempt.ts';
import { arnOf } from '../patience.ts';
import { firstShard, horizon, iteratorAt, put } from '../records.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

export const kinSec10 = statement({
  id: 'KIN-SEC-10',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence:
    'GetRecords refuses an iterator that was put together from two others, and one that was given to another account.',
  source: 'GetRecords, ShardIterator',
  fault: 'sec.iter-forge',
  needs: [],
  uses: { shared: [1, 3] },
  exercises: { 'iterators of ones own read': 2, 'iterators that are none': 3 },
  check: async (context) => {
    const stream = await context.stream(1);
    const [own, other] = [await givenFor(context, stream), await givenFor(context, await context.stream(3))];
    const trials: Trial[] = splices(own, other).map((iterator) => ({
      what: `GetRecords with ${iterator}, spliced from ${own} and ${other},`,
      input: { ShardIterator: iterator },
    }));
    const { neighbour } = context.world;
    if (neighbour) {
      const StreamARN = await arnOf(context, stream);
      const what = `GetRecords by account ${neighbour.accountId} with an iterator of another account's stream`;
      const client = context.speaking({}, neighbour);
      trials.push({ what, client, input: { ShardIterator: own } });
      trials.push({ what: `${what} and its ARN`, client, input: { ShardIterator: own, StreamARN } });
    }
    let odd = '';
    for (const { what, input, client } of trials) {
      const outcome = await attempt(context, 'GetRecords', input, { client });
      context.count('iterators that are none');
      if (outcome.kind === 'ok') return broken(`${what} was answered with ${outcome.output.Records.length} records`);
      if (outcome.status > 499) odd ||= `${what} was answered with ${answerOf(outcome)}, where AWS refuses with a 4xx`;
    }
    if (trials.length === 0) return unobserved(`nothing can be spliced of ${own} and ${other}`);
    if (odd) return loose(odd);
    const whose = neighbour ? 'of another account too' : 'a second account to ask with is not at hand';
    return holds(`${trials.length} iterators were refused (${whose})`);
  },
});

interface Trial {
  readonly what: string;
  readonly input: Input<'GetRecords'>;
  readonly client?: ReturnType<Context['speaking']>;
}

/** An iterator that is seen to be good. */
async function givenFor(context: Context, stream: Stream): Promise<string> {
  await put(context, stream, { key: 'k' });
  const iterator = await iteratorAt(context, stream, firstShard(stream).ShardId, horizon);
  await context.send('GetRecords', { ShardIterator: iterator, Limit: 1 });
  context.count('iterators of ones own read');
  return iterator;
}

/** Beginnings of one with endings of the other, that are neither of them: at many places, since an endpoint may look at some only. */
function splices(one: string, other: string): string[] {
  return Array.from({ length: 15 }, (_, sixteenth) => (sixteenth + 1) / 16)
    .map((part) => one.slice(0, Math.floor(one.length * part)) + other.slice(Math.floor(other.length * part)))
    .filter((spliced) => spliced !== one && spliced !== other);
}
