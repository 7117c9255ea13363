/** What a run tells while it goes on; how it is shown is the caller's business. */
export type Progress =
  | { readonly kind: 'step'; readonly text: string }
  /** The first phase begins at this monotonic time. */
  | { readonly kind: 'start'; readonly startNs: number }
  | {
      readonly kind: 'load';
      readonly phase: string;
      readonly leftNs: number;
      /** Per second, over the last second. */
      readonly offered: number;
      readonly accepted: number;
      readonly throttled: number;
      readonly failed: number;
      readonly received: number;
      readonly polls: number;
      /** Polls that were throttled or failed. */
      readonly refusedPolls: number;
      /** Service time of accepted calls so far; null while there are too few. */
      readonly p50Ns: number | null;
      readonly p99Ns: number | null;
    }
  | { readonly kind: 'sweep'; readonly records: number };

export type OnProgress = (progress: Progress) => void;
