/**
 * What stands between sockets and the endpoint: a request that makes the endpoint throw has found a defect of ours. It is told
 * loudly, with its stack, and answered with 500 as AWS answers what it did not expect, in the form of the service that was asked;
 * the other clients are served on.
 */
import { internalError, unreadable } from '../s3/handler.ts';
import { cborCodec } from './codec-cbor.ts';
import { jsonCodec } from './codec-json.ts';
import { Faults } from './faults.ts';
import type { EndpointRequest, EndpointResponse, RequestHandler, StreamedBody } from './endpoint.ts';
import { speaksS3 } from './request-form.ts';

const cbor = cborCodec(new Faults());

const nothing = new Uint8Array();

/** An answer whose body is there at once. */
interface Whole {
  readonly body: Uint8Array;
}

/** Told of every defect: the operation that was asked for, and what was thrown. */
export type OnDefect = (target: string, error: unknown) => void;

/** The endpoint for a server: `handle` never throws, and a body that breaks off is no secret. */
export function guarded(endpoint: RequestHandler, onDefect: OnDefect): RequestHandler {
  const failed = (request: EndpointRequest, error: unknown): EndpointResponse => {
    onDefect(targetOf(request), error);
    if (speaksS3(request)) return internalError(request);
    const asCbor = String(request.headers['content-type']).startsWith(cbor.contentType);
    const codec = asCbor ? cbor : jsonCodec;
    const body = codec.encode({ __type: 'InternalFailure', message: 'A defect of the reference.' });
    return { status: 500, headers: { 'content-type': codec.contentType }, body };
  };
  const watched = (request: EndpointRequest, answer: EndpointResponse): EndpointResponse =>
    typeof answer.body === 'function'
      ? { ...answer, body: watchedBody(answer.body, (error) => onDefect(targetOf(request), error)) }
      : answer;
  return {
    clock: endpoint.clock,
    handle(request) {
      try {
        const answer = endpoint.handle(request);
        if (!(answer instanceof Promise)) return watched(request, answer);
        return answer.then(
          (late) => watched(request, late),
          (error: unknown) => failed(request, error),
        );
      } catch (error) {
        return failed(request, error);
      }
    },
  };
}

/** The answer to a request whose body was thrown away: 413, it is too large; 503, there is no room for it now. */
export function bodyless(request: Omit<EndpointRequest, 'body'>, status: 413 | 503): EndpointResponse & Whole {
  const asked = { ...request, body: nothing };
  return speaksS3(asked) ? unreadable(asked, status) : { status, headers: {}, body: nothing };
}

function watchedBody(body: StreamedBody, onError: (error: unknown) => void): StreamedBody {
  return async function* (signal) {
    try {
      yield* body(signal);
    } catch (error) {
      onError(error);
      throw error;
    }
  };
}

function targetOf(request: EndpointRequest): string {
  const { headers, method, path } = request;
  if (speaksS3(request)) return `S3's ${method} ${path.split('?', 1)[0]}`;
  return String(headers['x-amz-target'] ?? 'a request without a target');
}
