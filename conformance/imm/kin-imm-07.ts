/** KIN-IMM-07: settings of a stream are not its data. */
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import type { Input, OperationName } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { findingOf } from '../history/history.ts';
import { Recorder } from '../history/recorder.ts';
import { replayDiffers } from '../history/stability.ts';
import { firstShard } from '../records.ts';
import { statement } from '../statement.ts';

const RECORDS = 40;
const LOOK_NS = 210 * NS_PER_MS;

export const kinImm07 = statement({
  id: 'KIN-IMM-07',
  level: 'MUST',
  evidence: ['inferred'],
  sentence: 'Changes of tags, retention, encryption and mode leave the stored records as they are.',
  source: 'AddTagsToStream, IncreaseStreamRetentionPeriod, StartStreamEncryption, UpdateStreamMode',
  fault: 'imm.reencrypt-corrupts',
  needs: [],
  uses: { streams: [1], shared: [], onDemand: 1, extended: 1 },
  exercises: { 'acknowledged puts': RECORDS, 'settings changed': 2, 'records read': RECORDS },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const recorder = new Recorder(context, stream);
    const { ShardId } = firstShard(stream);
    for (let index = 0; index < RECORDS; index += 1) {
      await recorder.put('the producer', { key: `key-${index}`, data: context.data() });
      context.count('acknowledged puts');
    }
    const scan = { limit: 1000, pauseNs: LOOK_NS };
    const before = await recorder.scan('a replay before any change', ShardId, scan);
    context.count('records read', before.pages.flat().length);
    const done: string[] = [];
    const breaches: string[] = [];
    for (const change of await changes(context, stream)) {
      // What an endpoint does not have cannot hurt its records.
      if (!(await made(context, stream, change))) continue;
      done.push(change[0]);
      context.count('settings changed');
      const after = await recorder.scan(`a replay after ${change[0]}`, ShardId, scan);
      breaches.push(...replayDiffers(before, after));
      if (breaches.length > 0) break;
    }
    return findingOf(breaches, `${RECORDS} records were the same after ${done.join(', ')}`);
  },
});

/** An operation and its input. */
type Change = { readonly [O in OperationName]: readonly [O, Input<O>] }[OperationName];

async function changes(context: Context, { name: StreamName }: Stream): Promise<Change[]> {
  const { StreamDescription } = await context.send('DescribeStream', { StreamName });
  const key = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
  return [
    ['AddTagsToStream', { StreamName, Tags: { colour: 'green' } }],
    ['RemoveTagsFromStream', { StreamName, TagKeys: ['colour'] }],
    ['IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 48 }],
    ['DecreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 24 }],
    ['StartStreamEncryption', { StreamName, ...key }],
    ['StopStreamEncryption', { StreamName, ...key }],
    // Last, since it takes longest at AWS.
    ['UpdateStreamMode', { StreamARN: StreamDescription.StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
  ];
}

/** Whether a change was accepted and the stream is ACTIVE again before the deadline. */
async function made(context: Context, { name: StreamName }: Stream, [operation, input]: Change): Promise<boolean> {
  const { client, clock, deadlineNs } = context;
  const outcome = await client.call(operation, input);
  if (outcome.kind !== 'ok') return false;
  for (;;) {
    const { StreamDescription } = await context.send('DescribeStream', { StreamName });
    if (StreamDescription.StreamStatus === 'ACTIVE') return true;
    if (clock.monotonicNs() > deadlineNs) return false;
    await sleepFor(clock, LOOK_NS);
  }
}
