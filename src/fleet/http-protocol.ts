/**
 * The HTTP endpoint that Data Firehose delivers to (source: the developer guide, HTTP endpoint delivery request and response
 * specifications): JSON with an id, which the answer repeats, and records in base64. What does not keep to it is refused with
 * 400, and is an error of who sent it.
 */
import { gunzipSync } from 'node:zlib';
import { jsonAnswer, type ReceivedRequest } from '../wire/receiver.ts';
import type { DestinationProtocol, Given } from './receiving.ts';

/** Speaks it; only who has the key is let in. */
export function httpProtocol(key: string): DestinationProtocol {
  return {
    refusal: (nowMs, request) => jsonAnswer(503, { requestId: idOf(request), timestamp: nowMs, errorMessage: 'down' }),
    given(request) {
      const asked = wrongIn(request, key);
      return asked ?? recordsOf(request);
    },
    taken: (nowMs, request) => jsonAnswer(200, { requestId: idOf(request), timestamp: nowMs }),
    refused: (nowMs, request, why) =>
      jsonAnswer(400, { requestId: idOf(request), timestamp: nowMs, errorMessage: why }),
  };
}

function idOf({ headers }: ReceivedRequest): string {
  return headers['x-amz-firehose-request-id'] ?? '';
}

function wrongIn(request: ReceivedRequest, key: string): Given | undefined {
  const { headers } = request;
  if (idOf(request) === '') return { kind: 'wrong', why: 'there is no X-Amz-Firehose-Request-Id' };
  if (headers['x-amz-firehose-protocol-version'] !== '1.0')
    return { kind: 'wrong', why: 'X-Amz-Firehose-Protocol-Version is not 1.0' };
  if (headers['x-amz-firehose-access-key'] !== key)
    return { kind: 'wrong', why: 'X-Amz-Firehose-Access-Key is not that of the run' };
  return undefined;
}

function recordsOf(request: ReceivedRequest): Given {
  const { headers, body } = request;
  let said: unknown;
  try {
    said = JSON.parse((headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) };
  }
  if (typeof said !== 'object' || said === null || !('records' in said) || !Array.isArray(said.records))
    return { kind: 'wrong', why: 'the body has no list of records' };
  if (!('requestId' in said) || said.requestId !== idOf(request))
    return { kind: 'wrong', why: 'the body has another requestId than its header' };
  const data = said.records.map((record: { data?: unknown } | null) => record?.data);
  if (!data.every((each) => typeof each === 'string')) return { kind: 'wrong', why: 'a record has no data' };
  return { kind: 'records', plain: Buffer.concat(data.map((text) => Buffer.from(text, 'base64'))), id: idOf(request) };
}
