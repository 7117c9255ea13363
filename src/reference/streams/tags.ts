import type { Tag } from '../../protocol/operations.ts';
import type { StreamFaults } from '../faults.ts';
import type { Quotas } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import type { Arrival } from '../arrival.ts';
import type { Service } from '../service.ts';
import type { Stream } from '../stream.ts';

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
 * The refusal of a change of tags while the stream, or that of the consumer, is CREATING (source: CreateStream in the service
 * model) or DELETING; while it is UPDATING they can be changed (both assumed).
 */
export function refuseTagging(service: Service, stream: Stream, arrival: Arrival): Refusal | undefined {
  return stream.writable(arrival.nowNs) ? undefined : service.refuseBusy(stream, arrival);
}

/** Takes tags away. */
export function removeTags(tags: Map<string, string>, keys: readonly string[], faults: StreamFaults): void {
  for (const key of keys) if (tags.has(key) && !faults.fires('tag.append-only')) tags.delete(key);
}

/** Tags as answers list them: sorted by key. */
export function sortedTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([Key, Value]) => ({ Key, Value }));
}
