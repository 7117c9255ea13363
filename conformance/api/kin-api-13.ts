/** KIN-API-13: what a stream says of itself in numbers agrees with the lists of what it has. */
import { NS_PER_S } from '../../src/clock.ts';
import { type Context, Unobservable } from '../context.ts';
import { broken, holds, statement } from '../statement.ts';
import { answerTo, isUnknownOperation, worded } from './asking.ts';
import { registered, withdrawn } from './own-consumers.ts';
import { comesTrue, described, openOf, splitFirst } from './own-streams.ts';

/** How long they may differ, in ns: nobody promises that descriptions are fresh. */
const AGREE_NS = 20 * NS_PER_S;

export const kinApi13 = statement({
  id: 'KIN-API-13',
  level: 'SHOULD',
  evidence: ['model'],
  sentence:
    'OpenShardCount, ConsumerCount and RetentionPeriodHours of DescribeStreamSummary come to agree with ListShards, ListStreamConsumers and DescribeStream.',
  source: 'DescribeStreamSummary',
  fault: 'life.stale-summary',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [], consumers: 1, extended: 1 },
  exercises: { 'shards closed': 1, comparisons: 1 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const { all, open } = await splitFirst(context, stream);
    context.count('shards closed', all.length - open.length);
    const { StreamARN } = (await described(context, stream.name)) ?? {};
    const consumer = StreamARN === undefined ? undefined : await registered(context, StreamARN, 'counted');
    try {
      const longer = { StreamName: stream.name, RetentionPeriodHours: 48 };
      await answerTo(context, 'IncreaseStreamRetentionPeriod', longer);
      let said = '';
      const agreed = await comesTrue(context, AGREE_NS, async () => {
        const rows = await compared(context, stream.name, consumer ? StreamARN : undefined);
        context.count('comparisons');
        said = rows.map(({ what, told, listed }) => `${what} ${told} and ${listed} by the list`).join(', ');
        return rows.every(({ told, listed }) => told === listed);
      });
      const counted = `after a split, ${consumer ? 'a registration ' : ''}and a longer retention: ${said}`;
      return agreed ? holds(counted) : broken(`${counted}, for ${AGREE_NS / NS_PER_S} s`);
    } finally {
      if (StreamARN !== undefined && consumer) await withdrawn(context, StreamARN, consumer);
    }
  },
});

interface Row {
  readonly what: string;
  readonly told: number | undefined;
  readonly listed: number | undefined;
}

async function compared(context: Context, StreamName: string, StreamARN: string | undefined): Promise<Row[]> {
  const answer = await answerTo(context, 'DescribeStreamSummary', { StreamName });
  const summary = answer.kind === 'ok' ? answer.output.StreamDescriptionSummary : undefined;
  if (!summary) throw new Unobservable(`DescribeStreamSummary was answered with ${worded(answer)}`);
  const stream = await described(context, StreamName);
  const rows: Row[] = [
    {
      what: 'OpenShardCount',
      told: summary.OpenShardCount,
      listed: (await openOf(context, StreamName)).length,
    },
    { what: 'RetentionPeriodHours', told: summary.RetentionPeriodHours, listed: stream?.RetentionPeriodHours },
  ];
  if (StreamARN === undefined) return rows;
  const consumers = await answerTo(context, 'ListStreamConsumers', { StreamARN });
  if (consumers.kind === 'error' && isUnknownOperation(consumers)) return rows;
  const listed = consumers.kind === 'ok' ? consumers.output.Consumers?.length : undefined;
  return [...rows, { what: 'ConsumerCount', told: summary.ConsumerCount, listed }];
}
