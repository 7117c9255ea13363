/**
 * Where Data Firehose sends to when kinebench is the destination: a place is reserved before the delivery stream is made, since its
 * address stands in the configuration, and taken up by whoever receives. Over sockets it is a port of 127.0.0.1 (`socket-receivers.ts`),
 * in a simulation an entry of a table (`in-process-receivers.ts`).
 */

/** A request that came whole. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What it is answered with. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers a request; called in the order in which requests come. */
export type Receive = (request: ReceivedRequest) => ReceiverAnswer;

/** A request to one who receives. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Gives the answer. Rejects where there is none. */
export type Ask = (request: AskedRequest) => Promise<Pick<ReceiverAnswer, 'status' | 'body'>>;

/** The places of one run. */
export interface Receivers {
  /** Whether what runs on a host can send there. */
  reachableFrom(hostname: string): boolean;
  /** The origin of a place where nobody listens yet: `http://127.0.0.1:49152`. */
  reserve(): Promise<string>;
  /** Takes a place up; resolves to what gives it back. Rejects where somebody else has it. */
  listen(origin: string, receive: Receive): Promise<() => Promise<void>>;
  /** Asks whoever listens at a place. */
  readonly ask: Ask;
  /** Whether places that were not reserved here can be asked too: there is no network in a simulation. */
  readonly asksOthers: boolean;
}

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown): ReceiverAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}
