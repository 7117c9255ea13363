/** What the ledger judges: the notes of producers, of consumers and of the sweeps, as plain data. */
import type { VerifyName } from '../scenario/plan.ts';
import type { SentExport } from './history.ts';
import type { ShardLine } from './lineage.ts';
import { closeFiles } from './page-store.ts';
import type { ReaderExport } from './reader.ts';
import type { IdentifiedBy } from './unnamed.ts';

/** One sending agent. */
export interface ProducerNotes {
  /** In the plan; it stands in every record's tag. */
  readonly index: number;
  readonly name: string;
  readonly stream: string;
  /** What tells its records apart; a tag unless said. */
  readonly identifiedBy?: IdentifiedBy;
  readonly sent: SentExport;
}

/** One consuming agent, with the stream it read. */
export interface ConsumerNotes {
  readonly stream: string;
  readonly reader: ReaderExport;
  /**
   * Where it did not read the stream, but what Data Firehose delivered of it: records have other places there. `whole` for who
   * read everything that was delivered, so that what it lacks did not come.
   */
  readonly delivered?: 'in-time' | 'whole';
  /** What it read of the records that were not delivered, where there is a place for them. */
  readonly backup?: ReaderExport | undefined;
}

/** One read of all streams after the run. */
export interface Sweep {
  readonly complete: boolean;
  readonly durationNs: number;
  /** Why it is not complete. */
  readonly reason: string | null;
  /** Where it began, and why there. */
  readonly from: string;
  /** Each stream with what was read of it and with the shards it had. */
  readonly streams: readonly {
    readonly stream: string;
    readonly reader: ReaderExport;
    /** What was read of the records that were not delivered; a delivery stream's. */
    readonly backup?: ReaderExport | undefined;
    readonly shards: readonly ShardLine[];
  }[];
}

export interface Evidence {
  /** The agents of this run (or of this segment of it). */
  readonly producers: readonly ProducerNotes[];
  /** Those whose records a function is to drop: none of them may be read, and none is lost. */
  readonly dropped?: readonly ProducerNotes[] | undefined;
  readonly consumers: readonly ConsumerNotes[];
  readonly sweep: Sweep;
  /** A second sweep, to compare the first with. */
  readonly again?: Sweep | undefined;
  /** By stream: what was put before this time, monotonic ns, may have expired when the last sweep was over; nothing, where it is not named. */
  readonly expiredNs?: ReadonlyMap<string, number>;
  /** True when every stream was made for this run, so that a record without our tag is a ghost. */
  readonly ownStreams: boolean;
  readonly verify: readonly VerifyName[];
}

/** Gives back the disk that the notes lie on. They cannot be judged after it. */
export function discard(evidence: Pick<Evidence, 'dropped' | 'producers' | 'consumers' | 'sweep' | 'again'>): void {
  const swept = [evidence.sweep, evidence.again].flatMap((sweep) => sweep?.streams ?? []);
  const readers = [...swept, ...evidence.consumers].flatMap(({ reader, backup }) =>
    backup ? [reader, backup] : [reader],
  );
  closeFiles([
    ...[...evidence.producers, ...(evidence.dropped ?? [])].map(({ sent }) => sent.table.file),
    ...readers.flatMap(({ seen }) => seen.map(([, { table }]) => table.file)),
  ]);
}
