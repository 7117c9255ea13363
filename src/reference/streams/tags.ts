import type { Tag } from '../../protocol/operations.ts';
import type { Quotas } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import type { Arrival } from '../arrival.ts';
import type { Service } from '../service.ts';
import type { Resource } from './resource-ref.ts';

/** The refusal for tags that a stream can not take beside those it has. */
export function refuseTags(
  tags: Readonly<Record<string, string>>,
  present: ReadonlyMap<string, string>,
  subject: string,
  { tagsMax }: Quotas,
): Refusal | undefined {
  if (Object.entries(tags).some(([key, value]) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-%@]*$/u.test(key + value))) {
    return new Refusal(
      'InvalidArgumentException',
      'Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.',
    );
  }
  if (new Set([...present.keys(), ...Object.keys(tags)]).size > tagsMax) {
    return new Refusal(
      'InvalidArgumentException',
      `Failed to add tags to ${subject} because a given stream cannot have more than ${tagsMax} tags associated with it.`,
    );
  }
  return undefined;
}

/**
 * What can be tagged. Tags cannot be changed while the stream, or that of the consumer, is CREATING (source: CreateStream in the
 * service model) or DELETING; while it is UPDATING they can (both assumed).
 */
type Tagged = Pick<Resource, 'tags' | 'subject' | 'stream'>;

/** Adds tags, or replaces the values of those that are there; gives the reason when it cannot. `kept` is asked last. */
export function addTags(
  service: Service,
  resource: Tagged,
  tags: Readonly<Record<string, string>>,
  arrival: Arrival,
  kept: () => boolean = () => true,
): Refusal | undefined {
  const { quotas } = service.options;
  const refused =
    service.refuseUnready(resource.stream, arrival) ?? refuseTags(tags, resource.tags, resource.subject, quotas);
  if (refused) return refused;
  if (kept()) for (const [key, value] of Object.entries(tags)) resource.tags.set(key, value);
  return undefined;
}

/** Takes tags away, those that are not there being passed over (assumed); gives the reason when it cannot. */
export function removeTags(
  service: Service,
  { stream, tags }: Tagged,
  keys: readonly string[],
  arrival: Arrival,
): Refusal | undefined {
  const refused = service.refuseUnready(stream, arrival);
  if (refused) return refused;
  for (const key of keys) if (tags.has(key) && !stream.faults.fires('tag.append-only')) tags.delete(key);
  return undefined;
}

/** Tags as answers list them: sorted by key. */
export function sortedTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([Key, Value]) => ({ Key, Value }));
}
