/**
 * What became of one call. Throttles, refusals, timeouts and broken connections are values, not exceptions: they are what a
 * load test counts. `sentNs` is when the first byte was handed to the socket, `answeredNs` when the last byte of the answer
 * was there (or when waiting for it ended); both on the client's clock.
 */
export type Outcome<T> = Answered<T> | Refused | TimedOut | Broken;

/** HTTP 200 and a body that could be read. */
export interface Answered<T> {
  readonly kind: 'ok';
  readonly output: T;
  readonly sentNs: number;
  readonly answeredNs: number;
}

/** The service said no, in words. */
export interface Refused {
  readonly kind: 'error';
  /** Wire name of the error, or `http-<status>` where the body names none. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly sentNs: number;
  readonly answeredNs: number;
}

/** No complete answer in time: what was asked may have been done. */
export interface TimedOut {
  readonly kind: 'timeout';
  readonly sentNs: number;
  readonly answeredNs: number;
}

/** The connection could not be made or broke; `maybe` tells whether the request may have reached the service. */
export interface Broken {
  readonly kind: 'connection';
  readonly message: string;
  readonly maybe: boolean;
  readonly sentNs: number;
  readonly answeredNs: number;
}
