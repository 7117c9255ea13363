/**
 * Functions behind an endpoint that speaks the Invoke API of Lambda: `POST /2015-03-31/functions/<name>/invocations`, the error of a
 * function told by the header X-Amz-Function-Error (source: the API reference of Lambda). Requests are not signed: what stands
 * there is an emulator or a runtime on this machine.
 */
import { functionError, functionNamed, LambdaFailure, type LambdaInvoker } from './lambda.ts';

/** Sends requests; the global `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How much of what a function says of its error is kept. */
const DETAIL_CHARACTERS_MAX = 300;

/** The functions of an endpoint, by its URL. */
export function lambdaAt(url: string, send: Fetch): LambdaInvoker {
  const root = url.replace(/\/+$/, '');
  return {
    async invoke(functionArn, payload, signal) {
      const name = functionNamed(functionArn);
      const target = `${root}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
      const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' };
      const { response, text } = await exchanged(() =>
        send(target, { method: 'POST', headers, body: payload, signal }),
      );
      const detail = text.slice(0, DETAIL_CHARACTERS_MAX);
      if (response.status !== 200) throw new LambdaFailure(codeOf(response.status), `${response.status} ${detail}`);
      if (response.headers.get('x-amz-function-error') !== null) throw functionError(detail);
      return text;
    },
  };
}

/** An answer and all of its body. */
async function exchanged(send: () => Promise<Response>): Promise<{ response: Response; text: string }> {
  try {
    const response = await send();
    return { response, text: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new LambdaFailure('Lambda.ConnectionFailed', cause instanceof Error ? cause.message : String(cause));
  }
}

/** Codes of Data Firehose for the statuses of the Invoke API (source: the developer guide, CloudWatch Logs; the last assumed). */
function codeOf(status: number): string {
  if (status === 404) return 'Lambda.ResourceNotFound';
  if (status === 403) return 'Lambda.InvokeAccessDenied';
  return status === 429 ? 'Lambda.InvokeLimitExceeded' : 'Lambda.ServiceException';
}
