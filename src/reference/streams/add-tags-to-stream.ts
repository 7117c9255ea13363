import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { addTags } from './tags.ts';

/** Adds tags, or replaces the values of those the stream has. */
export const addTagsToStream: Handler<'AddTagsToStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  return (
    addTags(service, stream.resource, input.Tags, arrival) ?? { atNs: service.answerAtNs(arrival), value: undefined }
  );
};
