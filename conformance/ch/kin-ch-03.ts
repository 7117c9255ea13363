/**
 * KIN-CH-03: a channel goes on with the children of a shard. On-demand streams are not split by hand: one shard is written to at more
 * than half of what it takes, before there is a channel, which AWS answers with a split within a quarter of an hour. What is put
 * into every shard then has to come; what comes of the shards that were not split shows that the channel is at work.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Shard } from '../../src/protocol/operations.ts';
import type { Context } from '../context.ts';
import { haveAll, textOf } from '../fh/delivery-stream.ts';
import { write } from '../od/load.ts';
import { absent, type Acknowledged, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { openShards, rangeOf } from '../streams.ts';
import { newTexts, putTexts, type Source, withChannel, withSource, writtenOf } from './channel.ts';

/** 700 kB/s. */
const load = { recordBytes: 350_000, records: 2, calls: 1, seconds: 130 } as const;
/** AWS names 15 minutes; so long the stream is looked at. */
const WATCH_NS = 20 * 60 * NS_PER_S;
const LOOK_NS = 15 * NS_PER_S;
/** Records for each shard. */
const EACH = 2;

export const kinCh03 = statement({
  id: 'KIN-CH-03',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model', 'guide'],
  sentence:
    'When a shard of its stream is split, a channel delivers the records of the new shards as it does those of the others.',
  source:
    'CreateChannel ("delivers records from a Kinesis data stream to a destination"); developer guide, how Amazon S3 delivery works (it reads all shards)',
  fault: 'ch.no-children',
  needs: ['channels', 'clock', 'throttle'],
  lane: 'sentinel',
  uses: { streams: [6], onDemand: 1, records: 320, payloadUnits: 4200, seconds: 3000 },
  exercises: { 'channels made': 1, 'new shards': 2, 'records put': EACH * 5, 'objects read': 1 },
  check: (context) =>
    withSource(context, async (source) => {
      const { start, end } = source.stream.ranges[0] ?? { start: 0n, end: 0n };
      await write(context, source.stream, { ...load, range: { start, end } });
      return withChannel(context, source, 'BYTE_ARRAY', async () => {
        const open = await untilSplit(context, source);
        const children = open.filter(isNew);
        if (children.length === 0 || children.length === open.length)
          return unobserved(`${open.length} open shards, of which ${children.length} come of a split`);
        context.count('new shards', children.length);
        const placed: Placed[] = [];
        for (const shard of open) {
          const texts = newTexts(context, EACH);
          placed.push({ shard, texts, records: await putTexts(context, source, texts, rangeOf(shard).start) });
        }
        const all = placed.flatMap(({ texts }) => texts);
        const { records } = await writtenOf(context, source, (written) => haveAll(all)(written.records));
        const delivered = textOf(records);
        const lost = placed.filter(({ texts }) => !texts.every((text) => delivered.includes(text)));
        const said = `${EACH} records were put into each of ${open.length} shards, of which ${children.length} come of a split that a channel has seen`;
        if (lost.length === 0) return holds(`${said}; all were delivered`);
        const names = lost.map(({ shard }) => shard.ShardId).join(', ');
        // A channel that is late is so with all of them.
        if (!lost.every(({ shard }) => isNew(shard)))
          return unobserved(`${said}; of ${names} they were not delivered, and may still come`);
        for (const { shard, records: put } of lost) {
          if (absent(put, await sweep(context, source.stream, shard.ShardId, put)).length > 0)
            return unobserved(`${said}; of ${shard.ShardId} they cannot be read by polling either`);
        }
        return broken(
          `${said}; those of ${names} were not delivered, though all others were, and can be read by polling`,
        );
      });
    }),
});

/** What was put into a shard. */
interface Placed {
  readonly shard: Shard;
  readonly texts: readonly string[];
  readonly records: readonly Acknowledged[];
}

/** The open shards, once there are more of them, or after the time in which AWS splits. */
async function untilSplit(context: Context, { stream }: Source): Promise<Shard[]> {
  const untilNs = context.clock.monotonicNs() + WATCH_NS;
  for (;;) {
    const open = await openShards(context.send, stream.name);
    if (open.length > stream.shards.length || context.clock.monotonicNs() > untilNs) return open;
    await sleepFor(context.clock, LOOK_NS);
  }
}

function isNew({ ParentShardId }: Shard): boolean {
  return typeof ParentShardId === 'string';
}
