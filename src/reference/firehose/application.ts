/**
 * A destination that is spoken to and not only written into: an HTTP endpoint, Splunk, a search cluster. Each says in a file of its
 * own how records are handed over once and what an answer means; what is common (attempts, pauses, giving up) is the courier's.
 */
import type { Clock } from '../../clock.ts';
import type { HeldRecord } from './batch.ts';
import type { IncomingAnswer, OutgoingRequest, Trouble } from './sender.ts';

/** A record that was not taken, and why. */
export interface Failure {
  readonly record: HeldRecord;
  /** As AWS names it in the backup. */
  readonly code: string;
  readonly message: string;
}

/** What became of the records of one attempt; those in neither list are done with. */
export interface Verdict {
  /** To be tried again. */
  readonly again: readonly Failure[];
  /** For the backup at once: trying again would not help. */
  readonly never: readonly Failure[];
}

/** What an attempt is made with. */
export interface Attempt {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The same for all attempts at the same records. */
  readonly requestId: string;
  readonly streamArn: string;
  /** Sends, and waits so long for the answer. */
  ask(request: OutgoingRequest, timeoutMs: number): Promise<IncomingAnswer | Trouble>;
}

/** How one kind of destination is spoken to, with its settings. */
export interface Application {
  /** What stands for `!{firehose:error-output-type}`. */
  readonly errorType: string;
  /** How long it is tried again. */
  readonly retryMs: number;
  /** Whether that counts from the first attempt on; if not, it is how long the pauses between attempts last, all together. */
  readonly retryHasAttempts: boolean;
  /** Records that go in one request. */
  pieces(records: readonly HeldRecord[]): HeldRecord[][];
  /** Hands records over, once. Never rejects. */
  attempt(records: readonly HeldRecord[], attempt: Attempt): Promise<Verdict>;
  /** What the backup says of a failed record besides what it says for all destinations. */
  particulars(record: HeldRecord): object;
}

export const done: Verdict = { again: [], never: [] };

/** The same failure for all records of an attempt, which are tried again. */
export function allAgain(records: readonly HeldRecord[], code: string, message: string): Verdict {
  return { again: records.map((record) => ({ record, code, message })), never: [] };
}

/** Cuts records into pieces of so many at the most, and of so many bytes unless one alone has more. */
export function cut(
  records: readonly HeldRecord[],
  limits: { readonly records: number; readonly bytes: number },
  bytesOf: (record: HeldRecord) => number,
): HeldRecord[][] {
  const pieces: HeldRecord[][] = [];
  let piece: HeldRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const more = bytesOf(record);
    if (piece.length > 0 && (piece.length === limits.records || bytes + more > limits.bytes)) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(record);
    bytes += more;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
