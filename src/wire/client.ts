/**
 * The Kinesis client that fleets drive: one attempt per call, never a hidden retry, every outcome a value. It is thin on
 * purpose; what an SDK adds on top (retries, middleware, its own HTTP/2 sessions) would be measured as the endpoint's time.
 */
import type { Clock } from '../clock.ts';
import {
  type Input,
  KINESIS_TARGET_PREFIX,
  type OperationName,
  type OperationWithoutOutput,
  type Output,
} from '../protocol/operations.ts';
import { http1Transport } from './http1.ts';
import type { Outcome } from './outcome.ts';
import { Signer, type SigningCredentials } from './sign.ts';
import type { Transport, TransportAnswer } from './transport.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
/** Time a call may take when its caller does not say, in ns. */
const TIMEOUT_NS_DEFAULT = 10_000_000_000;

/** Where to send calls and as whom to sign them. */
export interface WireEndpoint {
  readonly url: string;
  readonly region: string;
  readonly credentials: () => Promise<SigningCredentials>;
  readonly ca?: string | undefined;
}

export interface CallOptions {
  readonly timeoutNs?: number;
  /** Called when the first byte is handed to the socket, with that time in ns. */
  readonly onSent?: (sentNs: number) => void;
}

export interface WireClient {
  /** One attempt. Never rejects: what goes wrong is an outcome. */
  call<O extends OperationName>(operation: O, input: Input<O>, options?: CallOptions): Promise<Outcome<Output<O>>>;
  close(): void;
}

/** A client of one endpoint; `transport` replaces the sockets in simulations. */
export function createClient(endpoint: WireEndpoint, clock: Clock, transport?: Transport): WireClient {
  const url = new URL(endpoint.url);
  const signer = new Signer(url.host, { region: endpoint.region, service: 'kinesis' });
  const way = transport ?? http1Transport(url, clock, endpoint.ca);
  return {
    async call<O extends OperationName>(operation: O, input: Input<O>, options: CallOptions = {}) {
      const body = Buffer.from(JSON.stringify(input));
      const target = `${KINESIS_TARGET_PREFIX}.${operation}`;
      const credentials = await endpoint.credentials().catch((error: unknown) => String(error));
      if (typeof credentials === 'string') {
        const atNs = clock.monotonicNs();
        return {
          kind: 'connection',
          message: `no credentials: ${credentials}`,
          maybe: false,
          sentNs: atNs,
          answeredNs: atNs,
        };
      }
      const headers = signer.headers(credentials, clock.now(), target, CONTENT_TYPE, body);
      const answer = await way.send({
        headers,
        body,
        timeoutNs: options.timeoutNs ?? TIMEOUT_NS_DEFAULT,
        onSent: options.onSent,
      });
      return outcomeOf<Output<O>>(operation, answer);
    },
    close: () => way.close(),
  };
}

function outcomeOf<T>(operation: OperationName, answer: TransportAnswer): Outcome<T> {
  if (answer.kind !== 'response') return answer;
  const { status, body, sentNs, answeredNs } = answer;
  const parsed = parse(body);
  if (status === 200 && isReadable(operation, parsed)) return { kind: 'ok', output: parsed as T, sentNs, answeredNs };
  const fields = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
  const type = typeof fields['__type'] === 'string' ? fields['__type'].split('#').at(-1)! : undefined;
  const message = fields['message'] ?? fields['Message'];
  return {
    kind: 'error',
    code: type ?? (status === 200 ? 'unreadable-answer' : `http-${status}`),
    message: typeof message === 'string' ? message : body.toString('utf8', 0, 200),
    status,
    sentNs,
    answeredNs,
  };
}

const withoutOutput: Readonly<Record<OperationWithoutOutput, true>> = {
  AddTagsToStream: true,
  CreateStream: true,
  DecreaseStreamRetentionPeriod: true,
  DeleteResourcePolicy: true,
  DeleteStream: true,
  DeregisterStreamConsumer: true,
  IncreaseStreamRetentionPeriod: true,
  MergeShards: true,
  PutResourcePolicy: true,
  RemoveTagsFromStream: true,
  SplitShard: true,
  StartStreamEncryption: true,
  StopStreamEncryption: true,
  TagResource: true,
  UntagResource: true,
  UpdateMaxRecordSize: true,
  UpdateStreamMode: true,
  UpdateStreamRecordDistributionStrategy: true,
};

/** Whether an answer has what its readers take for granted; an endpoint may send anything with a 200. */
function isReadable(operation: OperationName, parsed: unknown): boolean {
  if (Object.hasOwn(withoutOutput, operation)) return parsed !== undefined;
  if (typeof parsed !== 'object' || parsed === null) return false;
  const fields = parsed as Record<string, unknown>;
  if (operation === 'PutRecord') return areStrings(fields, ['ShardId', 'SequenceNumber']);
  if (operation === 'PutRecords') return isListOf(fields['Records'], () => true);
  if (operation === 'GetRecords') {
    return isListOf(fields['Records'], isRecord);
  }
  if (operation !== 'DescribeStream') return true;
  const description = fields['StreamDescription'];
  return (
    typeof description === 'object' &&
    description !== null &&
    'Shards' in description &&
    Array.isArray(description.Shards)
  );
}

/** The partition key may be missing: a stream of AUTO distribution needs none. */
function isRecord(record: Record<string, unknown>): boolean {
  return areStrings(record, ['Data', 'SequenceNumber']) && typeof (record['PartitionKey'] ?? '') === 'string';
}

function areStrings(fields: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof fields[name] === 'string');
}

function isListOf(value: unknown, holds: (entry: Record<string, unknown>) => boolean): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) => typeof entry === 'object' && entry !== null && holds(entry as Record<string, unknown>),
    )
  );
}

/** undefined when the body is not JSON; an empty body is an operation without output. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
