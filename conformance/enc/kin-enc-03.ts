/** KIN-ENC-03: what cannot be encrypted is not stored. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Context, Stream } from '../context.ts';
import { attempt, answerOf } from '../attempt.ts';
import { renewed } from '../passing-time.ts';
import { absent, firstShard, put, sweep } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';
import { some, start } from './encryption.ts';

const KEY = 'alias/kinebench-conform-disabled';
/** AWS may go on with a data key that it has for so long after the key was disabled. */
const CACHED_NS = 330 * NS_PER_S;

export const kinEnc03 = statement({
  id: 'KIN-ENC-03',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'A put to a stream whose key is disabled is refused with KMSDisabledException, and stores nothing; once the key is enabled, puts are taken again.',
  source: 'PutRecord, Errors, KMSDisabledException',
  fault: 'enc.key-state-ignored',
  needs: ['kms'],
  uses: { streams: [1], shared: [] },
  exercises: { 'puts refused': 2, 'records read': 2 },
  check: async (context) => {
    const { setKey } = context.world;
    if (!setKey) return unobserved('there is no hand on the keys of the target');
    const stream = await context.stream(1, 'fresh');
    await start(context, stream, KEY);
    const before = await some(context, stream, 1);
    setKey(KEY, 'disabled');
    const refused: string[] = [];
    const finding = await refusals(context, stream, refused).finally(() => setKey(KEY, 'enabled'));
    if (finding.outcome === 'broken') return finding;
    const rest = renewed(context);
    const after = await put(rest, stream, { key: 'after' });
    const records = await sweep(rest, stream, firstShard(stream).ShardId, [...before, after]);
    if (absent([...before, after], records).length > 0)
      return broken('records put before a key was disabled, and after it was enabled again, are not readable');
    const stored = records.some((record) => refused.includes(record.Data.toString('base64')));
    return stored ? broken('a put that was refused for its key was stored') : finding;
  },
});

/** Puts with a disabled key until they are refused; adds the data that these would have stored to `refused`. */
async function refusals(context: Context, { name: StreamName }: Stream, refused: string[]): Promise<Finding> {
  const { clock } = context;
  const untilNs = clock.monotonicNs() + CACHED_NS;
  let odd = '';
  const putOne = (Data: string) => attempt(context, 'PutRecord', { StreamName, PartitionKey: 'k', Data });
  const putSome = (Data: string) =>
    attempt(context, 'PutRecords', { StreamName, Records: [{ PartitionKey: 'k', Data }] });
  for (const tried of [putOne, putSome]) {
    let data = context.data();
    let outcome: Awaited<ReturnType<typeof putOne | typeof putSome>> = await tried(data);
    while (outcome.kind === 'ok' && clock.monotonicNs() < untilNs) {
      await sleepFor(clock, 10 * NS_PER_S);
      data = context.data();
      outcome = await tried(data);
    }
    if (outcome.kind === 'ok')
      return broken(
        `five minutes after the key of the stream was disabled, a put was answered with ${answerOf(outcome)}`,
      );
    refused.push(data);
    context.count('puts refused');
    if (outcome.code !== 'KMSDisabledException') odd ||= answerOf(outcome);
  }
  return odd
    ? loose(`a put with a disabled key was refused with ${odd}; AWS documents KMSDisabledException`)
    : holds('puts with a disabled key were refused, and stored nothing');
}
