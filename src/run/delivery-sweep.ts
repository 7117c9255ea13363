/**
 * The read of every object that was delivered, after the drain: it tells what is lost of records that were put directly, and what
 * of a Kinesis stream never came to its destination though the stream has it. The drain lasts longer than a buffer may
 * wait, so what is in no object by then is not on its way (unless the destination refuses objects, which the author of a
 * scenario must give time for).
 */
import type { Clock } from '../clock.ts';
import type { DeliveryPlace } from '../fleet/context.ts';
import { holdsErrors, readDelivered, readErrors } from '../fleet/delivered-object.ts';
import { listedAt } from '../fleet/delivered-listing.ts';
import { DeliveredReader } from '../verify/delivered-reader.ts';
import type { Evidence, Sweep } from '../verify/evidence.ts';
import type { ObjectSource } from '../wire/object-source.ts';

interface Reading {
  readonly run: string;
  readonly objects: ObjectSource;
  readonly clock: Clock;
  /** Whether a producer is of this segment. */
  readonly ours: (producer: number) => boolean;
}

/** Adds what destinations hold to the evidence of the streams. Never rejects for what a target does. */
export async function withDelivered(
  evidence: Evidence,
  places: readonly (readonly [alias: string, place: DeliveryPlace])[],
  { run, objects, clock, ours }: Reading,
): Promise<Evidence> {
  let { sweep, consumers } = evidence;
  for (const [alias, place] of places) {
    const startNs = clock.monotonicNs();
    const reader = new DeliveredReader(`sweep of ${alias}`, run, ours);
    const reason = await readAll(reader, place, objects);
    const { source } = place.plan;
    const exported = reader.export();
    if (source === null && reason === null && !evidence.consumers.some(({ stream }) => stream === alias)) {
      // A segment without a watcher: what is read once is compared with nothing.
      const again = new DeliveredReader(`second sweep of ${alias}`, run, ours);
      if ((await readAll(again, place, objects)) === null)
        consumers = [...consumers, { stream: alias, reader: again.export() }];
    }
    if (source === null) sweep = extended(sweep, { alias, reader: exported, reason }, clock.monotonicNs() - startNs);
    else
      consumers = [
        ...consumers,
        { stream: source, reader: exported, delivered: reason === null ? 'whole' : 'in-time' },
      ];
  }
  return { ...evidence, sweep, consumers };
}

/** Gives why it is not complete. An object that cannot be opened holds nothing that anybody could read. */
async function readAll(reader: DeliveredReader, place: DeliveryPlace, objects: ObjectSource): Promise<string | null> {
  const { bucket, prefix } = place;
  const listed = await listedAt(place, objects);
  if (listed.kind === 'error')
    return listed.code === 'NoSuchBucket' ? null : `s3://${bucket}/${prefix} cannot be listed: ${listed.code}`;
  for (const { key } of listed.value) {
    const read = await objects.read(bucket, key);
    if (read.kind === 'error') return `s3://${bucket}/${key} cannot be read: ${read.code}`;
    const { body } = read.value;
    try {
      if (holdsErrors(place, key)) readErrors(reader, place, key, body);
      else await readDelivered(reader, place, key, body);
    } catch {
      continue;
    }
  }
  return null;
}

function extended(
  sweep: Sweep,
  { alias, reader, reason }: { alias: string; reader: Sweep['streams'][number]['reader']; reason: string | null },
  durationNs: number,
): Sweep {
  const where = 'the objects delivered';
  return {
    complete: sweep.complete && reason === null,
    reason: sweep.reason ?? reason,
    durationNs: sweep.durationNs + durationNs,
    from: sweep.streams.length === 0 ? where : sweep.from.endsWith(where) ? sweep.from : `${sweep.from}; ${where}`,
    streams: [...sweep.streams, { stream: alias, reader, shards: [] }],
  };
}
