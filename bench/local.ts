/** An endpoint in the bench's own process, called with typed inputs and without sockets. */
import { handleWhole, type Endpoint } from '../src/reference/endpoint.ts';
import { KINESIS_TARGET_PREFIX, type Input, type OperationName, type Output } from '../src/protocol/operations.ts';

/** Headers of a request in the form that every endpoint expects; the signature proves nothing. */
export function unsigned(operation: OperationName): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${KINESIS_TARGET_PREFIX}.${operation}`,
    'x-amz-date': '20261123T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  };
}

/** Sends a request that must succeed. */
export async function call<O extends OperationName>(
  endpoint: Endpoint,
  operation: O,
  input: Input<O>,
): Promise<Output<O>> {
  const body = Buffer.from(JSON.stringify(input));
  const headers = { host: 'reference', ...unsigned(operation) };
  const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body });
  const text = Buffer.from(answer.body).toString();
  if (answer.status !== 200) throw new Error(`${operation}: ${text}`);
  const output: Output<O> = text === '' ? undefined : JSON.parse(text);
  return output;
}
