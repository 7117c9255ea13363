/** How a producing fleet hands its records over: gathered, retried, aggregated; and what is in them. Parts of the plan. */

/** Records fall due one by one and wait until their batch is full, or until the oldest has lingered. */
export interface GatherPlan {
  /** Records of a call at the most. */
  readonly recordsMax: number;
  /** Bytes of a call at the most, data and keys. */
  readonly bytesMax: number;
  /** How long a record waits for others at the most. */
  readonly lingerNs: number;
}

export type RetryPlan =
  /** One attempt. */
  { readonly policy: 'none' } | SdkRetryPlan | KplRetryPlan;

/** The whole call again, as the AWS SDKs do in standard mode. */
export interface SdkRetryPlan {
  readonly policy: 'sdk';
  /** Attempts of one call at the most, the first included. */
  readonly attemptsMax: number;
}

/** Failed records go back into the buffer, as with the KPL. */
export interface KplRetryPlan {
  readonly policy: 'kpl';
  /** Share of a shard's limits that one agent sends to it at the most: 1.5 for 150 %. */
  readonly limitShare: number;
  /** After which a record is given up, counted from when it was due. */
  readonly timeToLiveNs: number;
}

/** User records put together into records of the stream, in the KPL's format. */
export interface AggregatePlan {
  /** User records in one record of the stream at the most. */
  readonly recordsMax: number;
  /** Bytes of a record of the stream at the most, data and key. */
  readonly bytesMax: number;
}
