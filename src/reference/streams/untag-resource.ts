import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';
import { removeTags } from './tags.ts';

/** Removes tags from a stream or a consumer. */
export const untagResource: Handler<'UntagResource'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const done = { atNs: service.answerAtNs(arrival), value: undefined };
  return removeTags(service, resource, input.TagKeys, arrival) ?? done;
};
