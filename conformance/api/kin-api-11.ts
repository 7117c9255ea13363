/** KIN-API-11: a token of ListShards stands for its stream, for five minutes. */
import { NS_PER_S } from '../../src/clock.ts';
import { NEXT_TOKEN_LIFE_MS } from '../../src/protocol/limits.ts';
import type { Context, Stream } from '../context.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { answerTo, worded } from './asking.ts';

const LIFE_S = NEXT_TOKEN_LIFE_MS / 1000;
/** On either side of the end of a token's life, in s. */
const SLACK_S = 10;

export const kinApi11 = statement({
  id: 'KIN-API-11',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'ListShards refuses a NextToken together with a StreamName, and takes a NextToken for 300 seconds; then it answers ExpiredNextTokenException.',
  source: 'ListShards, NextToken',
  fault: 'list.token-immortal',
  needs: [],
  lane: 'slow',
  uses: { shared: [2] },
  exercises: { 'tokens beside a name': 1, 'tokens used in time': 1 },
  check: async (context) => {
    const { clock, world } = context;
    const stream = await context.stream(2);
    const tokens = [await tokenOf(context, stream), await tokenOf(context, stream), await tokenOf(context, stream)];
    const givenNs = clock.monotonicNs();
    const [first, second, third] = tokens;
    if (!first || !second || !third) return unobserved('ListShards with MaxResults 1 of two shards gave no NextToken');

    const beside = await answerTo(context, 'ListShards', { NextToken: first, StreamName: stream.name });
    context.count('tokens beside a name');
    const saidBeside = `ListShards with NextToken and StreamName was answered with ${worded(beside)}`;
    if (beside.kind === 'ok') return broken(saidBeside);

    // Without a clock that can be moved, whether it expires would take five minutes to see; that it works takes none.
    const hasClock = world.capabilities.has('clock');
    if (hasClock) await clock.sleepUntil(givenNs + (LIFE_S - SLACK_S) * NS_PER_S);
    const inTime = await answerTo(context, 'ListShards', { NextToken: second });
    const ageS = Math.round((clock.monotonicNs() - givenNs) / NS_PER_S);
    context.count('tokens used in time');
    if (inTime.kind === 'error') return broken(`a NextToken ${ageS} s old was answered with ${worded(inTime)}`);
    if (!hasClock) return unobserved(`${saidBeside}, as documented; that a token expires takes ${LIFE_S} s to see`);

    await clock.sleepUntil(givenNs + (LIFE_S + SLACK_S) * NS_PER_S);
    const late = await answerTo(context, 'ListShards', { NextToken: third });
    const said = `a NextToken ${LIFE_S + SLACK_S} s old was answered with ${worded(late)}`;
    if (late.kind === 'ok') return broken(said);
    return late.code === 'ExpiredNextTokenException' ? holds(said) : loose(said);
  },
});

async function tokenOf(context: Context, stream: Stream): Promise<string | undefined> {
  const { NextToken } = await context.send('ListShards', { StreamName: stream.name, MaxResults: 1 });
  return NextToken || undefined;
}
