/** Shard iterators as they are handed out. What one carries is sealed: the server keeps nothing of it. */
import type { Arrival } from '../arrival.ts';
import type { Service } from '../service.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';

/** From this length of a stream's name on `iter.too-long` shows. */
const LONG_NAME = 100;
/** An iterator has 512 characters at the most (source: the service model). */
const TOO_MANY_CHARACTERS = 513;

/** An iterator at an ordinal of a shard; its life begins when it is answered, at `atNs`. */
export function iteratorAt(
  service: Service,
  stream: Stream,
  shard: Shard,
  position: number,
  arrival: Arrival,
  atNs: number,
): string {
  const place = { streamNumber: stream.number, position, detail: shard.index };
  const iterator = service.seal.seal('iterator', place, arrival, atNs);
  const long = stream.name.length >= LONG_NAME && shard.faults.fires('iter.too-long');
  return long ? iterator.padEnd(TOO_MANY_CHARACTERS, 'A') : iterator;
}
