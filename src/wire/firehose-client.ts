/**
 * The Data Firehose client that fleets drive: one attempt per call and every outcome a value, as with Kinesis, over the same
 * transports. Always JSON. Of the twelve operations only those that a run needs.
 */
import type { Clock } from '../clock.ts';
import { FIREHOSE_TARGET_PREFIX, type FirehoseInput, type FirehoseOutput } from '../protocol/firehose/operations.ts';
import { socketsTo, type WireEndpoint } from './client.ts';
import { codecOf, readBody } from './codec.ts';
import type { Outcome } from './outcome.ts';
import type { SigningCredentials } from './sign.ts';
import { type CallOptions, refusalOf, SignedRequest, unsigned, type Way, wayOver } from './signed-request.ts';
import type { Transport, TransportAnswer } from './transport.ts';

const operations = [
  'CreateDeliveryStream',
  'DeleteDeliveryStream',
  'DescribeDeliveryStream',
  'ListDeliveryStreams',
  'ListTagsForDeliveryStream',
  'PutRecord',
  'PutRecordBatch',
  'UpdateDestination',
] as const;
export type FirehoseCall = (typeof operations)[number];

/** Data of records are bytes, which the client writes as base64. */
interface DataRecord {
  readonly Data: Uint8Array;
}
interface Puts {
  PutRecord: { readonly DeliveryStreamName: string; readonly Record: DataRecord };
  PutRecordBatch: { readonly DeliveryStreamName: string; readonly Records: readonly DataRecord[] };
}
export type CallInput<O extends FirehoseCall> = O extends keyof Puts ? Puts[O] : FirehoseInput<O>;

export interface FirehoseClient {
  /** One attempt. Never rejects: what goes wrong is an outcome. */
  call<O extends FirehoseCall>(
    operation: O,
    input: CallInput<O>,
    options?: CallOptions,
  ): Promise<Outcome<FirehoseOutput<O>>>;
  /** Makes connections ahead, for so many calls at a time as far as the policy allows. */
  open(calls: number): Promise<void>;
  close(): void;
}

/** A client of one endpoint; `transport` replaces the sockets in simulations. */
export function createFirehoseClient(endpoint: WireEndpoint, clock: Clock, transport?: Transport): FirehoseClient {
  const codec = codecOf('json');
  const host = new URL(endpoint.url).host;
  const scope = { region: endpoint.region, service: 'firehose' };
  const way = wayOver(transport ?? socketsTo(endpoint, clock), { host, scope, codec, clock });
  return {
    async call(operation, input, options = {}) {
      let credentials: SigningCredentials;
      try {
        credentials = await endpoint.credentials();
      } catch (error) {
        return unsigned(error, clock);
      }
      const target = `${FIREHOSE_TARGET_PREFIX}.${operation}`;
      return outcomeOf(
        operation,
        await way.transport.send(new SignedRequest(target, input, options, credentials, way)),
        way,
      );
    },
    async open(calls) {
      await way.transport.open(calls);
    },
    close: () => way.transport.close(),
  };
}

function outcomeOf<O extends FirehoseCall>(
  operation: O,
  answer: TransportAnswer,
  { codec }: Way,
): Outcome<FirehoseOutput<O>> {
  if (answer.kind !== 'response') return answer;
  const { status, body, contentType, sentNs, answeredNs } = answer;
  if (status === 200) {
    const output = readBody(body, contentType, codec);
    if (isReadable(operation, output)) return { kind: 'ok', output, sentNs, answeredNs };
  }
  return refusalOf(answer, codec);
}

/** Whether an output has what its readers take for granted: an endpoint may send anything with a 200. */
export function isReadable<O extends FirehoseCall>(operation: O, output: unknown): output is FirehoseOutput<O> {
  if (typeof output !== 'object' || output === null) return operation === 'DeleteDeliveryStream';
  const fields = output as Record<string, unknown>;
  if (operation === 'PutRecordBatch')
    return (
      Array.isArray(fields['RequestResponses']) &&
      fields['RequestResponses'].every((entry) => typeof entry === 'object' && entry !== null)
    );
  if (operation === 'PutRecord') return typeof fields['RecordId'] === 'string';
  if (operation !== 'DescribeDeliveryStream') return true;
  const { DeliveryStreamDescription: described } = fields;
  return typeof described === 'object' && described !== null;
}
