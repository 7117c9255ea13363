/**
 * The Kinesis client that fleets drive: one attempt per call, never a hidden retry, every outcome a value. It is thin on
 * purpose; what an SDK adds on top (retries, middleware, its own HTTP/2 sessions) would be measured as the endpoint's time.
 */
import type { Clock } from '../clock.ts';
import { type Input, KINESIS_TARGET_PREFIX, type OperationName } from '../protocol/operations.ts';
import { BODY_BYTES_MAX } from './answer-body.ts';
import { BodyBuffer } from './body-buffer.ts';
import { type Codec, codecOf, type Encoding, readBody } from './codec.ts';
import { http1Transport } from './http1.ts';
import { http2Transport } from './http2.ts';
import type { Outcome } from './outcome.ts';
import { type Received, receivedOutput } from './received.ts';
import { digestOf, type SigningCredentials } from './sign.ts';
import {
  type CallOptions,
  refusalOf,
  SignedRequest,
  unsigned,
  type Way,
  wayOver,
  type Written,
} from './signed-request.ts';
import { messagesIn, type SubscribeOutcome } from './subscription.ts';
import type { Transport, TransportAnswer, TransportStream } from './transport.ts';

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

export type { CallOptions } from './signed-request.ts';

export const protocols = ['h1', 'h2'] as const;
export type Protocol = (typeof protocols)[number];

/** How calls travel. */
export interface TransportChoice {
  readonly protocol: Protocol;
  /** The protocol of subscriptions: AWS serves them over HTTP/2 only. */
  readonly subscriptions: Protocol;
  readonly encoding: Encoding;
}

/** What every endpoint is assumed to speak until it was probed. */
export const transportDefault = { protocol: 'h1', encoding: 'json' } as const;

/** Where to send calls and as whom to sign them. */
export interface WireEndpoint {
  readonly url: string;
  readonly region: string;
  readonly credentials: () => Promise<SigningCredentials>;
  readonly ca?: string | undefined;
  /** What is left out is as in `transportDefault`; subscriptions go the way of calls. */
  readonly transport?: Partial<TransportChoice> | undefined;
}

export interface SubscribeOptions extends CallOptions {
  /** Ends the subscription: its last message then is `broken` by `closed`. */
  readonly signal?: AbortSignal;
}

export interface WireClient {
  /** One attempt. Never rejects: what goes wrong is an outcome. */
  call<O extends OperationName>(operation: O, input: Input<O>, options?: CallOptions): Promise<Outcome<Received<O>>>;
  /** Writes and hashes the body of a call that is to come: it leaves at once when `call` is given the same object. Missing where a client cannot. */
  writeAhead?(input: object): void;
  /** One subscription; `timeoutNs` is for its beginning. Never rejects, and neither does the iteration of its messages. */
  subscribe(input: Input<'SubscribeToShard'>, options?: SubscribeOptions): Promise<SubscribeOutcome>;
  /** Makes connections ahead, for so many calls at a time as far as the policy allows, so that no call has to wait for one. */
  open(calls: number): Promise<void>;
  close(): void;
}

/** A client of one endpoint; `transport` replaces the sockets in simulations. */
export function createClient(endpoint: WireEndpoint, clock: Clock, transport?: Transport): WireClient {
  return new SigningClient(endpoint, clock, transport);
}

function targetOf(operation: OperationName): string {
  return `${KINESIS_TARGET_PREFIX}.${operation}`;
}

/** The sockets that calls to an endpoint go by. */
export function socketsTo(
  { url, ca, transport }: WireEndpoint,
  clock: Clock,
  protocol: Protocol = transport?.protocol ?? transportDefault.protocol,
): Transport {
  return (protocol === 'h2' ? http2Transport : http1Transport)(new URL(url), clock, ca);
}

class SigningClient implements WireClient {
  readonly #endpoint: WireEndpoint;
  readonly #clock: Clock;
  readonly #codec: Codec;
  readonly #url: URL;
  readonly #calls: Way;
  readonly #protocolOfSubscriptions: Protocol;
  #subscriptions: Way | undefined;
  /** Bodies written ahead, for as long as their inputs live. */
  readonly #written = new WeakMap<object, Written>();

