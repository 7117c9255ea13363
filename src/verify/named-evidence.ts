/**
 * The evidence with every record that carries no tag given to the producer that put it, as far as that can be told: from here
 * on it is judged like any other. What cannot be told is said.
 */
import type { Evidence, Sweep } from './evidence.ts';
import { closeFiles } from './page-store.ts';
import type { ReaderExport } from './reader.ts';
import { Identities, type IdentifiedBy, unjudgedOf } from './unnamed.ts';

export interface NamedEvidence {
  readonly evidence: Evidence;
  /** How records are told apart. */
  readonly ways: ReadonlySet<IdentifiedBy>;
  /** What cannot be judged, a sentence each. */
  readonly unjudged: readonly string[];
  /** Gives back the disk that the joined notes lie on. They cannot be judged after it. */
  readonly close: () => void;
}

export function namedEvidence(untold: Evidence): NamedEvidence {
  const ways = new Set(untold.producers.map(({ identifiedBy = 'tag' }) => identifiedBy));
  const byPlace = new Set(
    untold.producers.filter(({ identifiedBy }) => identifiedBy === 'sequence-number').map(({ stream }) => stream),
  );
  const identities = new Identities(untold.producers);
  const files: (number | null)[] = [];
  const nameReader = (stream: string, reader: ReaderExport) => {
    const { seen, again, unmatched } = identities.join(reader.unnamed);
    files.push(...seen.map(([, { table }]) => table.file));
    const named: ReaderExport = {
      ...reader,
      seen: [...reader.seen, ...seen],
      redelivered: reader.redelivered + again,
      // A field that was never put is somebody else's; a place may be that of an uncertain put of ours.
      foreign: reader.foreign + (byPlace.has(stream) ? 0 : unmatched),
    };
    return { named, unmatched };
  };
  const nameSweep = (sweep: Sweep) => {
    let unmatched = 0;
    const streams = sweep.streams.map((each) => {
      const one = nameReader(each.stream, each.reader);
      const backup = each.backup && nameReader(each.stream, each.backup).named;
      if (byPlace.has(each.stream)) unmatched += one.unmatched;
      return { ...each, reader: one.named, backup };
    });
    return { sweep: { ...sweep, streams }, unmatched };
  };
  const first = nameSweep(untold.sweep);
  const evidence: Evidence = {
    ...untold,
    producers: untold.producers.map((each) => ({ ...each, sent: identities.judgeable(each.index, each.sent) })),
    consumers: untold.consumers.map((each) => ({
      ...each,
      reader: nameReader(each.stream, each.reader).named,
      backup: each.backup && nameReader(each.stream, each.backup).named,
    })),
    sweep: first.sweep,
    again: untold.again && nameSweep(untold.again).sweep,
  };
  return {
    evidence,
    ways,
    unjudged: unjudgedOf(ways, first.unmatched, identities.shared),
    close: () => closeFiles(files),
  };
}
