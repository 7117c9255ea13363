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
  readonly reason: BrokenReason;
  readonly message: string;
  readonly maybe: boolean;
  readonly sentNs: number;
  readonly answeredNs: number;
}

/**
 * How a connection failed a call.
 * - `credentials`: there were no keys to sign with, nothing was sent
 * - `unreachable`: no connection could be made, or not in time
 * - `cut`: the other side ended or reset the connection before the answer was complete
 * - `malformed`: what came is no answer that could be matched to the request
 * - `goaway`: an HTTP/2 session was ended by the other side before this stream was done
 * - `refused-stream`: an HTTP/2 stream that the other side says it has not begun to work on
 * - `reset-stream`: an HTTP/2 stream that the other side gave up
 * - `session`: an HTTP/2 session broke by an error of the protocol
 * - `closed`: this client was closed
 */
export type BrokenReason =
  | 'credentials'
  | 'unreachable'
  | 'cut'
  | 'malformed'
  | 'goaway'
  | 'refused-stream'
  | 'reset-stream'
  | 'session'
  | 'closed';
