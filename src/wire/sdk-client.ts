/**
 * The same interface over the AWS SDK for JavaScript as it comes: its own signatures, middleware and HTTP/2 handler (one
 * session for each request, by default), but one attempt. For whoever wants to know what the SDK adds: run one fleet with
 * `client: wire` and one with `client: sdk`. When its first byte leaves cannot be seen from outside, so `sentNs` is when
 * the SDK was called: what it does before sending counts as service, as it would for its user.
 */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type * as SdkModule from '@aws-sdk/client-kinesis';
import type { Clock } from '../clock.ts';
import { type Input, type OperationName, timestampMembers } from '../protocol/operations.ts';
import type { CallOptions, SubscribeOptions, WireClient, WireEndpoint } from './client.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import type { Broken, Outcome, Refused, TimedOut } from './outcome.ts';
import { type Received, receivedEvent, receivedOutput } from './received.ts';
import type { SubscribeOutcome, SubscriptionMessage } from './subscription.ts';

type Sdk = typeof SdkModule;
type AnyCommand = InstanceType<Sdk['SubscribeToShardCommand']>;

const NO_CREDENTIALS = 'CredentialsProviderError';
const TIMEOUT_NS_DEFAULT = 10_000_000_000;

/** Loads the SDK, which takes some 100 ms, and makes a client of it. */
export async function createSdkClient(endpoint: WireEndpoint, clock: Clock): Promise<WireClient> {
  const sdk = await import('@aws-sdk/client-kinesis');
  // Its default handler takes no authority of its own: this thread trusts it as it trusts the system's.
  if (endpoint.ca !== undefined) setDefaultCACertificates([...getCACertificates('default'), endpoint.ca]);
  const { url, region } = endpoint;
  const credentials = async () => {
    try {
      const { sessionToken, ...keys } = await endpoint.credentials();
      return { ...keys, ...(sessionToken !== undefined && { sessionToken }) };
    } catch (cause) {
      throw Object.assign(new Error(`no credentials: ${String(cause)}`, { cause }), { name: NO_CREDENTIALS });
    }
  };
  return new SdkClient(sdk, new sdk.KinesisClient({ endpoint: url, region, credentials, maxAttempts: 1 }), clock);
}

/** A call of the SDK under way. */
class SdkCall {
  readonly sentNs: number;
  readonly deadlineNs: number;
  readonly abort = new AbortController();
  open = true;
  timedOut = false;

  constructor(sentNs: number, timeoutNs: number) {
    this.sentNs = sentNs;
    this.deadlineNs = sentNs + timeoutNs;
  }

  expire(): void {
    this.timedOut = true;
    this.abort.abort();
  }
}

class SdkClient implements WireClient {
  readonly #sdk: Sdk;
  readonly #client: InstanceType<Sdk['KinesisClient']>;
  readonly #clock: Clock;
  readonly #calls = new Set<SdkCall>();
  readonly #watch: DeadlineWatch;

  constructor(sdk: Sdk, client: InstanceType<Sdk['KinesisClient']>, clock: Clock) {
    this.#sdk = sdk;
    this.#client = client;
    this.#clock = clock;
    this.#watch = new DeadlineWatch(clock, () => [...this.#calls]);
  }

