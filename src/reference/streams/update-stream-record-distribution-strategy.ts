import { Refusal } from '../refusal.ts';
import { refuseDistribution } from '../distribution.ts';
import type { Handler } from './operation.ts';

/** Changes who decides on a record's shard, at once; records stay where they are. */
export const updateStreamRecordDistributionStrategy: Handler<'UpdateStreamRecordDistributionStrategy'> = (
  service,
  input,
  arrival,
) => {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const refused = refuseDistribution(input.RecordDistributionStrategy, stream.mode, stream.faults);
  if (refused) return refused;
  stream.settings.distribution = input.RecordDistributionStrategy;
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
