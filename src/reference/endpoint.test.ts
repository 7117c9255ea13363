import { describe, expect, test } from 'vitest';
import { createEndpoint, handleWhole } from './endpoint.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const json = 'application/x-amz-json-1.1';
const good = {
  'content-type': json,
  'x-amz-target': 'Kinesis_20131202.ListStreams',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
};

async function raw(headers: Record<string, string>, body = '{}', method = 'POST', path = '/') {
  const answer = await handleWhole(createEndpoint(), { method, path, headers, body: Buffer.from(body) });
  return { status: answer.status, text: Buffer.from(answer.body).toString(), headers: answer.headers };
}

function without(name: keyof typeof good): Record<string, string> {
  return Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
}

describe('before an operation runs', () => {
  test.each([
    ['a method other than POST', without('x-amz-target'), '', 'GET', 403, 'AccessDeniedException'],
    [
      'an unknown content type',
      { ...good, 'content-type': 'text/plain' },
      '{}',
      'POST',
      404,
      '<UnknownOperationException/>',
    ],
    ['an unknown content type and no target', { 'content-type': 'text/plain' }, '{}', 'POST', 403, 'AccessDenied'],
    ['no content type', without('content-type'), '{}', 'POST', 404, '<UnknownOperationException/>'],
    ['no content type and half a target', { 'x-amz-target': 'Kinesis' }, '{}', 'POST', 403, 'AccessDeniedException'],
    [
      'an empty body of an unknown content type',
      { ...good, 'content-type': 'text/plain' },
      '',
      'POST',
      400,
      '{"__type":"SerializationException"}',
    ],
    ['an empty body and nothing else', {}, '', 'POST', 400, '{"__type":"UnknownOperationException"}'],
    ['OPTIONS without an origin', {}, '', 'OPTIONS', 403, 'AccessDeniedException'],
    ['an empty body', good, '', 'POST', 400, '{"__type":"SerializationException"}'],
    ['an empty body and no target', without('x-amz-target'), '', 'POST', 400, '{"__type":"UnknownOperationException"}'],
    ['a body that is no JSON', good, '{', 'POST', 400, '{"__type":"SerializationException"}'],
    ['a body that is no object', good, '[]', 'POST', 400, '{"__type":"SerializationException"}'],
    [
      'an unknown target',
      { ...good, 'x-amz-target': 'Kinesis_20131202.Nope' },
      '{}',
      'POST',
      400,
      '{"__type":"UnknownOperationException"}',
    ],
    [
      'a member of Object as target',
      { ...good, 'x-amz-target': 'Kinesis_20131202.toString' },
      '{}',
      'POST',
      400,
      '{"__type":"UnknownOperationException"}',
    ],
    [
      'no authentication',
      without('authorization'),
      '{}',
      'POST',
      400,
      '{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}',
    ],
  ])('%s', async (_what, headers, body, method, status, text) => {
    const answer = await raw(headers, body, method);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(answer.headers).toMatchObject({ 'x-amzn-RequestId': expect.any(String), 'x-amz-id-2': expect.any(String) });
  });

  test('a preflight is answered, and an origin gets its headers', async () => {
    const asks = {
      'access-control-request-headers': 'x-amz-target, authorization',
      'access-control-request-method': 'POST',
    };
    const answer = await raw({ origin: 'http://x', ...asks }, '', 'OPTIONS');
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'x-amz-target, authorization',
      'access-control-allow-methods': 'POST',
      'access-control-max-age': '172800',
    });
  });

  test('the answer has the content type of the request', async () => {
    const answer = await raw({ ...good, 'content-type': 'application/json; charset=utf-8' }, '{}');
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json' });
  });

  test('authentication comes after the body and the operation, and before the shape of the request', async () => {
    const nobody = without('authorization');
    const order = [
      [{ ...nobody, 'x-amz-target': 'Kinesis_20131202.Nope' }, '{', 'SerializationException'],
      [{ ...nobody, 'x-amz-target': 'Kinesis_20131202.Nope' }, '{}', 'UnknownOperationException'],
      [nobody, '{"Limit":"x"}', 'MissingAuthenticationTokenException'],
      [{ ...nobody, authorization: 'AWS4-HMAC-SHA256' }, '{"Limit":"x"}', 'IncompleteSignatureException'],
      [good, '{"Limit":"x"}', 'SerializationException'],
    ] as const;
    for (const [headers, body, name] of order) {
      expect(JSON.parse((await raw(headers, body)).text)).toMatchObject({ __type: name });
    }
  });

  test('accounts and regions come from the credential', async () => {
    const endpoint = createEndpoint({ createStreamMs: 0 });
    const send = async (credential: string, operation: string, body: string) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${credential}/kinesis/aws4_request, SignedHeaders=host, Signature=0`;
      const headers = { ...good, authorization, 'x-amz-target': `Kinesis_20131202.${operation}` };
      const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body: Buffer.from(body) });
      return Buffer.from(answer.body).toString();
    };
    await send('AKID/20260101/eu-west-1', 'CreateStream', '{"StreamName":"s","ShardCount":1}');
    expect(await send('OTHER/20260101/eu-west-1', 'ListStreams', '{}')).toContain(':eu-west-1:000000000000:stream/s');
    expect(await send('AKID/20260101/us-east-1', 'ListStreams', '{}')).not.toContain('stream/s');
    expect(await send('111111111111/20260101/eu-west-1', 'ListStreams', '{}')).not.toContain('stream/s');
  });

  test('authentication in header and query at once', async () => {
    const answer = await raw(good, '{}', 'POST', '/?X-Amz-Algorithm=AWS4-HMAC-SHA256');
    expect(answer.text).toContain('InvalidSignatureException');
  });

  test('hostile bodies end in 4xx', async () => {
    for (const body of [
      `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
      `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
      '{"__proto__":{"Limit":"x"}}',
      '{"Limit":1e999}',
    ]) {
      expect((await raw(good, body)).status).toBeLessThan(500);
    }
  });
});

describe('the shape of a request', () => {
  test.each([
    [
      'PutRecord',
      { StreamName: 1 },
      'class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String',
    ],
    ['DescribeStream', { StreamName: 's', Limit: 'x' }, 'class java.lang.String can not be converted to an Integer'],
    ['DescribeStream', { StreamName: [], Limit: 'x' }, 'Start of list found where not expected'],
    ['PutRecords', { Records: 'x' }, 'Expected list or null'],
    ['AddTagsToStream', { Tags: 1 }, 'Expected map or null'],
    [
      'PutRecord',
      { StreamName: 's', Data: 'abc', PartitionKey: 'k' },
      "'3' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    ],
  ])('%s %j is a SerializationException with a capital Message', async (operation, input, Message) => {
    const headers = { ...good, 'x-amz-target': `Kinesis_20131202.${operation}` };
    const { text } = await raw(headers, JSON.stringify(input));
    expect(JSON.parse(text)).toEqual({ __type: 'SerializationException', Message });
  });

  test.each([
    [
      'PutRecord',
      {},
      "1 validation error detected: Value null at 'data' failed to satisfy constraint: Member must not be null",
    ],
    [
      'CreateStream',
      { StreamName: 'a b', ShardCount: 0 },
      "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'PutRecords',
      {
        StreamName: 's',
        Records: [
          { Data: '', PartitionKey: 'k' },
          { Data: '', PartitionKey: '' },
        ],
      },
      "1 validation error detected: Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'PutRecords',
      { StreamName: 's', Records: [] },
      "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'GetShardIterator',
      { StreamName: 's', ShardId: 'x', ShardIteratorType: 'SOON' },
      "1 validation error detected: Value 'SOON' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
    ],
  ])('%s %j is a ValidationException', async (operation, input, message) => {
    const headers = { ...good, 'x-amz-target': `Kinesis_20131202.${operation}` };
    const { text } = await raw(headers, JSON.stringify(input));
    expect(JSON.parse(text)).toEqual({ __type: 'ValidationException', message });
  });

  test('every violation is counted, ten are listed', async () => {
    const Records = Array.from({ length: 12 }, () => ({ Data: '', PartitionKey: '' }));
    const headers = { ...good, 'x-amz-target': 'Kinesis_20131202.PutRecords' };
    const { text } = await raw(headers, JSON.stringify({ StreamName: 's', Records }));
    expect(text).toContain('12 validation errors detected');
    expect(text.split('Member must have length')).toHaveLength(11);
  });

  test('null members are absent ones', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    const nothing = JSON.parse('null');
    const Records = [{ Data: '', PartitionKey: 'k', ExplicitHashKey: nothing }];
    expect(await endpoint.must('PutRecords', { StreamName: 's', Records, StreamARN: nothing })).toMatchObject({
      FailedRecordCount: 0,
    });
  });

  test('a partition key is missed once the stream is known: the model does not require it', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    expect(await endpoint.call('PutRecord', { StreamName: 's', Data: '' })).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
    });
    const Records = [{ Data: '', PartitionKey: 'k' }, { Data: '' }];
    expect(await endpoint.call('PutRecords', { StreamName: 's', Records })).toMatchObject({
      message:
        "1 validation error detected: Value null at 'records.2.member.partitionKey' failed to satisfy constraint: Member must not be null",
    });
  });

  test('256 characters of four bytes are a partition key, 257 of one are not', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    await endpoint.must('PutRecord', { StreamName: 's', Data: '', PartitionKey: '𝒦'.repeat(256) });
    expect(
      await endpoint.call('PutRecord', { StreamName: 's', Data: '', PartitionKey: 'k'.repeat(257) }),
    ).toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('the size of a request', () => {
  test('a record of exactly 1 MiB with its key is stored, one byte more fails the whole call', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    const fits = Buffer.alloc(1_048_575, 1).toString('base64');
    await endpoint.must('PutRecord', { StreamName: 's', Data: fits, PartitionKey: 'k' });
    const outcome = await endpoint.call('PutRecords', {
      StreamName: 's',
      Records: [
        { Data: '', PartitionKey: 'k' },
        { Data: fits, PartitionKey: 'kk' },
      ],
    });
    expect(outcome).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    });
  });

  test('a blob may have 10 MiB by its shape; one byte more is refused before the stream is looked for', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    const put = async (StreamName: string, bytes: number) =>
      endpoint.call('PutRecord', { StreamName, Data: Buffer.alloc(bytes).toString('base64'), PartitionKey: 'k' });
    expect(await put('s', 10_485_760)).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    });
    expect(await put('t', 10_485_761)).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 10485760",
    });
  });

  test('more than 10 MiB in one call are refused and nothing is stored', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream('s', 1);
    const Data = Buffer.alloc(1_048_575, 1).toString('base64');
    const Records = Array.from({ length: 10 }, () => ({ Data, PartitionKey: 'k' }));
    await endpoint.must('PutRecords', { StreamName: 's', Records });
    Records.push({ Data: '', PartitionKey: 'k' });
    expect(await endpoint.call('PutRecords', { StreamName: 's', Records })).toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
