import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';
import { refuseTagging, removeTags } from './tags.ts';

/** Removes tags from a stream or a consumer; those it does not have are passed over (assumed). */
export const untagResource: Handler<'UntagResource'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const refused = refuseTagging(service, resource.stream, arrival);
  if (refused) return refused;
  removeTags(resource.tags, input.TagKeys, resource.stream.faults);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
