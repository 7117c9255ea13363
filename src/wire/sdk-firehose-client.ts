/** The AWS SDK's client of Data Firehose as it comes, behind the interface of ours: a second witness. */
import type { Clock } from '../clock.ts';
import type { Protocol, WireEndpoint } from './client.ts';
import { type FirehoseCall, type FirehoseClient, isReadable } from './firehose-client.ts';
import { fromSdk, sdkSettings, SdkSender } from './sdk-sender.ts';

/** Loads the SDK and makes a client of it. Its own protocol is HTTP/1.1; by HTTP/2 it goes with its other handler. */
export async function createSdkFirehoseClient(
  endpoint: WireEndpoint,
  clock: Clock,
  protocol: Protocol = 'h1',
): Promise<FirehoseClient> {
  const sdk = await import('@aws-sdk/client-firehose');
  const requestHandler = protocol === 'h2' && new (await import('@smithy/node-http-handler')).NodeHttp2Handler();
  const client = new sdk.FirehoseClient({ ...sdkSettings(endpoint), ...(requestHandler && { requestHandler }) });
  const sender = new SdkSender(sdk, client, clock);
  return {
    async call<O extends FirehoseCall>(operation: O, input: object, options = {}) {
      const { call, answer } = await sender.send(operation, input, options);
      if ('kind' in answer) return answer;
      const times = { sentNs: call.sentNs, answeredNs: clock.monotonicNs() };
      const output = fromSdk(answer);
      if (isReadable(operation, output)) return { kind: 'ok', output, ...times };
      return { kind: 'error', code: 'unreadable-answer', message: '', status: 200, ...times };
    },
    open: () => Promise.resolve(),
    close: () => sender.close(),
  };
}
