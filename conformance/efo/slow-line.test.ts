/** A consumer alone may be pushed all that it is promised over a line that does not carry three of them. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../src/clock.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { BodyBuffer } from '../../src/wire/body-buffer.ts';
import type { TransportAnswer, TransportRequest, TransportStream } from '../../src/wire/transport.ts';
import { quickWorld } from '../front.test-data.ts';
import { Session } from '../session.ts';
import { kinEfo08 } from './kin-efo-08.ts';

/** What becomes of an answer on the way. */
type Alteration = (request: TransportRequest, answer: TransportAnswer) => TransportAnswer;

/** What is found behind a line of so many bytes a second. */
async function found(
  bytesPerS: number,
  settings: Partial<EmbeddedSpec>,
  alteration: Alteration = (_request, answer) => answer,
): Promise<string> {
  const world = quickWorld(settings);
  const { clock } = world;
  let freeNs = 0;
  const carried = async (bytes: number) => {
    freeNs = Math.max(freeNs, clock.monotonicNs()) + (bytes * NS_PER_S) / bytesPerS;
    await clock.sleepUntil(freeNs);
    return clock.monotonicNs();
  };
  async function* slowly(pieces: TransportStream['pieces']): TransportStream['pieces'] {
    for await (const piece of pieces) {
      yield { ...piece, receivedNs: await carried(piece.kind === 'bytes' ? piece.bytes.length : 0) };
    }
  }
  const transport = () => {
    const inner = world.transport();
    return {
      ...inner,
      send: async (request: TransportRequest) => {
        const answer = alteration(request, await inner.send(request));
        const bytes = answer.kind === 'response' ? answer.body.length : 0;
        return { ...answer, answeredNs: await carried(bytes) };
      },
      stream: async (request: TransportRequest, signal?: AbortSignal) => {
        const stream = await inner.stream(request, signal);
        return stream.kind === 'stream' ? { ...stream, pieces: slowly(stream.pieces) } : stream;
      },
    };
  };
  const { context } = new Session({ world: { ...world, transport }, seed: 1 }).context(kinEfo08.id);
  const { outcome, message } = await world.settle(kinEfo08.check(context));
  return `${outcome}: ${message}`;
}

const MIB = 1_048_576;

test.each<readonly [string, number, Partial<EmbeddedSpec>, RegExp]>([
  ['a fast line', 40 * MIB, {}, /^holds/],
  ['a fast line, and consumers that are CREATING for half a minute', 40 * MIB, { createConsumerMs: 30_000 }, /^holds/],
  ['a fast line, and consumers that share what there is', 40 * MIB, { faults: [kinEfo08.fault] }, /^broken/],
  ['a line for two consumers', 6 * MIB, {}, /^unobserved.*way here/],
])('%s', async (_what, bytesPerS, settings, outcome) => {
  expect(await found(bytesPerS, settings)).toMatch(outcome);
});

/** The first answer to an iterator has no records. */
function emptyAtFirst(): Alteration {
  const known = new Set<string>();
  return (request, answer) => {
    if (!request.target.endsWith('.GetRecords') || answer.kind !== 'response' || answer.status !== 200) return answer;
    const buffer = new BodyBuffer();
    request.write(buffer);
    const { ShardIterator } = JSON.parse(buffer.body.toString()) as { readonly ShardIterator: string };
    if (known.has(ShardIterator)) return answer;
    known.add(ShardIterator);
    const page = { Records: [], NextShardIterator: ShardIterator, MillisBehindLatest: 1000 };
    return { ...answer, body: Buffer.from(JSON.stringify(page)) };
  };
}

test('consumers that share what there is, where one answer without records is no slow line', async () => {
  expect(await found(40 * MIB, { faults: [kinEfo08.fault] }, emptyAtFirst())).toMatch(/^broken/);
});
