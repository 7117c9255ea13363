import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';
import { refuseTagging, refuseTags } from './tags.ts';

/** Adds tags to a stream or a consumer, or replaces the values of those it has. */
export const tagResource: Handler<'TagResource'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const refused =
    refuseTagging(service, resource.stream, arrival) ??
    refuseTags(input.Tags, resource.tags, resource.subject, service.options.quotas);
  if (refused) return refused;
  const apart = resource.stream.faults.fires('tag.two-stores');
  if (!apart) for (const [key, value] of Object.entries(input.Tags)) resource.tags.set(key, value);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
