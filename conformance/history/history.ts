/**
 * What producers and readers did with a stream, written down as it went: every attempt and what became of it, every page in
 * the order it came. Checkers are pure functions of this, so that each can be shown a few lines that it must reject.
 *
 * Moments are counted, not timed: all producers are of this process, so that one attempt was answered before another was sent
 * is exact, also where the clock stands still between the two.
 */
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import { type Finding, broken, holds } from '../statement.ts';

/**
 * What became of an attempt. Refused: by validation or a throttle, nothing may be stored. Unknown: a timeout, a broken
 * connection or a 5xx, where it may be stored or not.
 */
export type Fate = 'stored' | 'refused' | 'unknown';

/** One try to store one record, alone or as an entry of PutRecords. */
export interface Attempt {
  readonly writer: string;
  readonly key: string;
  /** Base64; no two records have the same, tries of one record do. */
  readonly data: string;
  readonly fate: Fate;
  /** Why it was refused. */
  readonly said?: string | undefined;
  readonly shardId?: string | undefined;
  readonly sequenceNumber?: string | undefined;
  /** Data of the record whose number it named as SequenceNumberForOrdering. */
  readonly after?: string | undefined;
  readonly sent: number;
  readonly answered: number;
}

/** An attempt that was acknowledged. */
export interface Stored extends Attempt {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** One record as one page showed it. */
export interface Read {
  readonly sequenceNumber: string;
  readonly key: string | undefined;
  /** Base64. */
  readonly data: string;
  /** ApproximateArrivalTimestamp, epoch seconds. */
  readonly arrivalS: number | undefined;
}

/** One reader's way through one shard from TRIM_HORIZON on, page by page. */
export interface Scan {
  readonly reader: string;
  readonly shardId: string;
  readonly pages: readonly (readonly Read[])[];
}

export interface History {
  readonly attempts: readonly Attempt[];
  /** In the order in which they ended. */
  readonly scans: readonly Scan[];
}

export function isStored(attempt: Attempt): attempt is Stored {
  return attempt.fate === 'stored' && attempt.shardId !== undefined && attempt.sequenceNumber !== undefined;
}

/** Whether a sequence number is smaller than another. */
export function isBefore(first: string, second: string): boolean {
  return compareSequenceNumbers(first, second) < 0;
}

/** The records of a scan in the order they came, each sequence number once. */
export function contentsOf({ pages }: Scan): Read[] {
  const seen = new Set<string>();
  return pages.flat().filter(({ sequenceNumber }) => {
    const known = seen.has(sequenceNumber);
    seen.add(sequenceNumber);
    return !known;
  });
}

/** A record's text as messages show it. */
export function textOf(data: string): string {
  const text = Buffer.from(data, 'base64').toString('latin1').replace(/\.+$/, '');
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** What a checker's breaches come to: the first of them is the witness. */
export function findingOf(breaches: readonly string[], held: string): Finding {
  const [first] = breaches;
  if (first === undefined) return holds(held);
  return broken(breaches.length === 1 ? first : `${first} (the first of ${breaches.length} such)`);
}
