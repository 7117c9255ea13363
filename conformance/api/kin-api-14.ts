/** KIN-API-14: registered consumers hold a stream, unless who deletes it says otherwise. */
import { NS_PER_S } from '../../src/clock.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { answerTo, worded } from './asking.ts';
import { registered, withdrawn } from './own-consumers.ts';
import { comesTrue, described } from './own-streams.ts';

/** How long a stream is looked at whose removal was refused, in ns. */
const STAYS_NS = 2 * NS_PER_S;

export const kinApi14 = statement({
  id: 'KIN-API-14',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'DeleteStream of a stream with registered consumers is refused with ResourceInUseException unless EnforceConsumerDeletion is given.',
  source: 'DeleteStream, EnforceConsumerDeletion',
  fault: 'life.delete-ignores-consumers',
  needs: [],
  uses: { streams: [1], shared: [], consumers: 1 },
  exercises: { 'consumers registered': 1, 'deletions asked for': 2 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1, 'fresh');
    const { StreamARN } = (await described(context, StreamName)) ?? {};
    if (StreamARN === undefined) return unobserved(`DescribeStream of ${StreamName} names no StreamARN`);
    const consumer = await registered(context, StreamARN, 'holder');
    if (consumer === undefined) return unobserved('the endpoint does not have RegisterStreamConsumer');
    context.count('consumers registered');
    try {
      const plain = await answerTo(context, 'DeleteStream', { StreamName });
      context.count('deletions asked for');
      const said = `DeleteStream of a stream with a consumer was answered with ${worded(plain)}`;
      if (plain.kind === 'ok') return broken(said);
      const harmed = await comesTrue(context, STAYS_NS, async () => {
        return (await described(context, StreamName))?.StreamStatus !== 'ACTIVE';
      });
      if (harmed) return broken(`${said}, and then it was not ACTIVE any more`);
      const enforced = await answerTo(context, 'DeleteStream', { StreamName, EnforceConsumerDeletion: true });
      context.count('deletions asked for');
      if (enforced.kind === 'error') return broken(`${said}; with EnforceConsumerDeletion, with ${worded(enforced)}`);
      return plain.code === 'ResourceInUseException' ? holds(said) : loose(said);
    } finally {
      await withdrawn(context, StreamARN, consumer);
    }
  },
});
