/**
 * What the answer to a put means for each record of the call: placed, or refused, and then whether it is certain that nothing
 * was stored. A pure reading of an outcome; the counting is done elsewhere.
 */
import { isThrottle } from '../protocol/errors.ts';
import type { PutRecordOutput, PutRecordsOutput, PutRecordsResultEntry } from '../protocol/operations.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { Retryable } from './sdk-retry.ts';

export type PutOutput = PutRecordOutput | PutRecordsOutput;
export type PutOutcome = Outcome<PutOutput>;

export type EntryAnswer = Placement | Refusal;

export interface Placement {
  readonly kind: 'placed';
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export interface Refusal {
  readonly kind: 'throttled' | 'failed';
  readonly code: string;
  readonly message: string;
  /** False where the record may be stored all the same. */
  readonly certain: boolean;
  /** Whether trying again may help. */
  readonly retryable: boolean;
}

/** What a call came to as a whole, for its service time. */
export type CallOutcome = 'accepted' | 'partial' | 'throttled' | 'failed' | 'timeout' | 'broken';

/** Whether a code says that a limit refused the call or record. */
type Throttles = (code: string) => boolean;

/** One answer for each of `entries` records of a call. */
export function answersOf(outcome: PutOutcome, entries: number, throttles: Throttles = isThrottle): EntryAnswer[] {
  if (outcome.kind === 'ok') {
    const results = 'Records' in outcome.output ? outcome.output.Records : [outcome.output];
    // An answer of another length cannot be matched to the records: none of its entries is believed.
    const matched = results.length === entries;
    return Array.from({ length: entries }, (_, index) => entryAnswer(matched ? results[index]! : {}, throttles));
  }
  const refusal = refusalOf(outcome, throttles);
  return Array.from({ length: entries }, () => refusal);
}

/** What the call came to. */
export function callOutcomeOf(outcome: PutOutcome, answers: readonly EntryAnswer[]): CallOutcome {
  if (outcome.kind === 'timeout') return 'timeout';
  if (outcome.kind === 'connection') return 'broken';
  const [first] = answers;
  if (first && answers.every(({ kind }) => kind === first.kind))
    return first.kind === 'placed' ? 'accepted' : first.kind;
  return answers.some(({ kind }) => kind === 'placed') ? 'partial' : 'failed';
}

/** Why an SDK would make the whole call again; null where it would not. */
export function retryableCall(outcome: PutOutcome, throttles: Throttles = isThrottle): Retryable | null {
  if (outcome.kind === 'ok') return null;
  if (outcome.kind !== 'error') return 'transient';
  if (throttles(outcome.code)) return 'throttling';
  return outcome.status >= 500 ? 'transient' : null;
}

function refusalOf(outcome: Exclude<PutOutcome, { kind: 'ok' }>, throttles: Throttles): Refusal {
  switch (outcome.kind) {
    case 'error': {
      const { code, message, status } = outcome;
      const throttled = throttles(code);
      const certain = throttled || (status < 500 && code !== 'InternalFailure' && code !== 'unreadable-answer');
      return { kind: throttled ? 'throttled' : 'failed', code, message, certain, retryable: throttled || !certain };
    }
    case 'timeout':
      return { kind: 'failed', code: 'timeout', message: 'no answer in time', certain: false, retryable: true };
    case 'connection': {
      const { message, maybe, reason } = outcome;
      return { kind: 'failed', code: `connection-${reason}`, message, certain: !maybe, retryable: true };
    }
  }
}

/** One entry of an answer: placed, refused, or (without either) unknown. */
function entryAnswer(
  { ShardId, SequenceNumber, ErrorCode, ErrorMessage }: PutRecordsResultEntry,
  throttles: Throttles,
): EntryAnswer {
  if (typeof ShardId === 'string' && typeof SequenceNumber === 'string' && !ErrorCode)
    return { kind: 'placed', shardId: ShardId, sequenceNumber: SequenceNumber };
  const code = ErrorCode || 'unreadable-answer';
  const throttled = throttles(code);
  const message = ErrorMessage ?? 'an entry that cannot be matched, or has neither sequence number nor error code';
  return { kind: throttled ? 'throttled' : 'failed', code, message, certain: throttled, retryable: true };
}
