/** KIN-API-09: how many shards a stream has that nobody gave a number. */
import { broken, holds, loose, statement } from '../statement.ts';
import { answerTo, worded } from './asking.ts';
import { shardsOfNew } from '../streams.ts';
import { activated, tidied } from './own-streams.ts';

/** Recorded from AWS once; the mode of the stream in that recording is not known. The guide makes on-demand streams by the name alone. */
const SHARDS = 4;

export const kinApi09 = statement({
  id: 'KIN-API-09',
  level: 'SHOULD',
  evidence: ['recorded'],
  sentence: 'A stream that is created without ShardCount has four shards.',
  source: 'CreateStream, ShardCount (recorded)',
  fault: 'life.default-shards-1',
  needs: [],
  uses: { streams: [4] },
  exercises: { 'streams created': 1 },
  check: async (context) => {
    const shared = await context.stream(1);
    const name = `${shared.name}-api-09`;
    try {
      const answer = await answerTo(context, 'CreateStream', { StreamName: name });
      const asked = 'CreateStream with StreamName alone';
      if (answer.kind === 'error') return broken(`${asked} was answered with ${worded(answer)}`);
      const { StreamModeDetails } = await activated(context, name);
      context.count('streams created');
      const { length } = await shardsOfNew(context.send, context.clock, name, SHARDS);
      const said = `${asked} made a stream of ${length} shards in mode ${StreamModeDetails?.StreamMode ?? '(none named)'}`;
      if (length === SHARDS) return holds(said);
      return length > 1 ? loose(said) : broken(said);
    } finally {
      await tidied(context, [name]);
    }
  },
});