  constructor(endpoint: WireEndpoint, clock: Clock, transport: Transport | undefined) {
    const { protocol, encoding, subscriptions = protocol } = { ...transportDefault, ...endpoint.transport };
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#codec = codecOf(encoding);
    this.#url = new URL(endpoint.url);
    this.#calls = this.#way(transport ?? socketsTo(endpoint, clock, protocol));
    this.#protocolOfSubscriptions = subscriptions;
    this.#subscriptions = transport || subscriptions === protocol ? this.#calls : undefined;
  }

  async call<O extends OperationName>(
    operation: O,
    input: Input<O>,
    options: CallOptions = {},
  ): Promise<Outcome<Received<O>>> {
    let credentials: SigningCredentials;
    try {
      credentials = await this.#endpoint.credentials();
    } catch (error) {
      return unsigned(error, this.#clock);
    }
    const written = this.#written.get(input);
    const request = new SignedRequest(targetOf(operation), input, options, credentials, this.#calls, written);
    return this.#outcomeOf(operation, await this.#calls.transport.send(request));
  }

  writeAhead(input: object): void {
    const buffer = new BodyBuffer();
    this.#codec.write(buffer, input);
    this.#written.set(input, { bytes: buffer.body, digest: digestOf(buffer.body) });
  }

  async subscribe(input: Input<'SubscribeToShard'>, options: SubscribeOptions = {}): Promise<SubscribeOutcome> {
    this.#subscriptions ??= this.#way(socketsTo(this.#endpoint, this.#clock, this.#protocolOfSubscriptions));
    let credentials: SigningCredentials;
    try {
      credentials = await this.#endpoint.credentials();
    } catch (error) {
      return unsigned(error, this.#clock);
    }
    const request = new SignedRequest(targetOf('SubscribeToShard'), input, options, credentials, this.#subscriptions);
    const stream = await this.#subscriptions.transport.stream(request, options.signal);
    if (stream.kind !== 'stream') return stream;
    const { sentNs, answeredNs } = stream;
    if (stream.status === 200 && stream.contentType.startsWith(EVENT_STREAM))
      return { kind: 'ok', messages: messagesIn(stream, this.#codec), sentNs, answeredNs };
    const answer = await wholeOf(stream);
    return answer.kind === 'response' ? refusalOf(answer, this.#codec) : answer;
  }

  async open(calls: number): Promise<void> {
    await this.#calls.transport.open(calls);
  }

  close(): void {
    this.#calls.transport.close();
    this.#subscriptions?.transport.close();
  }

  #way(transport: Transport): Way {
    const scope = { region: this.#endpoint.region, service: 'kinesis' };
    return wayOver(transport, { host: this.#url.host, scope, codec: this.#codec, clock: this.#clock });
  }

  #outcomeOf<O extends OperationName>(operation: O, answer: TransportAnswer): Outcome<Received<O>> {
    if (answer.kind !== 'response') return answer;
    const { status, body, contentType, sentNs, answeredNs } = answer;
    if (status === 200) {
      const output = receivedOutput(operation, readBody(body, contentType, this.#codec));
      if (output !== undefined) return { kind: 'ok', output, sentNs, answeredNs };
    }
    return refusalOf(answer, this.#codec);
  }
}

/** The answer whose pieces these are. */
async function wholeOf({ pieces, status, contentType, sentNs }: TransportStream): Promise<TransportAnswer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    const answeredNs = piece.receivedNs;
    if (piece.kind === 'failure')
      return { kind: 'connection', reason: piece.reason, message: piece.message, maybe: true, sentNs, answeredNs };
    if (piece.kind === 'end')
      return { kind: 'response', status, contentType, body: Buffer.concat(parts), sentNs, answeredNs };
    parts.push(piece.bytes);
    bytes += piece.bytes.length;
    if (bytes > BODY_BYTES_MAX) break;
  }
  const message = `an answer of more than ${BODY_BYTES_MAX} bytes`;
  return { kind: 'connection', reason: 'malformed', message, maybe: true, sentNs, answeredNs: sentNs };
}
