/** KIN-EFO-10: the bytes of a subscription are whole. They are taken from under the client, which would believe none of a bad message. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { createClient } from '../../src/wire/client.ts';
import { codecOf, readBody } from '../../src/wire/codec.ts';
import { type Transport, type TransportStream } from '../../src/wire/transport.ts';
import type { Context } from '../context.ts';
import { withFanOut } from '../fan-out.ts';
import { firstShard, putAll } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { type Frame, framesIn } from './frames.ts';

const RECORDS = 20;
const LOOK_NS = 20_000_000;

export const kinEfo10 = statement({
  id: 'KIN-EFO-10',
  level: 'MUST',
  profile: 'extended',
  evidence: ['inferred'],
  sentence: 'Every message of a subscription carries the right CRC-32 of its prelude and of the whole message.',
  source: 'application/vnd.amazon.eventstream',
  fault: 'efo.bad-crc',
  needs: ['fan-out'],
  uses: { consumers: 1 },
  exercises: { 'messages read': 1, 'messages with several records': 1 },
  check: async (context) => {
    const { clock, settleNs } = context;
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    const keys = Array.from({ length: RECORDS }, (_, index) => `key-${index}`);
    const [first] = await putAll(context, stream, keys);
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const bytes: Buffer[] = [];
      const client = listening(context, bytes);
      const leaving = new AbortController();
      const from = { Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: first!.sequenceNumber } as const;
      const input = { ConsumerARN: consumer, ShardId: shardId, StartingPosition: from };
      const outcome = await client.subscribe(input, { signal: leaving.signal });
      if (outcome.kind !== 'ok') {
        client.close();
        return unobserved(`SubscribeToShard was answered with ${'code' in outcome ? outcome.code : outcome.kind}`);
      }
      const reading = drain(outcome.messages);
      const untilNs = clock.monotonicNs() + settleNs + 5 * NS_PER_S;
      let { frames, flaw } = framesIn(Buffer.concat(bytes));
      while (!flaw && severalIn(context, frames) === 0 && clock.monotonicNs() < untilNs) {
        await sleepFor(clock, LOOK_NS);
        ({ frames, flaw } = framesIn(Buffer.concat(bytes)));
      }
      leaving.abort();
      await reading;
      client.close();
      context.count('messages read', frames.length);
      context.count('messages with several records', severalIn(context, frames));
      return flaw
        ? broken(`of a subscription to ${RECORDS} records, ${flaw}`)
        : holds(`${frames.length} messages are whole`);
    });
  },
});

/** A client of its own whose pieces of answers are heard. */
function listening({ world, clock }: Context, into: Buffer[]): ReturnType<typeof createClient> {
  const { endpoint } = world;
  const plain = world.transport(endpoint.transport?.subscriptions);
  const transport: Transport = {
    hostHeader: plain.hostHeader,
    send: (request) => plain.send(request),
    stream: async (request, signal) => {
      const stream = await plain.stream(request, signal);
      return stream.kind === 'stream' ? { ...stream, pieces: heard(stream.pieces, into) } : stream;
    },
    open: (calls) => plain.open(calls),
    close: () => plain.close(),
  };
  return createClient(endpoint, clock, transport);
}

async function* heard(pieces: TransportStream['pieces'], into: Buffer[]): TransportStream['pieces'] {
  for await (const piece of pieces) {
    if (piece.kind === 'bytes') into.push(piece.bytes);
    yield piece;
  }
}

/** Takes what comes, so that more comes. */
async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}

/** How many of the messages carry several records. */
function severalIn({ world }: Context, frames: readonly Frame[]): number {
  const codec = codecOf(world.endpoint.transport?.encoding ?? 'json');
  return frames.filter(({ payload }) => {
    const { Records } = Object(readBody(payload, codec.contentType, codec)) as Record<string, unknown>;
    return Array.isArray(Records) && Records.length > 1;
  }).length;
}
