import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { refuseWarm } from '../warm-rules.ts';
import { keepWarm, warmShown } from './warm-throughput.ts';

/** Sets the throughput that an on-demand stream is kept ready for. */
export const updateStreamWarmThroughput: Handler<'UpdateStreamWarmThroughput'> = (service, input, arrival) => {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const committed = service.account(arrival.caller).commitment.active(arrival.nowMs);
  const refused = refuseWarm(input.WarmThroughputMiBps, stream.mode, committed, service.options.quotas, stream.faults);
  if (refused) return refused;
  keepWarm(service, stream, input.WarmThroughputMiBps, arrival);
  const value = { StreamARN: stream.arn, StreamName: stream.name, ...warmShown(stream, service.options.limits) };
  return { atNs: service.answerAtNs(arrival), value };
};
