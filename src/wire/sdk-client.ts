/**
 * The same interface over the AWS SDK for JavaScript as it comes: its own signatures, middleware and HTTP/2 handler (one
 * session for each request, by default), but one attempt. For whoever wants to know what the SDK adds: run one fleet with
 * `client: wire` and one with `client: sdk`. When its first byte leaves cannot be seen from outside, so `sentNs` is when
 * the SDK was called: what it does before sending counts as service, as it would for its user.
 */
import type { Clock } from '../clock.ts';
import type { Input, OperationName } from '../protocol/operations.ts';
import type { CallOptions, Protocol, SubscribeOptions, WireClient, WireEndpoint } from './client.ts';
import type { Outcome } from './outcome.ts';
import { type Received, receivedEvent, receivedOutput } from './received.ts';
import { failureOf, fromSdk, type SdkCall, sdkSettings, SdkSender } from './sdk-sender.ts';
import type { SubscribeOutcome, SubscriptionMessage } from './subscription.ts';

/** Makes clients, once the SDK is loaded. */
export type SdkMaker = (endpoint: WireEndpoint, clock: Clock) => WireClient;

/** Loads the SDK, which takes some 100 ms. Its own protocol is HTTP/2; by HTTP/1.1 it goes with its other handler. */
export async function loadSdk(protocol: Protocol = 'h2'): Promise<SdkMaker> {
  const sdk = await import('@aws-sdk/client-kinesis');
  const requestHandler = protocol === 'h1' && new (await import('@smithy/node-http-handler')).NodeHttpHandler();
  return (endpoint, clock) => {
    const client = new sdk.KinesisClient({ ...sdkSettings(endpoint), ...(requestHandler && { requestHandler }) });
    return new SdkClient(new SdkSender(sdk, client, clock), clock);
  };
}

/** A client of the SDK, which is loaded for it. */
export async function createSdkClient(endpoint: WireEndpoint, clock: Clock): Promise<WireClient> {
  return (await loadSdk())(endpoint, clock);
}

class SdkClient implements WireClient {
  readonly #sender: SdkSender;
  readonly #clock: Clock;

  constructor(sender: SdkSender, clock: Clock) {
    this.#sender = sender;
    this.#clock = clock;
  }

  async call<O extends OperationName>(
    operation: O,
    input: Input<O>,
    options: CallOptions = {},
  ): Promise<Outcome<Received<O>>> {
    const { call, answer } = await this.#sender.send(operation, input, options);
    const times = { sentNs: call.sentNs, answeredNs: this.#clock.monotonicNs() };
    if ('kind' in answer) return answer;
    const output = receivedOutput(operation, fromSdk(answer));
    if (output !== undefined) return { kind: 'ok', output, ...times };
    return { kind: 'error', code: 'unreadable-answer', message: '', status: 200, ...times };
  }

  async subscribe(input: Input<'SubscribeToShard'>, options: SubscribeOptions = {}): Promise<SubscribeOutcome> {
    const { call, answer } = await this.#sender.send('SubscribeToShard', input, options);
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
    this.#sender.close();
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
