import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { removeTags } from './tags.ts';

/** Removes tags of a stream. */
export const removeTagsFromStream: Handler<'RemoveTagsFromStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const done = { atNs: service.answerAtNs(arrival), value: undefined };
  return removeTags(service, stream.resource, input.TagKeys, arrival) ?? done;
};
