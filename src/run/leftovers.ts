/**
 * Streams that a killed run left behind: named as kinebench names them, tagged with a run, and past the time their tag gives.
 * A stream that lacks one of the three is somebody's, and is left alone.
 */
import type { Clock } from '../clock.ts';
import type { WireClient } from '../wire/client.ts';
import { EXPIRES_TAG, must, RUN_TAG, STREAM_PREFIX } from './streams.ts';

export interface Leftover {
  readonly name: string;
  readonly run: string;
  /** ISO time. */
  readonly expires: string;
}

export async function findLeftovers(client: WireClient, clock: Clock): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await streamNames(client)) {
    if (!name.startsWith(STREAM_PREFIX)) continue;
    const { Tags } = must('ListTagsForStream', name, await client.call('ListTagsForStream', { StreamName: name }));
    const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    const run = tag(RUN_TAG);
    const expires = tag(EXPIRES_TAG);
    const expiresMs = Number(expires) * 1000;
    if (run !== undefined && expiresMs < clock.now())
      found.push({ name, run, expires: new Date(expiresMs).toISOString() });
  }
  return found;
}

export async function removeStream(client: WireClient, name: string): Promise<void> {
  must('DeleteStream', name, await client.call('DeleteStream', { StreamName: name }));
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
