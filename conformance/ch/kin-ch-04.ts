/**
 * KIN-CH-04: a channel reads at nobody's expense. A shard is written to and polled at four fifths of what pollers may read, first
 * without a channel and then with one; what the channel delivers in the end shows that it has read, and how much.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { type Context, Unobservable } from '../context.ts';
import { haveAll } from '../fh/delivery-stream.ts';
import { iteratorAt, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { newTexts, type Source, withChannel, withSource, writtenOf } from './channel.ts';

/** One a second: less than the 1 MB/s that a shard takes. */
const RECORD_BYTES = 850_000;
/** Reads of one such record: 1.7 MB/s of the 2 MB/s that a shard gives. */
const READS_PER_S = 2;
const SECONDS = 15;
/** Fewer may be a matter of chance. */
const REFUSED_LEAST = 3;
/** Lets the budget of reads come back. */
const REST_NS = 5 * NS_PER_S;

export const kinCh04 = statement({
  id: 'KIN-CH-04',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['guide'],
  sentence: 'What a channel reads is not taken from the 2 MB a second that a shard gives to those who poll it.',
  source: 'Kinesis Data Streams developer guide, data delivery (no read throughput of the stream is used)',
  fault: 'ch.takes-quota',
  needs: ['channels', 'clock', 'throttle'],
  lane: 'slow',
  uses: { streams: [4], onDemand: 1, payloadUnits: 1200, seconds: 1000 },
  exercises: { 'channels made': 1, polls: 2 * READS_PER_S * SECONDS, 'objects read': 1 },
  check: (context) =>
    withSource(context, async (source) => {
      const first = await putLarge(context, source, 'first');
      await sweep(context, source.stream, first.shardId, [first]);
      const iterator = () =>
        iteratorAt(context, source.stream, first.shardId, {
          type: 'AT_SEQUENCE_NUMBER',
          sequenceNumber: first.sequenceNumber,
        });
      await sleepFor(context.clock, REST_NS);
      const without = await polled(context, source, await iterator());
      if (without.refused > 0)
        return unobserved(`${without.refused} of ${without.polls} polls were throttled without a channel`);
      await sleepFor(context.clock, REST_NS);
      return withChannel(context, source, 'BYTE_ARRAY', async () => {
        const beside = await polled(context, source, await iterator());
        const said = `a shard was written to at 0.85 MB/s and polled at 1.7 MB/s for ${SECONDS} s; of ${without.polls} polls 0 were throttled without a channel, and of ${beside.polls} with one ${beside.refused}`;
        if (beside.refused >= REFUSED_LEAST)
          return broken(`${said}; AWS documents that channels use no read throughput of the stream`);
        if (beside.refused > 0) return unobserved(said);
        const all = haveAll(beside.texts);
        const { records } = await writtenOf(context, source, (written) => all(written.records));
        return all(records)
          ? holds(`${said}; the channel delivered all that was written meanwhile`)
          : unobserved(`${said}; but it has not delivered what was written meanwhile`);
      });
    }),
});

function putLarge(context: Context, { stream }: Source, text: string) {
  const data = Buffer.alloc(RECORD_BYTES, text).toString('base64');
  return put(context, stream, { key: 'load', data, explicitHashKey: stream.ranges[0]?.start ?? 0n });
}

/** Writes and polls for a while; what was written, and how many of the polls were refused as too much. */
async function polled(context: Context, source: Source, iterator: string) {
  const { clock, client } = context;
  const startNs = clock.monotonicNs();
  const texts = newTexts(context, SECONDS);
  const writing = async () => {
    for (const [second, text] of texts.entries()) {
      await clock.sleepUntil(startNs + second * NS_PER_S);
      await putLarge(context, source, text);
    }
  };
  const polls = SECONDS * READS_PER_S;
  const polling = async () => {
    let refused = 0;
    for (let poll = 0; poll < polls; poll += 1) {
      await clock.sleepUntil(startNs + (poll * NS_PER_S) / READS_PER_S);
      const outcome = await client.call('GetRecords', { ShardIterator: iterator, Limit: 1 });
      if (outcome.kind === 'error' && isThrottle(outcome.code)) refused += 1;
      else if (outcome.kind !== 'ok')
        throw new Unobservable(
          `GetRecords was answered with ${outcome.kind === 'error' ? outcome.code : outcome.kind}`,
        );
      context.count('polls');
    }
    return refused;
  };
  const [refused] = await Promise.all([polling(), writing()]);
  return { texts, polls, refused };
}
