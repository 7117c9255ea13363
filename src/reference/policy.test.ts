import { describe, expect, test } from 'vitest';
import { handleWhole } from './endpoint.ts';
import { allows, isPolicy } from './policy.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const owner = '000000000000';
const friend = '111111111111';
const stranger = '222222222222';
const resource = `arn:aws:kinesis:us-east-1:${owner}:stream/s`;
const call = { accountId: friend, action: 'kinesis:PutRecord', resource };

const statement = (rest: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: friend },
  Action: 'kinesis:Put*',
  Resource: resource,
  ...rest,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('a policy', () => {
  test.each([
    ['as it is', statement(), true],
    ['by the root of the account', statement({ Principal: { AWS: [`arn:aws:iam::${friend}:root`] } }), true],
    ['for everybody', statement({ Principal: '*' }), true],
    ['for another account', statement({ Principal: { AWS: stranger } }), false],
    ['for another action', statement({ Action: ['kinesis:GetRecords'] }), false],
    ['in another case', statement({ Action: 'KINESIS:putrecord' }), true],
    ['for one letter more', statement({ Action: 'kinesis:PutRecord?' }), false],
    ['for another stream', statement({ Resource: `${resource}x` }), false],
    ['with a dot for any letter', statement({ Action: 'kinesis.PutRecord' }), false],
    ['under a condition', statement({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), false],
  ])('%s', (_name, each, allowed) => {
    expect(allows(policy(each), call)).toBe(allowed);
  });

  test.each([
    ['*', true],
    ['arn:*:stream/s', true],
    ['arn:*:stream/', false],
    ['*s*s*', true],
    ['arn:aws:kinesis:us-east-?:*/?', true],
    ['*?', true],
    ['', false],
    ['**', true],
    [`*${'a*'.repeat(40)}!`, false],
  ])('stars of a resource, in no time: %s', (Resource, allowed) => {
    const long = `${resource}${'a'.repeat(100)}`;
    expect(allows(policy(statement({ Resource })), Resource.endsWith('!') ? { ...call, resource: long } : call)).toBe(
      allowed,
    );
  });

  test('a denial outweighs', () => {
    expect(allows(policy(statement(), statement({ Effect: 'Deny', Action: '*' })), call)).toBe(false);
    expect(allows(undefined, call)).toBe(false);
  });

  test.each(['', '{}', '[]', 'null', '{"Statement":[{"Effect":"Maybe"}]}', '{"Statement":7}'])(
    'is none: %s',
    (text) => {
      expect(isPolicy(text)).toBe(false);
    },
  );
});

describe('another account', () => {
  async function shared() {
    const { endpoint, must, stream } = virtualEndpoint();
    await stream('s', 1);
    const as = async (accountId: string, operation: string, input: object) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Kinesis_20131202.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${accountId}/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0`,
      };
      const body = Buffer.from(JSON.stringify(input));
      const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body });
      const value: Record<string, unknown> = JSON.parse(Buffer.from(answer.body).toString());
      return value;
    };
    return { must, as };
  }

  const put = { StreamARN: resource, Data: 'AAAA', PartitionKey: 'k' };

  test('may do what the policy allows and nothing else; `{}` before and after it', async () => {
    const { must, as } = await shared();
    expect(await must('GetResourcePolicy', { ResourceARN: resource })).toEqual({ Policy: '{}' });
    expect(await as(friend, 'PutRecord', put)).toEqual({
      __type: 'AccessDeniedException',
      message: `User: arn:aws:iam::${friend}:root is not authorized to perform: kinesis:PutRecord on resource: ${resource} because no resource-based policy allows the kinesis:PutRecord action`,
    });
    const Policy = policy(statement());
    await must('PutResourcePolicy', { ResourceARN: resource, Policy });
    expect(await must('GetResourcePolicy', { ResourceARN: resource })).toEqual({ Policy });
    expect(await as(friend, 'PutRecord', put)).toMatchObject({ ShardId: 'shardId-000000000000' });
    expect(await as(friend, 'DescribeStreamSummary', { StreamARN: resource })).toMatchObject({
      __type: 'AccessDeniedException',
    });
    expect(await as(stranger, 'PutRecord', put)).toMatchObject({ __type: 'AccessDeniedException' });
    await must('DeleteResourcePolicy', { ResourceARN: resource });
    expect(await must('GetResourcePolicy', { ResourceARN: resource })).toEqual({ Policy: '{}' });
    expect(await as(friend, 'PutRecord', put)).toMatchObject({ __type: 'AccessDeniedException' });
  });

  test('cannot use an iterator that was given to the owner', async () => {
    const { must, as } = await shared();
    const start = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'LATEST' } as const;
    const { ShardIterator } = await must('GetShardIterator', start);
    expect(await as(friend, 'GetRecords', { ShardIterator })).toMatchObject({ message: 'Invalid ShardIterator.' });
  });

  test('is told that a stream is not there by the words for its own', async () => {
    const { as } = await shared();
    const StreamARN = `arn:aws:kinesis:us-east-1:${owner}:stream/none`;
    expect(await as(friend, 'DescribeStreamSummary', { StreamARN })).toMatchObject({
      message: `Stream none under account ${owner} not found.`,
    });
  });
});

test('a policy has at most 20 KiB', async () => {
  const { call, stream } = virtualEndpoint();
  await stream('s', 1);
  const put = (bytes: number) => {
    const text = policy(statement());
    return call('PutResourcePolicy', { ResourceARN: resource, Policy: text + ' '.repeat(bytes - text.length) });
  };
  expect((await put(20 * 1024)).ok).toBe(true);
  expect(await put(20 * 1024 + 1)).toMatchObject({ name: 'LimitExceededException' });
});
