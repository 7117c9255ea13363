/**
 * KIN-LR-04: large records are a burst on credit. AWS describes a tank of 10 MiB a shard that refills by 1 MiB/s, and says
 * that the exact course depends on sizes, traffic and keys; so three tanks within seconds are broken, and two, or a slow one, are
 * loose. Takes some 15 s: that is what the second large record has to wait for.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { RECORD_BYTES_SETTABLE_MAX, RECORD_KIB_SETTABLE_MAX } from '../../src/protocol/limits.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { answerOf, isRate } from '../attempt.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { allow, noise } from './record-size.ts';

/** How long large records are pressed upon a shard, in ns. */
const PRESSED_NS = 4 * NS_PER_S;
/** How long small records, and another large one, may be throttled after that, in ns. */
const SMALL_WITHIN_NS = 5 * NS_PER_S;
const LARGE_WITHIN_NS = 15 * NS_PER_S;
const PAUSE_NS = NS_PER_S;

export const kinLr04 = statement({
  id: 'KIN-LR-04',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['guide'],
  sentence:
    'Large records are a burst: a shard takes 10 MiB at once, throttles what exceeds 1 MiB/s on average after that, and recovers as the average comes down.',
  source: 'Working with large records, developer guide',
  fault: 'lr.no-bucket',
  needs: ['throttle'],
  uses: { streams: [1], shared: [], seconds: 20, payloadUnits: 1300 },
  exercises: { 'large records stored': 2, 'large records throttled': 1, 'small records stored': 1 },
  check: async (context) => {
    const { clock } = context;
    const stream = await context.stream(1, 'fresh');
    await allow(context, stream, RECORD_KIB_SETTABLE_MAX);
    const large = noise(context.random, RECORD_BYTES_SETTABLE_MAX - 1).toString('base64');
    const startNs = clock.monotonicNs();
    let stored = 0;
    for (let attempts = 0; attempts === 0 || clock.monotonicNs() - startNs < PRESSED_NS; attempts += 1) {
      if (await isStored(context, stream, large)) stored += 1;
      else context.count('large records throttled');
      await sleepFor(clock, PAUSE_NS);
    }
    context.count('large records stored', stored);
    const seconds = ((clock.monotonicNs() - startNs) / NS_PER_S).toFixed(1);
    const pressed = `within ${seconds} s one shard took ${stored} records of 10 MiB`;
    if (stored > 2) return broken(`${pressed}; AWS lets it burst to 10 MiB and average 1 MiB/s`);
    if (stored === 0) {
      const later = await waited(context, stream, large, LARGE_WITHIN_NS);
      const none = `${pressed}; AWS lets a shard burst to 10 MiB`;
      return later ? loose(`${none}, and it took one within the 15 s after`) : broken(none);
    }
    if (!(await waited(context, stream, context.data(), SMALL_WITHIN_NS))) {
      const later = await waited(context, stream, context.data(), LARGE_WITHIN_NS);
      const none = `${pressed}, and then no small record in 5 s; AWS lets it recover at 1 MiB/s`;
      return later ? loose(`${none}, and it took one within the 15 s after`) : broken(none);
    }
    context.count('small records stored');
    if (!(await waited(context, stream, large, LARGE_WITHIN_NS)))
      return loose(`${pressed}, and no other one in the 15 s after; its tank would be full again in 10 s`);
    context.count('large records stored');
    return stored === 1 ? holds(`${pressed}, and another one as the average allowed`) : loose(pressed);
  },
});

/** Puts until a record is stored; false when the time is over. */
async function waited(context: Context, stream: Stream, data: string, withinNs: number): Promise<boolean> {
  const untilNs = context.clock.monotonicNs() + withinNs;
  while (!(await isStored(context, stream, data))) {
    if (context.clock.monotonicNs() >= untilNs) return false;
    await sleepFor(context.clock, PAUSE_NS);
  }
  return true;
}

/** Puts a record; false when it is throttled. */
async function isStored({ client }: Context, { name: StreamName }: Stream, Data: string): Promise<boolean> {
  const outcome = await client.call('PutRecord', { StreamName, PartitionKey: 'k', Data });
  if (outcome.kind === 'ok') return true;
  if (outcome.kind === 'error' && isRate(outcome.code)) return false;
  throw new Unobservable(`PutRecord of ${Data.length} characters of base64 was answered with ${answerOf(outcome)}`);
}
