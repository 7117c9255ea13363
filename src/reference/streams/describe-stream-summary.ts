import { Refusal } from '../refusal.ts';
import type { Arrival } from '../arrival.ts';
import type { Stream } from '../stream.ts';
import { warmShown } from './warm-throughput.ts';
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
        ...stream.settings.describe(arrival.nowNs),
        ...stream.settings.describeMore(),
        ...warmShown(stream, service.options.limits),
        OpenShardCount: openShardCount(stream, arrival),
        ConsumerCount: stream.consumers.list(arrival).length,
        ChannelCount: service.account(arrival.caller).channelsOf(stream, arrival).length,
      },
    },
  };
};

function openShardCount(stream: Stream, arrival: Arrival): number {
  const open = stream.shardsOpen(arrival).length;
  if (!stream.faults.has('life.stale-summary')) return open;
  const closed = stream.closedCount(arrival.nowMs);
  return closed > 0 && stream.faults.fires('life.stale-summary') ? open + closed : open;
}
