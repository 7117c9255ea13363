import { describe, expect, test } from 'vitest';
import { handleWhole } from './endpoint.ts';
import { Policy, type ForeignCall } from './policy.ts';
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
const allows = (text: string, asked: ForeignCall) => Policy.read(text)?.allows(asked);

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
  });

  test.each(['', '{}', '[]', 'null', '{"Statement":[{"Effect":"Maybe"}]}', '{"Statement":7}'])(
    'is none: %s',
    (text) => {
      expect(Policy.read(text)).toBeUndefined();
    },
  );

  const { Principal, Action, ...who } = statement();

  test.each([
    ['NotResource', statement({ Resource: undefined, NotResource: resource })],
    ['NotResource of others', statement({ Resource: undefined, NotResource: 'arn:other' })],
    ['NotAction', { ...who, Principal, NotAction: 'kinesis:DeleteStream' }],
    ['NotPrincipal', { ...who, Action, NotPrincipal: { AWS: stranger } }],
    ['a service', statement({ Principal: { Service: 'logs.amazonaws.com' } })],
  ])('can be read, and allows nothing: %s', (_name, each) => {
    expect(allows(policy(each), call)).toBe(false);
    expect(allows(policy(each, statement()), call)).toBe(true);
  });

  test.each([
    ['all but this account', { NotPrincipal: { AWS: friend } }, true],
    ['all but another one', { NotPrincipal: { AWS: stranger } }, false],
    ['a service', { Principal: { Service: 'logs.amazonaws.com' } }, true],
  ])('denies %s: allowed %s', (_name, whom, allowed) => {
    const denial = { Effect: 'Deny', Action: '*', ...whom };
    expect(allows(policy(statement(), denial), call)).toBe(allowed);
  });

  test.each([
    [{ NotAction: 'kinesis:Put*' }, true],
    [{ NotAction: 'kinesis:Get*' }, false],
    [{ Action: '*', NotResource: resource }, true],
    [{ Action: '*', NotResource: 'arn:other' }, false],
  ])('denies all but what it names: %j', (what, allowed) => {
    expect(allows(policy(statement(), { Effect: 'Deny', Principal, ...what }), call)).toBe(allowed);
  });

  test.each([
    ['both forms of one element', statement({ NotAction: 'kinesis:Get*' })],
    ['nobody', { ...who, Action }],
    ['an unknown kind of principal', statement({ Principal: { Aws: friend } })],
  ])('is none where a statement names %s', (_name, each) => {
    expect(Policy.read(policy(each))).toBeUndefined();
  });
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
      const value: Record<string, unknown> = JSON.parse(Buffer.from(answer.body).toString() || '{}');
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
    const text = policy(statement());
    await must('PutResourcePolicy', { ResourceARN: resource, Policy: text });
    expect(await must('GetResourcePolicy', { ResourceARN: resource })).toEqual({ Policy: text });
    expect(await as(friend, 'PutRecord', put)).toMatchObject({ ShardId: 'shardId-000000000000' });
    expect(await as(friend, 'DescribeStreamSummary', { StreamARN: resource })).toMatchObject({
      __type: 'AccessDeniedException',
    });
    expect(await as(stranger, 'PutRecord', put)).toMatchObject({ __type: 'AccessDeniedException' });
    await must('DeleteResourcePolicy', { ResourceARN: resource });
    expect(await must('GetResourcePolicy', { ResourceARN: resource })).toEqual({ Policy: '{}' });
    expect(await as(friend, 'PutRecord', put)).toMatchObject({ __type: 'AccessDeniedException' });
  });

  test('is not let into other streams by the name of a shared one in a member that the operation does not know', async () => {
    const { must, as } = await shared();
    await must('CreateStream', { StreamName: 'secret', ShardCount: 1 });
    const everything = policy({ ...statement(), Action: '*', Resource: '*' });
    await must('PutResourcePolicy', { ResourceARN: resource, Policy: everything });
    const StreamName = 'secret';
    const beside = { StreamName, ResourceARN: resource, ConsumerARN: `${resource}/consumer/c:1` };
    const message = `Stream secret under account ${friend} not found.`;
    expect(await as(friend, 'DescribeStreamSummary', beside)).toMatchObject({ message });
    expect(await as(friend, 'DeleteStream', beside)).toMatchObject({ message });
    expect(await as(friend, 'ListStreams', { StreamARN: resource })).toMatchObject({ StreamNames: [] });
    await as(friend, 'CreateStream', { StreamName: 'theirs', ShardCount: 1, StreamARN: resource });
    expect((await must('ListStreams', {})).StreamNames).toEqual(['s', 'secret']);
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
  const endpoint = virtualEndpoint();
  await endpoint.stream('s', 1);
  const put = (bytes: number) => {
    const text = policy(statement());
    return endpoint.call('PutResourcePolicy', {
      ResourceARN: resource,
      Policy: text + ' '.repeat(bytes - text.length),
    });
  };
  expect((await put(20 * 1024)).ok).toBe(true);
  expect(await put(20 * 1024 + 1)).toMatchObject({ name: 'LimitExceededException' });
});
