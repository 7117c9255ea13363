/**
 * Whether a record stands in the partition that it belongs to: the prefix of its object must say what its own members say. Numbers
 * are compared as numbers, since jq may write one in another way than it came.
 */
import { partitionPaths } from '../scenario/processing.ts';
import { valueAt } from '../verify/original.ts';
import type { DeliveryPlace } from './context.ts';

/** Tells it of a record by its JSON or row, null where that does not show; undefined where there are no partitions. */
export type PlaceCheck = ((value: unknown) => boolean | null) | undefined;

/** @param key of the object in which the record stands */
export function placeCheck({ plan, prefix }: DeliveryPlace, key: string): PlaceCheck {
  if (!plan.processing?.partition) return undefined;
  const paths = partitionPaths(plan);
  if (!paths) return () => null;
  return (value) => {
    let rest = key.slice(prefix.length);
    for (const [name, path] of paths) {
      const member = valueAt(value, path);
      const start = `${name}=`;
      if (typeof member !== 'string' && typeof member !== 'boolean' && !isNumber(member)) return null;
      if (!rest.startsWith(start)) return false;
      rest = rest.slice(start.length);
      const written = isNumber(member) ? rest.split('/', 1)[0]! : String(member);
      if (!rest.startsWith(`${written}/`) || (isNumber(member) && Number(written) !== Number(member))) return false;
      rest = rest.slice(written.length + 1);
    }
    return true;
  };
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
