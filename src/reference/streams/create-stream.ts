import { streamSubject } from '../subject.ts';
import type { Handler } from './operation.ts';
import { refuseTags } from './tags.ts';

/** Creates a stream: CREATING at once, ACTIVE after the time the endpoint was set up with. */
export const createStream: Handler<'CreateStream'> = (service, input, arrival) => {
  const subject = streamSubject(input.StreamName, arrival.caller.accountId);
  const refused =
    refuseTags(input.Tags ?? {}, new Map(), subject, service.options.quotas) ?? service.create(input, arrival);
  return refused ?? { atNs: service.answerAtNs(arrival), value: undefined };
};
