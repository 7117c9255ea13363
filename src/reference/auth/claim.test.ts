/** What is asked of a request whatever key it names, and whose it then is. Nothing is signed here. */
import { describe, expect, test } from 'vitest';
import { OperatorError } from '../../operator-error.ts';
import type { EndpointRequest } from '../endpoint.ts';
import { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { Authentication } from './authentication.ts';

const home = { caller: { accountId: '000000000000', region: 'us-east-1' }, service: 'kinesis', faults: new Faults() };
const sign = 'AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/kinesis/aws4_request';
const date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
const requires = (part: string) => `Authorization header requires '${part}' parameter.`;

function request(headers: Record<string, string>, path = '/'): EndpointRequest {
  return { method: 'POST', path, headers, body: Buffer.alloc(0) };
}

/** The error of a request, or whose it is. */
function told(asked: EndpointRequest, authentication = new Authentication({}, home)): string {
  const answer = authentication.admit(asked, Date.UTC(2026, 10, 23));
  return answer instanceof Refusal ? `${answer.name}: ${answer.message}` : `${answer.accountId} in ${answer.region}`;
}

describe('what is missing is listed', () => {
  test.each([
    ['AWS4-HMAC-SHA256', `${requires('Credential')} ${requires('Signature')} ${requires('SignedHeaders')}`],
    ['Bearer abc', `${requires('Credential')} ${requires('Signature')} ${requires('SignedHeaders')}`],
    [sign, `${requires('Signature')} ${requires('SignedHeaders')}`],
    [`${sign}, Signature=0`, requires('SignedHeaders')],
    [`${sign}, SignedHeaders=host, Signature=`, requires('Signature')],
    [`${sign}, SignedHeaders=host, MySignature=0`, requires('Signature')],
    ['AWS4-HMAC-SHA256 Signature=0,SignedHeaders=host', requires('Credential')],
  ])('in the header %s', (authorization, missing) => {
    for (const auth of ['form', 'verify'] as const) {
      const authentication = new Authentication({ auth }, home);
      expect(told(request({ authorization, 'x-amz-date': '20261123T092507Z' }), authentication)).toBe(
        `IncompleteSignatureException: ${missing} Authorization=${authorization}`,
      );
      expect(told(request({ authorization }), authentication)).toBe(
        `IncompleteSignatureException: ${missing} ${date} Authorization=${authorization}`,
      );
    }
  });

  test('where the date alone is missing, whether the rest is remembered or not', () => {
    const authentication = new Authentication({}, home);
    const authorization = `${sign}, SignedHeaders=host, Signature=0`;
    for (let time = 0; time < 2; time += 1) {
      expect(told(request({ authorization }), authentication)).toBe(
        `IncompleteSignatureException: ${date} Authorization=${authorization}`,
      );
      expect(told(request({ authorization, date: 'x' }), authentication)).toBe('000000000000 in eu-west-1');
    }
  });

  test('in a query', () => {
    expect(told(request({}, '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T092507Z'))).toBe(
      "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
    );
  });
});

describe('who calls', () => {
  test.each([
    ['AKID/20261123/ap-south-1/kinesis/aws4_request', '000000000000 in ap-south-1'],
    ['222222222222/20261123/ap-south-1/kinesis/aws4_request', '222222222222 in ap-south-1'],
    ['2222222222222/20261123/ap-south-1/kinesis/aws4_request', '000000000000 in ap-south-1'],
    ['222222222222', '222222222222 in us-east-1'],
    ['AKID/20261123/EU_West/kinesis/aws4_request', '000000000000 in us-east-1'],
  ])('by form, the credential %s', (credential, caller) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
    expect(told(request({ authorization, date: 'x' }))).toBe(caller);
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}`;
    const rest = 'X-Amz-Date=x&X-Amz-SignedHeaders=host&X-Amz-Signature=0';
    expect(told(request({}, `/?${query}&${rest}`))).toBe(caller);
  });

  test('the parameters may come in any order', () => {
    const parameters = 'Signature=0,SignedHeaders=host,Credential=222222222222/d/eu-west-1/kinesis/aws4_request';
    expect(told(request({ authorization: `AWS4-HMAC-SHA256 ${parameters}`, date: 'x' }))).toBe(
      '222222222222 in eu-west-1',
    );
  });

  test('where nothing is checked, the endpoint’s own account and region', () => {
    expect(told(request({}), new Authentication({ auth: 'off' }, home))).toBe('000000000000 in us-east-1');
  });
});

const key = { accessKeyId: 'AKID', secretAccessKey: 'x' };

test.each([
  [[{ ...key, accountId: '1' }], 'twelve digits'],
  [[{ ...key, accessKeyId: 'a/b' }], 'no Authorization header can carry'],
  [[{ ...key, secretAccessKey: '' }], 'has no secret'],
  [[key, key], 'twice'],
])('keys that cannot be used are the operator’s to mend: %j', (keys, text) => {
  const make = () => new Authentication({ auth: 'verify', keys }, home);
  expect(make).toThrow(OperatorError);
  expect(make).toThrow(text);
});
