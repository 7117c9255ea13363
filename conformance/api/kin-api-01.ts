/** KIN-API-01: a stream is named by its name or by its ARN, and it is the same one. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { absent, firstShard, put, read } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { answerTo, worded } from './asking.ts';

export const kinApi01 = statement({
  id: 'KIN-API-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'StreamName alone and StreamARN alone address the same stream.',
  source: 'DescribeStream, PutRecord, GetShardIterator (StreamName, StreamARN)',
  fault: 'api.arn-ignored',
  needs: [],
  exercises: { 'calls by ARN': 5, 'records read': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId } = firstShard(stream);
    const byName = { StreamName: stream.name };
    const { StreamDescription } = await context.send('DescribeStream', byName);
    const { StreamARN } = StreamDescription;
    if (typeof StreamARN !== 'string') return unobserved(`DescribeStream of ${stream.name} names no StreamARN`);
    const byArn = { StreamARN };
    const said = (operation: OperationName) => `${operation} with StreamARN ${StreamARN} alone was answered with`;

    const described = await answerTo(context, 'DescribeStream', byArn);
    if (described.kind === 'error') return broken(`${said('DescribeStream')} ${worded(described)}`);
    context.count('calls by ARN');
    const { StreamName, StreamARN: arn } = described.output.StreamDescription;
    if (StreamName !== stream.name) return broken(`${said('DescribeStream')} the stream ${StreamName} (${arn})`);

    const shards = await answerTo(context, 'ListShards', byArn);
    if (shards.kind === 'error') return broken(`${said('ListShards')} ${worded(shards)}`);
    context.count('calls by ARN');
    const data = context.data();
    const stored = await answerTo(context, 'PutRecord', { ...byArn, PartitionKey: 'by ARN', Data: data });
    if (stored.kind === 'error') return broken(`${said('PutRecord')} ${worded(stored)}`);
    const own = { partitionKey: 'by ARN', data, shardId: ShardId, sequenceNumber: stored.output.SequenceNumber };
    context.count('calls by ARN');
    const named = await put(context, stream, { key: 'by name' });
    // Each record is looked for by the other way to name its stream.
    for (const [by, record] of [
      ['StreamName', own],
      ['StreamARN', named],
    ] as const) {
      const iterator = await answerTo(context, 'GetShardIterator', {
        ...(by === 'StreamARN' ? byArn : byName),
        ShardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: record.sequenceNumber,
      });
      if (iterator.kind === 'error' && by === 'StreamARN')
        return broken(`${said('GetShardIterator')} ${worded(iterator)}`);
      const text = iterator.kind === 'ok' ? iterator.output.ShardIterator : undefined;
      if (!text) return unobserved(`GetShardIterator by ${by} gave no iterator: ${worded(iterator)}`);
      if (by === 'StreamARN') context.count('calls by ARN', 2);
      const records = await read(context, stream, ShardId, text, { expect: [record] });
      if (absent([record], records).length === 0) continue;
      return broken(`record ${record.sequenceNumber}, put ${record.partitionKey}, is not read by an iterator by ${by}`);
    }
    return holds(`five operations did the same by ${stream.name} and by ${StreamARN}`);
  },
});
