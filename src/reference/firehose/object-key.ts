/**
 * Keys of objects: the prefix, and `<stream>-<version>-<yyyy>-<MM>-<dd>-<HH>-<mm>-<ss>-<uuid><extension>` (source: the developer
 * guide, object names). The time is that of the oldest record, in the prefix and in the name; that the name has it in UTC
 * whatever the time zone of the destination is assumed.
 */
import { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import type { DeliveryPlan, ObjectName } from './delivery.ts';
import { readTimePattern } from './time-pattern.ts';

/** Where `fh.local-time` thinks that it is. */
const LOCAL_ZONE = 'America/Los_Angeles';

/** The key of an object, and its file name without the extension. */
export function keyOf(
  { streamName, version, settings }: DeliveryPlan,
  oldestMs: number,
  random: Random,
  faults: StreamFaults,
): ObjectName {
  const { prefix, zone, extension } = settings;
  const seed = random.uint32();
  const inZoneOf = (name: string) => prefix.write({ atMs: oldestMs, zone: name, random: new Random(seed) });
  const inZone = inZoneOf(zone);
  const elsewhere = faults.has('fh.local-time') ? inZoneOf(LOCAL_ZONE) : inZone;
  const written = elsewhere !== inZone && faults.fires('fh.local-time') ? elsewhere : inZone;
  const file = `${streamName}-${version}-${timeOf(oldestMs)}-${uuid(random)}`;
  return { key: `${written}${file}${extension}`, file };
}

/** A time as names of objects have it. */
export function timeOf(atMs: number): string {
  const pattern = readTimePattern('yyyy-MM-dd-HH-mm-ss');
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern.write(atMs, 'UTC');
}

/** A random UUID. */
export function uuid(random: Random): string {
  const digits = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}
