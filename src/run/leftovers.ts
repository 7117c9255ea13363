/**
 * Streams that a killed run left behind, and consumers that it registered with streams of others: named as kinebench names
 * them, tagged with a run, and past the time their tag gives. What lacks one of the three is somebody's, and is left alone.
 */
import type { Clock } from '../clock.ts';
import type { Tag } from '../protocol/operations.ts';
import { must } from '../target/answer.ts';
import { EXPIRES_TAG, RUN_TAG, STREAM_PREFIX } from '../target/marks.ts';
import type { WireClient } from '../wire/client.ts';
import { arnOf } from './registration.ts';
import { deleteStream } from './streams.ts';

/** Pages of a stream's consumers that are looked through, a hundred each; AWS has 50 consumers at the most. */
const PAGES_MAX = 10;

export interface Leftover {
  readonly name: string;
  /** Of a consumer; null for a stream. */
  readonly consumerArn: string | null;
  readonly run: string;
  /** ISO time. */
  readonly expires: string;
}

/**
 * Streams and registered consumers of runs that are over by their tags. A consumer may be on a stream that is not ours.
 * @param consumers whether the target has fan-out consumers: only then are other people's streams looked through for ours
 */
export async function findLeftovers(client: WireClient, clock: Clock, consumers: boolean): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const note = (name: string, consumerArn: string | null, tags: readonly Tag[]) => {
    const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    const run = tag(RUN_TAG);
    const expiresMs = Number(tag(EXPIRES_TAG)) * 1000;
    if (run !== undefined && expiresMs < clock.now())
      found.push({ name, consumerArn, run, expires: new Date(expiresMs).toISOString() });
  };
  for (const name of await streamNames(client)) {
    if (name.startsWith(STREAM_PREFIX)) {
      const outcome = await client.call('ListTagsForStream', { StreamName: name });
      note(name, null, must('ListTagsForStream', name, outcome).Tags);
    } else if (consumers) {
      for (const [consumer, arn] of await consumersAt(name, client)) {
        const outcome = await client.call('ListTagsForResource', { ResourceARN: arn });
        note(`consumer ${consumer} of ${name}`, arn, must('ListTagsForResource', consumer, outcome).Tags);
      }
    }
  }
  return found;
}

export async function removeLeftover(client: WireClient, { name, consumerArn }: Leftover): Promise<void> {
  if (consumerArn === null) must('DeleteStream', name, await deleteStream(name, client));
  else {
    const outcome = await client.call('DeregisterStreamConsumer', { ConsumerARN: consumerArn });
    must('DeregisterStreamConsumer', name, outcome);
  }
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
