/** The tags of a delivery stream: a tag of a key that is there replaces it, a key without a value has none. */
import { LIST_DELIVERY_STREAM_TAGS_PAGE } from '../../protocol/firehose/limits.ts';
import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';

export const tagDeliveryStream: FirehoseHandler<'TagDeliveryStream'> = (service, input, arrival) => {
  const stream = service.findActive(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  const keys = new Set([...stream.tags.keys(), ...input.Tags.map(({ Key }) => Key)]);
  const { tagsMax } = service.options.quotas;
  if (keys.size > tagsMax)
    return new Refusal('LimitExceededException', `A delivery stream cannot have more than ${tagsMax} tags.`);
  for (const { Key, Value } of input.Tags) stream.tags.set(Key, Value);
  return { atNs: service.answerAtNs(arrival), value: {} };
};

export const untagDeliveryStream: FirehoseHandler<'UntagDeliveryStream'> = (service, input, arrival) => {
  const stream = service.findActive(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  for (const key of input.TagKeys) stream.tags.delete(key);
  return { atNs: service.answerAtNs(arrival), value: {} };
};

/** A page of tags, sorted by key (assumed). */
export const listTagsForDeliveryStream: FirehoseHandler<'ListTagsForDeliveryStream'> = (service, input, arrival) => {
  const stream = service.find(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  const { ExclusiveStartTagKey: after, Limit: limit = LIST_DELIVERY_STREAM_TAGS_PAGE } = input;
  const tags = [...stream.tags]
    .filter(([key]) => after === undefined || key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, ...(Value !== undefined && { Value }) }));
  const value = { Tags: tags.slice(0, limit), HasMoreTags: tags.length > limit };
  return { atNs: service.answerAtNs(arrival), value };
};
