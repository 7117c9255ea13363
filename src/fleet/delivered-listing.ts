/** What a delivery stream has written, as a listing has it: objects, and objects of errors where there is a place for them. */
import type { ListedObject, ObjectOutcome, ObjectSource } from '../wire/object-source.ts';
import type { DeliveryPlace } from './context.ts';

/** Two listings where errors stand elsewhere; what a receiver took is no object. What was there before the run is left out. */
export async function listedAt(
  { bucket, prefix, errorPrefix, sinceMs, receiver }: DeliveryPlace,
  source: ObjectSource,
): Promise<ObjectOutcome<readonly ListedObject[]>> {
  const prefixes = [
    ...(receiver ? [] : [prefix]),
    ...(errorPrefix === null || (!receiver && errorPrefix.startsWith(prefix)) ? [] : [errorPrefix]),
  ];
  const found: ListedObject[] = [];
  for (const each of prefixes) {
    const listed = await source.list(bucket, each);
    if (listed.kind === 'error') return listed;
    found.push(...listed.value.filter(({ lastModifiedMs }) => sinceMs === null || lastModifiedMs >= sinceMs));
  }
  return { kind: 'ok', value: found };
}
