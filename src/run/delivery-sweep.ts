/**
 * The read of every object that was delivered, after the drain: it tells what is lost of records that were put directly, and what
 * of a Kinesis stream never came to its destination though the stream has it. The drain lasts longer than a buffer may
 * wait, so what is in no object by then is not on its way (unless the destination refuses objects, which the author of a
 * scenario must give time for; and unless the run was interrupted, of which no sweep is complete). What came to a receiver cannot be read
 * again: its own notes of all that it took stand for a sweep. What was not delivered may stand in the backup or among the errors; that is
 * read beside it, by a reader of its own.
 */
import type { Clock } from '../clock.ts';
import type { DeliveryPlace } from '../fleet/context.ts';
import { documentsIn } from '../fleet/delivered-documents.ts';
import { holdsErrors, readDelivered, readDocuments, readErrors } from '../fleet/delivered-object.ts';
import { listedAt } from '../fleet/delivered-listing.ts';
import type { Plan } from '../scenario/plan.ts';
import { DeliveredReader } from '../verify/delivered-reader.ts';
import type { Evidence, Sweep } from '../verify/evidence.ts';
import type { ReaderExport } from '../verify/reader.ts';
import type { ObjectSource } from '../wire/object-source.ts';
import type { Receivers } from '../wire/receiver.ts';
import { SearchClient } from '../wire/search-client.ts';

/** What the destinations are read with. */
interface Reading {
  readonly run: string;
  readonly plan: Plan;
  readonly objects: ObjectSource;
  readonly receivers: Receivers | undefined;
  readonly clock: Clock;
  /** Whether a producer is of this segment. */
  readonly ours: (producer: number) => boolean;
  /** The run was ended before its drain was: what is in no object may still be in a buffer. */
  readonly interrupted: boolean;
}

const INTERRUPTED = 'the run was interrupted, and Data Firehose may still have held records';

/** Adds what destinations hold to the evidence of the streams. Never rejects for what a target does. */
export async function withDelivered(
  evidence: Evidence,
  places: readonly (readonly [alias: string, place: DeliveryPlace])[],
  reading: Reading,
): Promise<Evidence> {
  const { clock } = reading;
  let { sweep, consumers } = evidence;
  for (const [alias, place] of places) {
    const startNs = clock.monotonicNs();
    const { source } = place.plan;
    const taken = place.receiver && takenBy(alias, reading.plan, evidence);
    const read = await readAll(`sweep of ${alias}`, place, reading);
    const reason = read.reason ?? (reading.interrupted ? INTERRUPTED : null);
    const swept = { ...read, ...(taken && { reader: taken }), reason };
    const { reader: exported, backup } = swept;
    if (source === null && reason === null && !evidence.consumers.some(({ stream }) => stream === alias)) {
      // A segment without a watcher: what is read once is compared with nothing.
      const again = await readAll(`second sweep of ${alias}`, place, reading);
      if (again.reason === null)
        consumers = [...consumers, { stream: alias, reader: again.reader, backup: again.backup }];
    }
    const where = taken ? 'what the receiver took' : place.search ? 'the documents indexed' : 'the objects delivered';
    if (source === null) sweep = extended(sweep, { alias, where, ...swept }, clock.monotonicNs() - startNs);
    else
      consumers = [
        ...consumers,
        { stream: source, reader: exported, backup, delivered: reason === null ? 'whole' : 'in-time' },
      ];
  }
  return { ...evidence, sweep, consumers };
}

/** The notes of the one fleet that received what a delivery stream sent. */
function takenBy(alias: string, { fleets }: Plan, { consumers }: Evidence): ReaderExport | undefined {
  const receiver = fleets.find(
    (fleet) => fleet.kind === 'consume' && fleet.method === 'watch' && fleet.delivery === alias,
  );
  return consumers.find(({ reader }) => reader.name === `${receiver?.name}/0`)?.reader;
}

/** Reads everything that was delivered, and every object of the backup; with why that is not complete. */
async function readAll(name: string, place: DeliveryPlace, { run, objects, receivers, ours }: Reading) {
  const reader = new DeliveredReader(name, run, ours);
  const backup = new DeliveredReader(`${name} (backup)`, run, ours);
  const { search } = place;
  const found =
    search && (await readIndices(reader, place, search.index, new SearchClient(receivers!.ask, search.origin)));
  const reason = found ?? (await readInto(reader, backup, place, objects));
  return { reader: reader.export(), backup: backup.export(), reason };
}

/** Gives why it is not complete. An object that cannot be opened holds nothing that anybody could read. */
async function readInto(
  reader: DeliveredReader,
  backup: DeliveredReader,
  place: DeliveryPlace,
  objects: ObjectSource,
): Promise<string | null> {
  const { bucket, prefix } = place;
  const listed = await listedAt(place, objects);
  if (listed.kind === 'error')
    return listed.code === 'NoSuchBucket' ? null : `s3://${bucket}/${prefix} cannot be listed: ${listed.code}`;
  for (const { key } of listed.value) {
    const read = await objects.read(bucket, key);
    if (read.kind === 'error') return `s3://${bucket}/${key} cannot be read: ${read.code}`;
    const { body } = read.value;
    try {
      if (holdsErrors(place, key)) readErrors(backup, place, key, body);
      else await readDelivered(reader, place, key, body);
    } catch {
      continue;
    }
  }
  return null;
}

/** Reads every document, those too that no refresh has shown yet. */
async function readIndices(
  reader: DeliveredReader,
  place: DeliveryPlace,
  index: string,
  client: SearchClient,
): Promise<string | null> {
  const why = ({ code, message }: { code: string; message: string }) =>
    `${index} cannot be searched: ${code}: ${message}`;
  const refreshed = await client.refresh(index);
  if (refreshed.kind === 'error') return why(refreshed);
  for await (const page of documentsIn(index, client)) {
    if (page.kind === 'error') return why(page);
    readDocuments(reader, place, page.value.shard, page.value.documents);
  }
  return null;
}

interface Swept {
  readonly reader: ReaderExport;
  readonly backup: ReaderExport;
  readonly reason: string | null;
}

function extended(
  sweep: Sweep,
  { alias, where, reader, backup, reason }: Swept & { readonly alias: string; readonly where: string },
  durationNs: number,
): Sweep {
  return {
    complete: sweep.complete && reason === null,
    reason: sweep.reason ?? reason,
    durationNs: sweep.durationNs + durationNs,
    from: sweep.streams.length === 0 ? where : sweep.from.endsWith(where) ? sweep.from : `${sweep.from}; ${where}`,
    streams: [...sweep.streams, { stream: alias, reader, backup, shards: [] }],
  };
}
