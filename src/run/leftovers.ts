/**
 * Streams that a killed run left behind, consumers that it registered with streams of others, and channels of a killed conformance run:
 * named as kinebench names them, tagged with a run, and past the time their tag gives. What lacks one of the three is somebody's, and is left alone.
 */
import type { Clock } from '../clock.ts';
import type { Capability } from '../protocol/capabilities.ts';
import type { Tag } from '../protocol/operations.ts';
import { must } from '../target/answer.ts';
import { channelsFrom, removeChannel } from '../target/channel-leftovers.ts';
import { EXPIRES_TAG, RUN_TAG, STREAM_PREFIX } from '../target/marks.ts';
import type { WireClient } from '../wire/client.ts';
import { arnOf } from './registration.ts';
import { deleteStream } from './streams.ts';

/** Pages of a stream's consumers that are looked through, a hundred each; AWS has 50 consumers at the most. */
const PAGES_MAX = 10;

export interface Leftover {
  readonly kind: 'stream' | 'consumer' | 'channel';
  /** In words. */
  readonly name: string;
  /** By what it is removed: the name of a stream, the ARN of the others. */
  readonly id: string;
  readonly run: string;
  /** ISO time. */
  readonly expires: string;
}

/**
 * What is left of runs that are over by their tags. A consumer may be on a stream that is not ours. Channels come first: they hold streams.
 * @param capabilities of the target: only where it has fan-out consumers are other people's streams looked through for ours
 */
export async function findLeftovers(
  client: WireClient,
  clock: Clock,
  capabilities: ReadonlySet<Capability>,
): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const note = (named: Pick<Leftover, 'kind' | 'name' | 'id'>, tags: readonly Tag[]) => {
    const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    const run = tag(RUN_TAG);
    const expiresMs = Number(tag(EXPIRES_TAG)) * 1000;
    if (run !== undefined && expiresMs < clock.now())
      found.push({ ...named, run, expires: new Date(expiresMs).toISOString() });
  };
  const tagsOf = async (ResourceARN: string, name: string) =>
    must('ListTagsForResource', name, await client.call('ListTagsForResource', { ResourceARN })).Tags;
  if (capabilities.has('channels')) {
    const channels = must('ListChannels', 'the account', await channelsFrom(STREAM_PREFIX, client));
    for (const { name, arn: id } of channels)
      note({ kind: 'channel', name: `channel ${name}`, id }, await tagsOf(id, name));
  }
  for (const name of await streamNames(client)) {
    if (name.startsWith(STREAM_PREFIX)) {
      const outcome = await client.call('ListTagsForStream', { StreamName: name });
      note({ kind: 'stream', name, id: name }, must('ListTagsForStream', name, outcome).Tags);
    } else if (capabilities.has('fan-out')) {
      for (const [consumer, id] of await consumersAt(name, client))
        note({ kind: 'consumer', name: `consumer ${consumer} of ${name}`, id }, await tagsOf(id, consumer));
    }
  }
  return found;
}

/** Removes it; false where it was still there after a minute. */
export async function removeLeftover(client: WireClient, clock: Clock, { kind, name, id }: Leftover): Promise<boolean> {
  if (kind === 'channel') return removeChannel(id, client, clock);
  if (kind === 'stream') must('DeleteStream', name, await deleteStream(id, client));
  else must('DeregisterStreamConsumer', name, await client.call('DeregisterStreamConsumer', { ConsumerARN: id }));
  return true;
}

/** Consumers of a stream by our names, with their ARNs. */
async function consumersAt(stream: string, client: WireClient): Promise<(readonly [name: string, arn: string])[]> {
  const found: (readonly [string, string])[] = [];
  const StreamARN = await arnOf(stream, client);
  let next: string | null | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const input = { StreamARN, ...(typeof next === 'string' && { NextToken: next }) };
    const listed = must('ListStreamConsumers', stream, await client.call('ListStreamConsumers', input));
    for (const { ConsumerName, ConsumerARN } of listed.Consumers)
      if (ConsumerName.startsWith(STREAM_PREFIX)) found.push([ConsumerName, ConsumerARN]);
    next = listed.NextToken;
    if (typeof next !== 'string') break;
  }
  return found;
}

async function streamNames(client: WireClient): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const after = names.at(-1);
    const page = must(
      'ListStreams',
      'the account',
      await client.call('ListStreams', after === undefined ? {} : { ExclusiveStartStreamName: after }),
    );
    names.push(...page.StreamNames);
    if (!page.HasMoreStreams || page.StreamNames.length === 0) return names;
  }
}
