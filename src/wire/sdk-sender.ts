/**
 * Calls of any client of the AWS SDK as it comes, as outcomes: one attempt, a deadline on our clock, and members in the form of the
 * protocol. When a call's first byte leaves cannot be seen from outside, so `sentNs` is when the SDK was called.
 */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Clock } from '../clock.ts';
import { timestampMembers } from '../protocol/operations.ts';
import type { SubscribeOptions, WireEndpoint } from './client.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import type { Broken, Refused, TimedOut } from './outcome.ts';

const NO_CREDENTIALS = 'CredentialsProviderError';
const TIMEOUT_NS_DEFAULT = 10_000_000_000;

/** What of a client of the SDK is used; its commands are told apart by their names. */
interface AnySdkClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<object>;
  destroy(): void;
}

/** What any client of the SDK is made with: our endpoint and keys, and one attempt. */
export function sdkSettings({ url, region, ca, credentials }: WireEndpoint) {
  // Its handlers take no authority of their own: this thread trusts it as it trusts the system's.
  if (ca !== undefined) setDefaultCACertificates([...getCACertificates('default'), ca]);
  return {
    endpoint: url,
    region,
    maxAttempts: 1,
    credentials: async () => {
      try {
        const { sessionToken, ...keys } = await credentials();
        return { ...keys, ...(sessionToken !== undefined && { sessionToken }) };
      } catch (cause) {
        throw Object.assign(new Error(`no credentials: ${String(cause)}`, { cause }), { name: NO_CREDENTIALS });
      }
    },
  };
}

/** A call of the SDK under way. */
export class SdkCall {
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

/** Sends calls by a client of the SDK. */
export class SdkSender {
  readonly #commands: ReadonlyMap<string, unknown>;
  readonly #client: AnySdkClient;
  readonly #clock: Clock;
  readonly #calls = new Set<SdkCall>();
  readonly #watch: DeadlineWatch;

  /** @param sdk the module of the client, which has its commands */
  constructor(sdk: object, client: AnySdkClient, clock: Clock) {
    this.#commands = new Map<string, unknown>(Object.entries(sdk));
    this.#client = client;
    this.#clock = clock;
    this.#watch = new DeadlineWatch(clock, () => [...this.#calls]);
  }

  /** The answer as the SDK gives it, or what became of the call instead. */
  async send(
    operation: string,
    input: object,
    { timeoutNs = TIMEOUT_NS_DEFAULT, onSent, signal }: SubscribeOptions,
  ): Promise<{ call: SdkCall; answer: object | Refused | TimedOut | Broken }> {
    const Command = this.#commands.get(`${operation}Command`) as new (input: unknown) => never;
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

  close(): void {
    this.#client.destroy();
  }
}

/** What the SDK threw, as an outcome. */
export function failureOf(error: unknown, call: SdkCall, answeredNs: number): Refused | TimedOut | Broken {
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
export function fromSdk(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromSdk);
  const members = Object.entries(value).filter(([name]) => name !== '$metadata');
  return Object.fromEntries(members.map(([name, each]) => [name, fromSdk(each)]));
}
