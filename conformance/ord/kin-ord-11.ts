/** KIN-ORD-11: what was refused is not there. */
import { NS_PER_MS } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { PUT_RECORDS_MAX, RECORD_BYTES_MAX } from '../../src/protocol/limits.ts';
import type { Context } from '../context.ts';
import { findingOf, type History } from '../history/history.ts';
import { Recorder, sized } from '../history/recorder.ts';
import { refusedYetRead } from '../history/stability.ts';
import { firstShard } from '../records.ts';
import { statement, unobserved } from '../statement.ts';

/** More records in one instant than a shard takes in a second. */
const BATCHES = 3;

export const kinOrd11 = statement({
  id: 'KIN-ORD-11',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record whose put was refused by validation or by a throttle never becomes readable.',
  source: 'PutRecord and PutRecords, errors',
  fault: 'log.store-then-reject',
  needs: [],
  uses: { streams: [1], shared: [], records: 2300 },
  exercises: { 'refused puts': 4, 'records read': 10 },
  check: async (context) => {
    const history = await refusals(context);
    const { attempts, scans } = history;
    const refused = attempts.filter(({ fate }) => fate === 'refused');
    const throttled = refused.filter(({ said = '' }) => isThrottle(said)).length;
    const last = attempts.at(-1);
    const read = scans.flatMap(({ pages }) => pages.flat());
    context.count('refused puts', refused.length);
    context.count('throttled puts', throttled);
    context.count('records read', read.length);
    const finding = findingOf(
      refusedYetRead(history),
      `of ${refused.length} records that were refused, ${throttled} of them by throttles, none was among ${read.length} that were read`,
    );
    // The record put last shows that everything before it was read.
    const whole = read.some(({ data }) => data === last?.data);
    return finding.outcome === 'holds' && !whole
      ? unobserved('the record that was put last could not be read')
      : finding;
  },
});

async function refusals(context: Context): Promise<History> {
  const stream = await context.stream(1, 'fresh');
  const recorder = new Recorder(context, stream);
  const record = (key: string) => ({ key, data: sized(context, 40) });
  const beyond = String(HASH_KEY_COUNT);
  await recorder.putOnce('one record too large', { key: 'large', data: sized(context, RECORD_BYTES_MAX + 1) });
  await recorder.putOnce('one explicit hash key beyond the last', { ...record('hash'), explicitHashKey: beyond });
  await recorder.putOnce('one partition key too long', record('k'.repeat(257)));
  await recorder.putOnce('one partition key of nothing', record(''));
  await Promise.all(
    Array.from({ length: BATCHES }, (_, batch) =>
      recorder.putBatch(
        `batch ${batch + 1} of ${BATCHES} with ${PUT_RECORDS_MAX} records each`,
        Array.from({ length: PUT_RECORDS_MAX }, () => record(`batch ${batch}`)),
      ),
    ),
  );
  await recorder.put('the last producer', record('last'));
  const { ShardId } = firstShard(stream);
  await recorder.scan('a replay', ShardId, { limit: 1000, pauseNs: 210 * NS_PER_MS });
  return recorder.history;
}
