/** KIN-OD-01: an on-demand stream is asked for without shards, and says what it is. */
import { absent, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { active, withOnDemand } from './on-demand-stream.ts';

export const kinOd01 = statement({
  id: 'KIN-OD-01',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'A stream can be created ON_DEMAND without a ShardCount; it has shards, takes records, and is described as ON_DEMAND.',
  source: 'CreateStream, StreamModeDetails; StreamDescription; StreamSummary',
  fault: 'od.mode-lost',
  needs: [],
  uses: { streams: [4], onDemand: 1 },
  exercises: { 'descriptions read': 2, 'records read': 1 },
  check: (context) =>
    withOnDemand(
      context,
      async (stream) => {
        const { StreamModeDetails: ofSummary } = await active(context, stream.name);
        const { StreamDescription: whole } = await context.send('DescribeStream', { StreamName: stream.name });
        const told = { DescribeStreamSummary: ofSummary, DescribeStream: whole.StreamModeDetails };
        for (const [operation, mode] of Object.entries(told)) {
          context.count('descriptions read');
          const { StreamMode } = Object(mode) as Record<string, unknown>;
          if (StreamMode === 'ON_DEMAND') continue;
          return broken(
            `${operation} of a stream that was created ON_DEMAND has StreamModeDetails ${JSON.stringify(mode)}`,
          );
        }
        if (stream.shards.length === 0) return broken('a stream that was created ON_DEMAND has no open shard');
        const record = await put(context, stream, { key: 'key' });
        const records = await sweep(context, stream, record.shardId, [record]);
        if (absent([record], records).length > 0) return unobserved(`${record.sequenceNumber} did not become readable`);
        return holds(`it has ${stream.shards.length} shards, takes records, and is described as ON_DEMAND`);
      },
      (said) => broken(`CreateStream with StreamMode ON_DEMAND and no ShardCount was answered with ${said}`),
    ),
});
