/** KIN-LR-03: a record of ten mebibytes is kept whole. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { RECORD_BYTES_SETTABLE_MAX, RECORD_KIB_SETTABLE_MAX } from '../../src/protocol/limits.ts';
import { digestOf } from '../../src/wire/sign.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { attempt, answerOf, isRate } from '../attempt.ts';
import { eventually } from '../patience.ts';
import { type Acknowledged, iteratorAt } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { allow, noise } from './record-size.ts';

/** How long a put of 14 MB of JSON may take, in ns: 2 Mbit/s, or an endpoint that reads slowly (kinesis-local takes 20 to 40 s). */
const UPLOAD_NS = 60 * NS_PER_S;

export const kinLr03 = statement({
  id: 'KIN-LR-03',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence: 'On a stream that takes records of 10 MiB, one of that size is stored and read byte for byte.',
  source: 'UpdateMaxRecordSize; PutRecord, Data',
  fault: 'lr.truncate-1mib',
  needs: [],
  uses: { streams: [1], shared: [], payloadUnits: 730 },
  exercises: { 'records put': 2, 'large records read': 2 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    await allow(context, stream, RECORD_KIB_SETTABLE_MAX);
    // The smaller one first, which the shard's budget takes beside the other one soonest.
    for (const bytes of [1_500_000, RECORD_BYTES_SETTABLE_MAX - 1]) {
      const data = noise(context.random, bytes);
      const large = await putLarge(context, stream, data.toString('base64'));
      const last = await readLarge(context, stream, large);
      if (last.kind === 'error' && last.status > 499)
        return broken(
          `once a record of ${bytes} bytes was acknowledged, GetRecords at it was answered with ${answerOf(last)}, again and again`,
        );
      const came = last.kind === 'ok' ? last.output.Records[0]?.Data : undefined;
      if (!came)
        return unobserved(`a record of ${bytes} bytes was acknowledged and did not become readable: ${answerOf(last)}`);
      context.count('large records read');
      if (digestOf(came) === digestOf(data)) continue;
      return broken(
        `a record put with ${bytes} bytes of data, SHA-256 ${digestOf(data)}, was read with ${came.length}, SHA-256 ${digestOf(came)}`,
      );
    }
    return holds('records of 1.5 MB and of 10 MiB were read as they were put');
  },
});

/** Reads at a record until it comes, or had its time to; gives the last answer. */
async function readLarge(context: Context, stream: Stream, { shardId, sequenceNumber }: Acknowledged) {
  let ShardIterator = await iteratorAt(context, stream, shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber });
  return eventually(
    context,
    async () => {
      const outcome = await attempt(context, 'GetRecords', { ShardIterator, Limit: 1 });
      if (outcome.kind === 'ok' && outcome.output.Records.length === 0) {
        ShardIterator = outcome.output.NextShardIterator ?? ShardIterator;
      }
      return outcome;
    },
    (seen) => seen.kind === 'ok' && seen.output.Records.length > 0,
  );
}

/** Puts a record, however slow the way is; throttles are waited out. */
async function putLarge(context: Context, stream: Stream, data: string): Promise<Acknowledged> {
  const { client, clock, deadlineNs } = context;
  for (;;) {
    const input = { StreamName: stream.name, PartitionKey: 'k', Data: data };
    const outcome = await client.call('PutRecord', input, { timeoutNs: UPLOAD_NS });
    if (outcome.kind === 'ok') {
      context.count('records put');
      const { ShardId: shardId, SequenceNumber: sequenceNumber } = outcome.output;
      return { partitionKey: 'k', data, shardId, sequenceNumber };
    }
    const isWaiting = outcome.kind === 'error' && isRate(outcome.code) && clock.monotonicNs() < deadlineNs;
    if (!isWaiting)
      throw new Unobservable(`PutRecord of ${data.length} characters was answered with ${answerOf(outcome)}`);
    await sleepFor(clock, NS_PER_S / 2);
  }
}
