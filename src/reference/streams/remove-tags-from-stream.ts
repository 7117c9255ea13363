import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { refuseTagging, removeTags } from './tags.ts';

/** Removes tags; those the stream does not have are passed over (assumed). */
export const removeTagsFromStream: Handler<'RemoveTagsFromStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const refused = refuseTagging(service, stream, arrival);
  if (refused) return refused;
  removeTags(stream.tags, input.TagKeys, stream.faults);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