  async call<O extends OperationName>(
    operation: O,
    input: Input<O>,
    options: CallOptions = {},
  ): Promise<Outcome<Received<O>>> {
    const { call, answer } = await this.#send(operation, input, options);
    const times = { sentNs: call.sentNs, answeredNs: this.#clock.monotonicNs() };
    if ('kind' in answer) return answer;
    const output = receivedOutput(operation, fromSdk(answer));
    if (output !== undefined) return { kind: 'ok', output, ...times };
    return { kind: 'error', code: 'unreadable-answer', message: '', status: 200, ...times };
  }

  async subscribe(input: Input<'SubscribeToShard'>, options: SubscribeOptions = {}): Promise<SubscribeOutcome> {
    const { call, answer } = await this.#send('SubscribeToShard', input, options);
    const times = { sentNs: call.sentNs, answeredNs: this.#clock.monotonicNs() };
    if ('kind' in answer) return answer;
    const { EventStream } = answer as { EventStream?: AsyncIterable<Record<string, unknown>> };
    if (!EventStream) return { kind: 'error', code: 'unreadable-answer', message: '', status: 200, ...times };
    return { kind: 'ok', messages: this.#messagesIn(EventStream, call), ...times };
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#client.destroy();
  }

  async #send(
    operation: OperationName,
    input: object,
    { timeoutNs = TIMEOUT_NS_DEFAULT, onSent, signal }: SubscribeOptions,
  ): Promise<{ call: SdkCall; answer: object | Refused | TimedOut | Broken }> {
    const commands = new Map<string, unknown>(Object.entries(this.#sdk));
    const Command = commands.get(`${operation}Command`) as new (input: unknown) => AnyCommand;
    const call = new SdkCall(this.#clock.monotonicNs(), timeoutNs);
    signal?.addEventListener('abort', () => call.abort.abort(), { once: true });
    if (signal?.aborted) call.abort.abort();
    onSent?.(call.sentNs);
    this.#calls.add(call);
    this.#watch.begin();
    try {
      return { call, answer: await this.#client.send(new Command(toSdk(input)), { abortSignal: call.abort.signal }) };
    } catch (error) {
      return { call, answer: failureOf(error, call, this.#clock.monotonicNs()) };
    } finally {
      call.open = false;
      this.#calls.delete(call);
    }
  }

  async *#messagesIn(
    stream: AsyncIterable<Record<string, unknown>>,
    call: SdkCall,
  ): AsyncGenerator<SubscriptionMessage, void, void> {
    try {
      for await (const { SubscribeToShardEvent } of stream) {
        const receivedNs = this.#clock.monotonicNs();
        if (SubscribeToShardEvent === undefined) continue;
        const event = receivedEvent(fromSdk(SubscribeToShardEvent));
        if (event) yield { kind: 'event', event, receivedNs };
        else {
          yield { kind: 'broken', reason: 'malformed', message: 'an event that cannot be read', receivedNs };
          return;
        }
      }
      yield { kind: 'end', receivedNs: this.#clock.monotonicNs() };
    } catch (error) {
      const failure = failureOf(error, call, this.#clock.monotonicNs());
      const receivedNs = failure.answeredNs;
      if (failure.kind === 'error')
        yield { kind: 'exception', code: failure.code, message: failure.message, receivedNs };
      else if (failure.kind === 'connection')
        yield { kind: 'broken', reason: failure.reason, message: failure.message, receivedNs };
    } finally {
      call.abort.abort();
    }
  }
}

/** What the SDK threw, as an outcome. */
function failureOf(error: unknown, call: SdkCall, answeredNs: number): Refused | TimedOut | Broken {
  const times = { sentNs: call.sentNs, answeredNs };
  if (call.timedOut) return { kind: 'timeout', ...times };
  const { name, message, code, cause, $metadata, $fault } = error as {
    name: string;
    message: string;
    code?: string;
    cause?: { code?: string };
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
  };
  if (call.abort.signal.aborted) {
    return { kind: 'connection', reason: 'closed', message: 'given up by the caller', maybe: true, ...times };
  }
  const status = $metadata?.httpStatusCode;
  if (status !== undefined || $fault !== undefined)
    return { kind: 'error', code: name, message, status: status ?? 200, ...times };
  if (name === NO_CREDENTIALS) return { kind: 'connection', reason: 'credentials', message, maybe: false, ...times };
  const unmade = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(cause?.code ?? code ?? '');
  return { kind: 'connection', reason: unmade ? 'unreachable' : 'cut', message, maybe: !unmade, ...times };
}

/** Members as the SDK takes them: data as bytes, times as dates. */
function toSdk(value: unknown, name = ''): unknown {
  if (name === 'Data' && typeof value === 'string') return Buffer.from(value, 'base64');
  if (typeof value === 'number' && timestampMembers.has(name)) return new Date(value * 1000);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => toSdk(each, name));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toSdk(each, key)]));
}

/** Members as the protocol has them. */
function fromSdk(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromSdk);
  const members = Object.entries(value).filter(([name]) => name !== '$metadata');
  return Object.fromEntries(members.map(([name, each]) => [name, fromSdk(each)]));
}
