import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { refuseTagging, refuseTags } from './tags.ts';

/** Adds tags, or replaces the values of those the stream has. */
export const addTagsToStream: Handler<'AddTagsToStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const subject = `stream ${stream.name} under account ${stream.accountId}`;
  const refused =
    refuseTagging(service, stream, arrival) ?? refuseTags(input.Tags, stream.tags, subject, service.options.quotas);
  if (refused) return refused;
  for (const [key, value] of Object.entries(input.Tags)) stream.tags.set(key, value);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
