import type { VerifyName } from '../scenario/plan.ts';
import type { Verdict } from './verdict.ts';

/**
 * The classes of the ledger, each with its definition in docs/architecture.md. `lost`, `missed`, `duplicated`, `reordered`,
 * `changed`, `ghost` and `misplaced` break correctness; the rest is legal and counted.
 */
export const anomalies = [
  'lost',
  'missed',
  'duplicated',
  'reordered',
  'changed',
  'ghost',
  'misplaced',
  'late',
  'backed-up',
  'unread',
  'maybe',
  'retried',
  'redelivered',
  'expired',
] as const;
export type Anomaly = (typeof anomalies)[number];

/** One of the first few records of a class: enough to find it again on the target. */
export interface Witness {
  readonly anomaly: Anomaly;
  readonly producer: string;
  readonly counter: number;
  readonly shardId: string | null;
  readonly sequenceNumber: string | null;
  readonly detail: string;
}

/** The ledger of one run, all streams together. Every class but `redelivered` (reads) counts records, each once. */
export interface LedgerReport {
  /** Records handed to the wire. */
  readonly sent: number;
  /** Of them: acknowledged with a sequence number. */
  readonly acknowledged: number;
  /** Of them: refused by a throttle or a validation; must never be readable. */
  readonly rejected: number;
  /** Records seen by the sweep that carry this run's tag. */
  readonly swept: number;
  /** Records without a tag of this run; in a stream made for the run they count as ghosts. */
  readonly foreign: number;
  readonly counts: Readonly<Record<Anomaly, number>>;
  /** The first few of each class. */
  readonly witnesses: readonly Witness[];
  /** The read of everything after the run, which alone can prove a loss; of two, the first. */
  readonly sweep: {
    readonly complete: boolean;
    readonly records: number;
    readonly durationNs: number;
    readonly reason: string | null;
    /** Where it began, and why there. */
    readonly from: string;
    /** Sweeps that were made: a second one where nobody else read what immutability is judged by. */
    readonly reads: number;
  };
  /** What the verdict on order rests on. */
  readonly order: {
    /** Puts that were promised to stand after another one: acknowledged before they were sent, same key, same shard or one it came of. */
    readonly promised: number;
    /** Puts of the same kind that went to a shard which neither came of the other's nor the other way round: nothing orders them. */
    readonly apart: number;
    /** Records that some reader compared with the one before them in their shard. */
    readonly neighbours: number;
  };
  /** Records that were read twice or more, by consumers or sweeps, and compared: what the verdict on immutability rests on. */
  readonly compared: number;
  /** Records of this run that the sweep met and other segments sent: judged there. */
  readonly elsewhere: number;
  /** What could not be judged, a sentence each. */
  readonly unjudged: readonly string[];
  /** One per line of `verify`. */
  readonly verdicts: readonly { readonly name: VerifyName; readonly verdict: Verdict; readonly explanation: string }[];
}
