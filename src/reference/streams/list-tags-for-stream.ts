import { LIST_TAGS_PAGE } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { sortedTags } from './tags.ts';

/** A page of a stream's tags, sorted by key. */
export const listTagsForStream: Handler<'ListTagsForStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const after = input.ExclusiveStartTagKey;
  const tags = sortedTags(stream.tags).filter(({ Key }) => after === undefined || Key > after);
  const page = tags.slice(0, input.Limit ?? LIST_TAGS_PAGE);
  return { atNs: service.answerAtNs(arrival), value: { Tags: page, HasMoreTags: page.length < tags.length } };
};
