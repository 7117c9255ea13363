import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { refuseWarm } from './warm-throughput.ts';

/** Sets the throughput that an on-demand stream is kept ready for. */
export const updateStreamWarmThroughput: Handler<'UpdateStreamWarmThroughput'> = (service, input, arrival) => {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const refused = refuseWarm(input.WarmThroughputMiBps, stream.mode, service.options);
  if (refused) return refused;
  stream.settings.warmMiBps = input.WarmThroughputMiBps;
  service.beginUpdate(stream, arrival);
  const { warm } = stream.settings;
  const value = { StreamARN: stream.arn, StreamName: stream.name, ...(warm && { WarmThroughput: warm }) };
  return { atNs: service.answerAtNs(arrival), value };
};
