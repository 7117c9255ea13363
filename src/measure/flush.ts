/** What came of one buffer of Data Firehose, and how fresh it all was: parts of the result, as watchers note them down. */

/** The hint that a buffer was closed for, as far as can be told from outside; unknown where both fit, or neither. */
export type FlushCondition = 'size' | 'interval' | 'unknown';

/** An object, or a request that was taken. */
export interface ObjectDoc {
  readonly key: string;
  /** When a listing first had it, or when it had come whole; from the start of the first phase. */
  readonly visibleNs: number;
  /** From when its oldest record was sent until it was visible; null where that is not known. */
  readonly ageNs: number | null;
  readonly records: number;
  /** Before compression; 0 where it could not be opened. */
  readonly bytes: number;
  /** Of the object, or of the body of the request. */
  readonly storedBytes: number;
  readonly condition: FlushCondition;
  /** Why it could not be opened; null where it could. */
  readonly unreadable: string | null;
}

/** AWS's DataFreshness as seen from outside, in spans of equal width from the start of the first phase. */
export interface FreshnessDoc {
  /** A whole number of seconds. */
  readonly everyNs: number;
  /** The highest age in each span, sampled every second; 0 where nothing was under way. */
  readonly agesNs: readonly number[];
}
