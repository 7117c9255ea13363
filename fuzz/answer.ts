/** What must hold of every answer, whatever was asked. */
import assert from 'node:assert/strict';
import { errorStatus } from '../src/protocol/errors.ts';
import type { OperationName } from '../src/protocol/operations.ts';
import { compareSequenceNumbers } from '../src/protocol/sequence-number.ts';
import type { EndpointRequest, EndpointResponse } from '../src/reference/endpoint.ts';
import { contentTypes, valueOf } from './client.ts';
import type { Form } from './encoding.ts';
import { operationNames, outputFault } from './output.ts';

/** An answer that holds, read: the value, or nothing where there is none to learn from. */
export interface Checked {
  readonly status: number;
  readonly value: unknown;
}

/** Throws where an answer breaks the protocol. `capped`: a memory cap stands, so a put may fail with InternalFailure. */
export function checkAnswer(request: EndpointRequest, answer: EndpointResponse, capped: boolean): Checked {
  const { status, headers, body } = answer;
  assert.match(headers['x-amzn-RequestId'] ?? '', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, 'the request id');
  const contentType = String(request.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim();
  const form = formOf(contentType, request.body.length === 0);
  const expected = transportStatus(request, form);
  if (expected !== undefined) {
    assert.equal(status, expected, 'what never reaches the protocol');
    return { status, value: undefined };
  }
  assert.ok(form);
  const operation = operationOf(request.headers['x-amz-target']);
  if (typeof body === 'function') {
    assert.equal(status, 200);
    assert.equal(operation, 'SubscribeToShard', 'only one operation answers with a stream');
    return { status, value: undefined };
  }
  const shown = contentType === 'application/json' ? contentType : contentTypes[form];
  assert.equal(headers['content-type'], shown, 'the answer is in the form of the request');
  const value = valueOf(form, body);
  if (status !== 200) checkError(status, value, operation, capped);
  else {
    assert.ok(operation, 'an unknown operation succeeds');
    const wrong = outputFault(operation, value, form);
    assert.equal(wrong, undefined, wrong);
    checkOrder(operation, value);
    checkCount(operation, value, capped);
  }
  return { status, value };
}

/** The status of what is refused before anyone looks at the body; undefined for what is not. */
function transportStatus({ method, headers }: EndpointRequest, form: Form | undefined): number | undefined {
  if (method === 'OPTIONS' && headers['origin'] !== undefined) return 200;
  if (method !== 'POST') return 403;
  if (form) return undefined;
  return /^[^.]+\.[^.]/.test(String(headers['x-amz-target'] ?? '')) ? 404 : 403;
}

/** The form of an answer; what is empty has one whatever its type. */
function formOf(contentType: string, empty: boolean): Form | undefined {
  if (contentType === contentTypes.cbor) return 'cbor';
  return empty || contentType === contentTypes.json || contentType === 'application/json' ? 'json' : undefined;
}

function operationOf(target: string | string[] | undefined): OperationName | undefined {
  return operationNames.find((name) => target === `Kinesis_20131202.${name}`);
}

function checkError(status: number, value: unknown, operation: OperationName | undefined, capped: boolean): void {
  assert.ok(typeof value === 'object' && value !== null && '__type' in value, 'an error without a type');
  const { __type: name, ...rest } = value;
  assert.ok(typeof name === 'string' && isError(name), `an unknown error: ${String(name)}`);
  assert.equal(status, errorStatus[name], 'the status of an error');
  for (const [member, text] of Object.entries(rest)) {
    assert.equal(member, name === 'SerializationException' ? 'Message' : 'message', 'a member of an error');
    assert.equal(typeof text, 'string', 'the text of an error');
    assert.ok(!/undefined|\[object|NaN/.test(withoutQuotes(String(text))), `the text of an error: ${String(text)}`);
  }
  if (name !== 'InternalFailure') return;
  const full = 'message' in rest && String(rest.message).startsWith('The memory cap of the reference');
  assert.ok(capped && operation === 'PutRecord' && full, 'an InternalFailure');
}

/** What a text says itself, without what it quotes of the request. */
function withoutQuotes(text: string): string {
  return text.length > 2000
    ? ''
    : text.replaceAll(
        /'[^']*'|Authorization=.*|(?<=[Ss]tream |ARN |ShardId |[Ss]hard |Specified value was |StartingSequenceNumber )\S*/gs,
        '',
      );
}

function isError(name: string): name is keyof typeof errorStatus {
  return Object.hasOwn(errorStatus, name);
}

/** Records of a page rise in number and time. */
function checkOrder(operation: OperationName, value: unknown): void {
  if (operation !== 'GetRecords') return;
  const { Records } = value as { readonly Records: readonly { readonly SequenceNumber: string }[] };
  for (const [index, { SequenceNumber }] of Records.entries()) {
    if (index === 0) continue;
    assert.ok(
      compareSequenceNumbers(Records[index - 1]!.SequenceNumber, SequenceNumber) < 0,
      'records are out of order',
    );
  }
}

/** The failed entries of a batch are as many as it says, and each entry is stored or failed. */
function checkCount(operation: OperationName, value: unknown, capped: boolean): void {
  if (operation !== 'PutRecords') return;
  const { FailedRecordCount, Records } = value as {
    readonly FailedRecordCount: number;
    readonly Records: readonly { readonly SequenceNumber?: string; readonly ErrorCode?: string }[];
  };
  assert.equal(
    Records.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    FailedRecordCount,
    'the failed count',
  );
  for (const { SequenceNumber, ErrorCode } of Records) {
    assert.ok((SequenceNumber === undefined) !== (ErrorCode === undefined), 'an entry is stored or failed');
    assert.ok(capped || ErrorCode !== 'InternalFailure', 'an InternalFailure in a batch');
  }
}
