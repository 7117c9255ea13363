import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';
import { addTags } from './tags.ts';

/** Adds tags to a stream or a consumer, or replaces the values of those it has. */
export const tagResource: Handler<'TagResource'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const kept = () => !resource.stream.faults.fires('tag.two-stores');
  return (
    addTags(service, resource, input.Tags, arrival, kept) ?? { atNs: service.answerAtNs(arrival), value: undefined }
  );
};
