/**
 * Channels of Kinesis that a conformance run made and could not remove: found by their names, and removed before the streams that they
 * hold. No other run makes any.
 */
import { type Clock, NS_PER_S, sleepFor } from '../clock.ts';
import type { WireClient } from '../wire/client.ts';
import type { Outcome } from '../wire/outcome.ts';
import { CONFORM_PREFIX } from './marks.ts';

/** Pause between two looks at a channel, in ns: five a second are allowed for the whole account. */
export const CHANNEL_LOOK_NS = NS_PER_S / 2;
/** How long a channel may take to be there, and to be gone, in ns. */
export const CHANNEL_LIFE_NS = 60 * NS_PER_S;
/** Pages of ListChannels at the most: an account has a hundred channels. */
const PAGES_MAX = 20;

/** A channel as it is listed. */
export interface ListedChannel {
  readonly name: string;
  readonly arn: string;
}

/** Removes a channel, whether or not it is there, and waits until it is gone; false where it is not in time. */
export async function removeChannel(ChannelARN: string, client: WireClient, clock: Clock): Promise<boolean> {
  const overNs = clock.monotonicNs() + CHANNEL_LIFE_NS;
  for (let asked = false; clock.monotonicNs() < overNs;) {
    const outcome: Outcome<unknown> = await client.call(asked ? 'DescribeChannel' : 'DeleteChannel', { ChannelARN });
    if (outcome.kind === 'error' && outcome.code === 'ResourceNotFoundException') return true;
    asked ||= outcome.kind === 'ok';
    await sleepFor(clock, CHANNEL_LOOK_NS);
  }
  return false;
}

/** Removes what one conformance run made, whether or not its time is over. Gives the ARNs of those that are still there. */
export async function removeConformChannels(run: string, client: WireClient, clock: Clock): Promise<string[]> {
  const listed = await channelsFrom(`${CONFORM_PREFIX}-${run}-`, client);
  // Where they cannot be listed, none was made.
  if (listed.kind !== 'ok') return [];
  const left: string[] = [];
  for (const { arn } of listed.output) if (!(await removeChannel(arn, client, clock))) left.push(arn);
  return left;
}

/** The channels whose names begin so, or why they are not known. */
export async function channelsFrom(prefix: string, client: WireClient): Promise<Outcome<readonly ListedChannel[]>> {
  const channels: ListedChannel[] = [];
  for (let token: string | undefined, pages = 1; ; pages += 1) {
    const outcome = await client.call('ListChannels', token === undefined ? {} : { NextToken: token });
    if (outcome.kind !== 'ok') return outcome;
    const { ChannelSummaries: listed, NextToken: next } = fieldsOf(outcome.output);
    for (const summary of Array.isArray(listed) ? listed : []) {
      const { ChannelName: name, ChannelARN: arn } = fieldsOf(summary);
      if (typeof name === 'string' && typeof arn === 'string' && name.startsWith(prefix)) channels.push({ name, arn });
    }
    if (typeof next !== 'string' || next === '' || pages === PAGES_MAX) return { ...outcome, output: channels };
    token = next;
  }
}

/** The members of what should be a structure; none of anything else. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>;
}
