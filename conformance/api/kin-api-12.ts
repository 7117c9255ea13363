/** KIN-API-12: what a ShardFilter lets through, before and after a split. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Input, ShardFilter } from '../../src/protocol/operations.ts';
import type { Context } from '../context.ts';
import { eventually } from '../patience.ts';
import { firstShard, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { answerTo, worded } from './asking.ts';
import { splitFirst } from './own-streams.ts';

/** Pages of ListShards at the most: there are a handful of shards. */
const PAGES_MAX = 20;

export const kinApi12 = statement({
  id: 'KIN-API-12',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A ShardFilter lists the documented shards: AT_LATEST the open ones, AFTER_SHARD_ID those behind one, AT_TRIM_HORIZON and AT_TIMESTAMP those open then, FROM_TRIM_HORIZON and FROM_TIMESTAMP those open then or since.',
  source: 'ListShards, ShardFilter',
  fault: 'list.filter-includes-closed',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [] },
  exercises: { 'shards closed': 1, 'filters asked': 6 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const parent = firstShard(stream);
    // A time of the endpoint's own clock, at which both shards were open.
    const record = await put(context, stream, {
      key: 'k',
      explicitHashKey: BigInt(parent.HashKeyRange.StartingHashKey),
    });
    const [stored] = await sweep(context, stream, parent.ShardId, [record]);
    const Timestamp = stored?.ApproximateArrivalTimestamp;
    if (typeof Timestamp !== 'number') return unobserved('a record that was put showed no time of arrival');
    // Times may be cut off to seconds: the split must not fall into the same one.
    await sleepFor(context.clock, 2 * NS_PER_S);
    const { all, open } = await splitFirst(context, stream);
    context.count('shards closed', all.length - open.length);
    const before = [...stream.shards].map(({ ShardId }) => ShardId);

    const expected: readonly (readonly [ShardFilter, readonly string[]])[] = [
      [{ Type: 'AT_LATEST' }, open],
      [{ Type: 'AFTER_SHARD_ID', ShardId: parent.ShardId }, all.filter((id) => id > parent.ShardId)],
      [{ Type: 'AT_TRIM_HORIZON' }, before],
      [{ Type: 'FROM_TRIM_HORIZON' }, all],
      [{ Type: 'AT_TIMESTAMP', Timestamp }, before],
      [{ Type: 'FROM_TIMESTAMP', Timestamp }, all],
    ];
    const misses = async () => {
      const wrong: string[] = [];
      for (const [filter, ids] of expected) {
        const said = await shardsBy(context, { StreamName: stream.name, ShardFilter: filter });
        context.count('filters asked');
        if (said !== inWords(ids)) wrong.push(`${JSON.stringify(filter)} gave ${said}, not ${inWords(ids)}`);
      }
      return wrong;
    };
    // Nobody promises that a list knows at once what was split.
    const wrong = await eventually(context, misses, ({ length }) => length === 0);
    if (wrong.length === 0)
      return holds(`six filters gave what is documented of ${all.length} shards, ${open.length} of them open`);
    return broken(`of ${inWords(all)}, where ${parent.ShardId} was split: ${wrong.join('; ')}`);
  },
});

/** The shards of all pages, or what was answered in place of one. */
async function shardsBy(context: Context, first: Input<'ListShards'>): Promise<string> {
  const ids: string[] = [];
  let input = first;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await answerTo(context, 'ListShards', input);
    if (answer.kind !== 'ok' || !Array.isArray(answer.output.Shards)) return worded(answer);
    ids.push(...answer.output.Shards.map(({ ShardId }) => ShardId));
    if (!answer.output.NextToken) break;
    input = { NextToken: answer.output.NextToken };
  }
  return inWords(ids);
}

/** Ids without what they all begin with. */
function inWords(ids: readonly string[]): string {
  return `shards ${ids
    .map((id) => id.replace(/^shardId-0*(?=\d)/, ''))
    .sort()
    .join(' ')}`;
}
