/** What a delivery stream has written, as a listing has it: objects, and objects of errors where there is a place for them. */
import type { ListedObject, ObjectOutcome, ObjectSource } from '../wire/object-source.ts';
import type { DeliveryPlace } from './context.ts';
import { holdsErrors } from './delivered-object.ts';

/** Two listings where errors stand elsewhere, each object once; what another destination has is no object. What was there before the run is left out, and so is what stands beside. */
export async function listedAt(
  place: DeliveryPlace,
  source: ObjectSource,
): Promise<ObjectOutcome<readonly ListedObject[]>> {
  const { bucket, sinceMs } = place;
  const isTheirs = ({ key, lastModifiedMs }: ListedObject) =>
    (sinceMs === null || lastModifiedMs >= sinceMs) && (key.startsWith(place.prefix) || holdsErrors(place, key));
  const found: ListedObject[] = [];
  for (const each of prefixesOf(place)) {
    const listed = await source.list(bucket, each);
    if (listed.kind === 'error') return listed;
    for (const object of listed.value) if (isTheirs(object)) found.push(object);
  }
  return { kind: 'ok', value: found };
}

/** Of two places one of which is within the other, the outer one has all. */
function prefixesOf({ prefix, errorPrefix, receiver, search }: DeliveryPlace): string[] {
  if (receiver || search) return errorPrefix === null ? [] : [errorPrefix];
  if (errorPrefix === null || errorPrefix.startsWith(prefix)) return [prefix];
  return prefix.startsWith(errorPrefix) ? [errorPrefix] : [prefix, errorPrefix];
}
