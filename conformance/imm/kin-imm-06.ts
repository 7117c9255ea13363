/** KIN-IMM-06: what was acknowledged outlives a crash. */
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { findingOf, isStored, type Stored } from '../history/history.ts';
import { sharedNumbers } from '../history/numbers.ts';
import { Recorder } from '../history/recorder.ts';
import { firstShard } from '../records.ts';
import { statement, unobserved } from '../statement.ts';

const CRASHES = 2;
const WRITERS = 3;
const PUTS_EACH = 20;
const LOOK_NS = 210 * NS_PER_MS;

export const kinImm06 = statement({
  id: 'KIN-IMM-06',
  level: 'MUST',
  evidence: ['inferred'],
  sentence:
    'Records that were acknowledged are there after the endpoint was killed and started again, under their sequence numbers, which no later record gets.',
  source: 'PutRecord ("data records are accessible for 24 hours from the time that they are added to a stream")',
  fault: 'imm.ack-before-fsync',
  needs: ['restart'],
  uses: { streams: [1], shared: [] },
  exercises: { restarts: CRASHES, 'acknowledged puts': CRASHES * WRITERS * PUTS_EACH },
  check: async (context) => {
    const { restart } = context.world;
    if (!restart) return unobserved('nothing here can restart the endpoint');
    const stream = await context.stream(1, 'fresh');
    const recorder = new Recorder(context, stream);
    const breaches: string[] = [];
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await write(context, recorder, crash);
      await restart();
      await answers(context, stream);
      context.count('restarts');
      const scan = { limit: 1000, pauseNs: LOOK_NS };
      const { pages } = await recorder.scan(`a replay after restart ${crash}`, firstShard(stream).ShardId, scan);
      const there = new Set(pages.flat().map(({ data }) => data));
      const lost = stored(recorder).filter(({ data }) => !there.has(data));
      breaches.push(
        ...lost.map(
          ({ writer, sequenceNumber }) =>
            `${writer} was answered ${sequenceNumber}; after restart ${crash} it is not readable`,
        ),
      );
    }
    context.count('acknowledged puts', stored(recorder).length);
    breaches.push(...sharedNumbers(recorder.history));
    return findingOf(breaches, `${stored(recorder).length} acknowledged records were read after ${CRASHES} restarts`);
  },
});

function stored(recorder: Recorder): Stored[] {
  return recorder.history.attempts.filter(isStored);
}

/** Several producers at once, each until the very moment of the crash. */
async function write(context: Context, recorder: Recorder, crash: number): Promise<void> {
  const writer = async (name: string) => {
    for (let index = 0; index < PUTS_EACH; index += 1) {
      await recorder.put(name, { key: `${name} ${index}`, data: context.data() });
    }
  };
  await Promise.all(
    Array.from({ length: WRITERS }, (_, index) => writer(`producer ${index + 1} before restart ${crash}`)),
  );
}

/** Waits until the endpoint answers again. */
async function answers({ client, clock, deadlineNs }: Context, { name: StreamName }: Stream): Promise<void> {
  for (;;) {
    const outcome = await client.call('DescribeStream', { StreamName });
    if (outcome.kind === 'ok') return;
    if (clock.monotonicNs() > deadlineNs) {
      throw new Unobservable(`after the restart DescribeStream was answered with ${outcome.kind}`);
    }
    await sleepFor(clock, LOOK_NS);
  }
}
