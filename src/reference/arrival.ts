/** Who makes a request: each account has streams of its own in each region. */
export interface Caller {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

/** A request's arrival: when, on both hands of the clock, and from whom. */
export interface Arrival {
  readonly nowNs: number;
  readonly nowMs: number;
  readonly caller: Caller;
}
