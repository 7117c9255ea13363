/** KIN-PART-10: the service distributes the records of on-demand streams only, and then asks for no key. */
import { absent, read } from '../records.ts';
import { openShards } from '../streams.ts';
import { attempt, answerOf } from '../attempt.ts';
import { activeAgain, arnOf, attemptAtRest, changed, isOnDemand } from '../patience.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

export const kinPart10 = statement({
  id: 'KIN-PART-10',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence:
    'AUTO distribution is refused with InvalidArgumentException for a provisioned stream; on an on-demand stream that has it, a record needs no partition key and is read without one.',
  source: 'UpdateStreamRecordDistributionStrategy; PutRecord, PartitionKey',
  fault: 'part.auto-accepted',
  needs: [],
  uses: { streams: [1], shared: [], onDemand: 1 },
  exercises: { 'provisioned streams asked for': 1, 'records without a key read': 1 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { name: StreamName } = stream;
    const StreamARN = await arnOf(context, stream);
    const distribute = () =>
      attemptAtRest(context, 'UpdateStreamRecordDistributionStrategy', {
        StreamARN,
        RecordDistributionStrategy: 'AUTO',
      });
    const refused = await distribute();
    const asked = 'UpdateStreamRecordDistributionStrategy AUTO';
    if (refused.kind === 'ok') return broken(`${asked} on a provisioned stream was accepted`);
    if (refused.code !== 'InvalidArgumentException' && refused.code !== 'ValidationException')
      return unobserved(`${asked} on a provisioned stream was answered with ${answerOf(refused)}`);
    context.count('provisioned streams asked for');
    await context.send('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    await activeAgain(context, stream, isOnDemand);
    const accepted = await distribute();
    if (accepted.kind !== 'ok')
      return broken(`${asked} on an on-demand stream was answered with ${answerOf(accepted)}`);
    await changed(context, stream, ({ RecordDistributionStrategy }) => RecordDistributionStrategy === 'AUTO');
    const data = context.data();
    const put = await attempt(context, 'PutRecord', { StreamName, Data: data });
    if (put.kind !== 'ok')
      return broken(`PutRecord without a key on a stream of AUTO distribution was answered with ${answerOf(put)}`);
    const { ShardId: shardId, SequenceNumber: sequenceNumber } = put.output;
    const shards = await openShards((operation, input) => context.send(operation, input), StreamName);
    if (!shards.some(({ ShardId }) => ShardId === shardId))
      return broken(`PutRecord without a key was stored in ${shardId}, which is no open shard`);
    const own = { partitionKey: '', data, shardId, sequenceNumber };
    const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber } as const;
    const records = await read(context, stream, shardId, from, { expect: [own] });
    if (absent([own], records).length > 0) return unobserved('a record put without a key never became readable');
    context.count('records without a key read');
    const { PartitionKey } = records.find((record) => record.SequenceNumber === sequenceNumber)!;
    if (typeof PartitionKey === 'string')
      return broken(`a record put without a key was read with partition key ${JSON.stringify(PartitionKey)}`);
    return refused.code === 'InvalidArgumentException'
      ? holds('AUTO was refused on a provisioned stream, and keyless records were taken on an on-demand one')
      : loose(`${asked} on a provisioned stream was refused with ${answerOf(refused)}`);
  },
});
