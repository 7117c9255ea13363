/**
 * What is looked at before a request is known to be an operation with members, in the order in which AWS was seen to do it:
 * CORS, method, an empty body, content type, whether the body can be read, operation. Authentication and all else follow.
 */
import { FIREHOSE_TARGET_PREFIX, type FirehoseOperation } from '../protocol/firehose/operations.ts';
import { KINESIS_TARGET_PREFIX, type OperationName } from '../protocol/operations.ts';
import type { Codec, Codecs } from './codec.ts';
import type { EndpointRequest, EndpointResponse } from './endpoint.ts';
import type { Faults } from './faults.ts';
import { firehoseOperations } from './firehose/operations.ts';
import { Refusal } from './refusal.ts';
import { operations } from './streams/operations.ts';

/** An operation of one of the services. */
type Target =
  | { readonly service: 'kinesis'; readonly operation: OperationName }
  | { readonly service: 'firehose'; readonly operation: FirehoseOperation };

/** An operation, and what it is asked: members of any shape. */
export class Asked {
  readonly target: Target;
  readonly input: Record<string, unknown>;

  constructor(target: Target, input: Record<string, unknown>) {
    this.target = target;
    this.input = input;
  }
}

/** How the answer to a request is written. */
export interface AnswerForm {
  readonly codec: Codec;
  /** That of the request. */
  readonly contentType: string;
}

const encoder = new TextEncoder();
const nothing = new Uint8Array();
/** Brackets that `sec.crash-on-deep` crashes on. */
const DEEP = 10_000;

/**
 * Whether a request is one for S3: it names no operation in a header, and a bucket in its path or S3 in its signature. Without
 * either it could be a Kinesis request that is broken, and is refused as one.
 */
export function speaksS3({ method, path, headers }: EndpointRequest): boolean {
  if (headers['x-amz-target'] !== undefined || method === 'OPTIONS') return false;
  if (path.length > 1 && path[1] !== '?') return true;
  return /\/s3\/aws4_request|%2Fs3%2Faws4_request/i.test(`${String(headers['authorization'])} ${path}`);
}

/** How to answer a request; or the answer, where it is none of the protocol. */
export function formOf({ method, headers, body }: EndpointRequest, codecs: Codecs): AnswerForm | EndpointResponse {
  const origin = headers['origin'];
  if (method === 'OPTIONS' && origin !== undefined) return preflight(headers);
  if (method !== 'POST') return accessDenied();
  const contentType = String(headers['content-type'] ?? '')
    .split(';', 1)[0]!
    .trim();
  const codec = codecs.of(contentType);
  if (codec) return { codec, contentType };
  // What is empty is refused for that, whatever its type. It says nothing of the form it would like: JSON is assumed.
  if (body.length === 0) return { codec: codecs.json, contentType: codecs.json.contentType };
  const [service, operation] = String(headers['x-amz-target'] ?? '').split('.');
  return service && operation ? unknownOperation() : accessDenied();
}

/** What a request asks; or its refusal. */
export function askedIn(
  { headers, body }: EndpointRequest,
  codec: Codec,
  faults: Faults,
): Asked | Refusal | 'anything' {
  const target = targetOf(headers['x-amz-target']);
  if (body.length === 0) return new Refusal(target ? 'SerializationException' : 'UnknownOperationException');
  const input = codec.decode(body);
  if (input === undefined) {
    const crashes = isDeep(body) && faults.fires('sec.crash-on-deep');
    return new Refusal(crashes ? 'InternalFailure' : 'SerializationException');
  }
  if (target) return new Asked(target, input);
  return faults.fires('api.unknown-op-200') ? 'anything' : new Refusal('UnknownOperationException');
}

/** A browser asks what it may send; it may send what it likes (observed). */
function preflight(headers: EndpointRequest['headers']): EndpointResponse {
  const wanted = {
    headers: headers['access-control-request-headers'],
    methods: headers['access-control-request-method'],
  };
  return {
    status: 200,
    headers: {
      ...(wanted.headers !== undefined && { 'access-control-allow-headers': String(wanted.headers) }),
      ...(wanted.methods !== undefined && { 'access-control-allow-methods': String(wanted.methods) }),
      'access-control-max-age': '172800',
    },
    body: nothing,
  };
}

function accessDenied(): EndpointResponse {
  const message = 'Unable to determine service/operation name to be authorized';
  return xml(403, `<AccessDeniedException>\n  <Message>${message}</Message>\n</AccessDeniedException>\n`);
}

function unknownOperation(): EndpointResponse {
  return xml(404, '<UnknownOperationException/>\n');
}

function xml(status: number, text: string): EndpointResponse {
  return { status, headers: { 'content-type': 'application/xml' }, body: encoder.encode(text) };
}

/** Whether a body opens more brackets than any request has levels, for `sec.crash-on-deep`. */
function isDeep(body: Uint8Array): boolean {
  return body.length > DEEP && body.subarray(0, DEEP).every((byte) => byte === 0x5b);
}

/** All there are. */
const targets = new Map<string, Target>([
  ...Object.keys(operations)
    .filter(isOperation)
    .map((operation) => [`${KINESIS_TARGET_PREFIX}.${operation}`, { service: 'kinesis', operation }] as const),
  ...Object.keys(firehoseOperations)
    .filter(isFirehoseOperation)
    .map((operation) => [`${FIREHOSE_TARGET_PREFIX}.${operation}`, { service: 'firehose', operation }] as const),
]);

function targetOf(target: string | string[] | undefined): Target | undefined {
  return typeof target === 'string' ? targets.get(target) : undefined;
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

function isFirehoseOperation(name: string): name is FirehoseOperation {
  return Object.hasOwn(firehoseOperations, name);
}
