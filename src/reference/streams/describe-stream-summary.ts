import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/** A stream without its shards. */
export const describeStreamSummary: Handler<'DescribeStreamSummary'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  return {
    atNs: service.answerAtNs(arrival),
    value: {
      StreamDescriptionSummary: {
        StreamName: stream.name,
        StreamARN: stream.arn,
        StreamStatus: stream.status(arrival.nowNs),
        StreamModeDetails: { StreamMode: stream.mode },
        RetentionPeriodHours: stream.retentionHours,
        StreamCreationTimestamp: stream.createdMs / 1000,
        EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
        EncryptionType: 'NONE',
        OpenShardCount: stream.shardsShown(arrival.nowNs).length,
        ConsumerCount: stream.consumers.list(arrival).length,
      },
    },
  };
};
