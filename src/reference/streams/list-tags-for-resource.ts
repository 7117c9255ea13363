import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';
import { sortedTags } from './tags.ts';

/** All tags of a stream or a consumer, sorted by key. */
export const listTagsForResource: Handler<'ListTagsForResource'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  return { atNs: service.answerAtNs(arrival), value: { Tags: sortedTags(resource.tags) } };
};
