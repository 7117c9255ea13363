import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/** Changes the size of a record at the most, at once; the stream is UPDATING for a while. */
export const updateMaxRecordSize: Handler<'UpdateMaxRecordSize'> = (service, input, arrival) => {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  stream.setRecordSize(input.MaxRecordSizeInKiB, arrival.nowNs);
  service.beginUpdate(stream, arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
