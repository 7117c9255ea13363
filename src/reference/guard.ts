/**
 * What stands between sockets and the endpoint: a request that makes the endpoint throw has found a defect of ours. It is told
 * loudly, with its stack, and answered with 500 as AWS answers what it did not expect; the other clients are served on.
 */
import { cborCodec } from './codec-cbor.ts';
import { jsonCodec } from './codec-json.ts';
import { Faults } from './faults.ts';
import type { EndpointRequest, EndpointResponse, RequestHandler, StreamedBody } from './endpoint.ts';

const cbor = cborCodec(new Faults());

/** Told of every defect: the operation that was asked for, and what was thrown. */
export type OnDefect = (target: string, error: unknown) => void;

/** The endpoint for a server: `handle` never throws, and a body that breaks off is no secret. */
export function guarded(endpoint: RequestHandler, onDefect: OnDefect): RequestHandler {
  const failed = (request: EndpointRequest, error: unknown): EndpointResponse => {
    onDefect(targetOf(request), error);
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

function targetOf({ headers }: EndpointRequest): string {
  return String(headers['x-amz-target'] ?? 'a request without a target');
}
